"""A picture's main colours."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]


def palette(picture: U8, mask: NDArray[np.bool_] | None = None, count: int = 5) -> tuple[str, ...]:
    """Main colours of u8[h w 3] (of its part ``mask`` bool[h w]) as #rrggbb, most of the picture first: k-means in CIE Lab."""
    small = np.asarray(cv2.resize(picture, (72, 72), interpolation=cv2.INTER_AREA), np.float32) / np.float32(255)
    lab = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), np.float32).reshape(-1, 3)
    if mask is not None:
        inside = np.asarray(cv2.resize(mask.astype(np.float32), (72, 72), interpolation=cv2.INTER_AREA)).ravel() > 0.8
        lab = lab[inside] if inside.sum() >= 4 * count else lab
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.2)
    _, labels, centres = cv2.kmeans(lab, count, None, stop, 3, cv2.KMEANS_PP_CENTERS)  # pyright: ignore[reportCallIssue, reportArgumentType]
    order = np.argsort(-np.bincount(np.asarray(labels).ravel(), minlength=count), kind="stable")
    rgb = np.asarray(cv2.cvtColor(np.asarray(centres, np.float32)[None], cv2.COLOR_LAB2RGB))[0][order]
    return tuple("#{:02x}{:02x}{:02x}".format(*np.clip(c * 255 + 0.5, 0, 255).astype(int)) for c in rgb)
