"""A picture that is to be seen whole (a page, a map, an animal's face that fills it) laid out for a film of another shape, as one flat picture.

It lies with its shadow on a blurred, darker copy of itself. Axes: ``h w`` rows and columns, ``c`` channels.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.perceive.percepts import Picture

U8 = NDArray[np.uint8]

#: the picture's share of the side of the film that it fits into: a usual push in ends where it fills that
SHARE = 0.78
#: below this ratio of their shapes a film would cut too much off a picture
LEAST_ALIKE = 0.8
#: the same for a picture that its subject fills: a face cut to one eye
LEAST_FILLED = 0.5
#: blur of the copy behind and of the shadow, as a share of the film's shorter side; how bright the copy is, and how dark the shadow
SOFT, SHADOW_SOFT, BRIGHT, SHADOW = 0.05, 0.025, 0.55, 0.5


def ill_shaped(picture: Picture, size: tuple[int, int], least: float = LEAST_ALIKE) -> bool:
    """Whether a film of ``size`` (width, height) that the picture fills cuts off more of it than leaves the share ``least``."""
    height, width = picture.image.shape[:2]
    ratio = width / height * size[1] / size[0]
    return min(ratio, 1 / ratio) < least


def filled(picture: Picture) -> bool:
    """Whether a thing or an animal fills the picture, so that all of it is its subject."""
    return picture.subject in ("object", "drawing") and not picture.faces and not picture.has_alpha and int(picture.matte.min()) > 0


def laid_out(picture: Picture, size: tuple[int, int]) -> Picture:
    """The whole picture on a sheet of the shape of a film of ``size``, so large that a pixel of the film shows one of the sheet when close."""
    wide, tall = (round(side / SHARE) for side in size)
    height, width = picture.image.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    card = _resized(picture.image, max(2, round(width * scale)), max(2, round(height * scale)))
    ch, cw = card.shape[:2]
    x, y = (wide - cw) // 2, (tall - ch) // 2
    sheet = _behind(picture.image, wide, tall).astype(np.float32)
    dark = np.zeros((tall, wide), np.float32)
    drop = round(0.008 * min(size))
    dark[y + drop : y + drop + ch, x : x + cw] = SHADOW
    sheet *= 1 - cv2.GaussianBlur(dark, (0, 0), SHADOW_SOFT * min(size))[..., None]
    image = np.clip(sheet + 0.5, 0, 255).astype(np.uint8)
    image[y : y + ch, x : x + cw] = card
    return replace(
        picture, image=image, plate=image, foreground=image, matte=np.full((tall, wide), 255, np.uint8), subject="none", subject_box=None,
        ground=float(tall), faces=(), pose=None, has_alpha=False, beyond=(0, 0),
    )  # fmt: skip


def _behind(image: U8, wide: int, tall: int) -> U8:
    """The middle of a picture, blurred and darkened, that fills ``wide`` times ``tall``."""
    height, width = image.shape[:2]
    scale = max(wide / width, tall / height) / 8  # so soft that an eighth of the detail is enough
    small = _resized(image, max(-(-wide // 8), round(width * scale)), max(-(-tall // 8), round(height * scale)))
    y, x = (small.shape[0] - -(-tall // 8)) // 2, (small.shape[1] - -(-wide // 8)) // 2
    part = small[y : y + -(-tall // 8), x : x + -(-wide // 8)]
    soft = cv2.GaussianBlur(part, (0, 0), SOFT * min(wide, tall) / 8, borderType=cv2.BORDER_REFLECT)
    large = np.asarray(cv2.resize(soft, (wide, tall), interpolation=cv2.INTER_CUBIC), np.float32)
    return np.clip(large * np.float32(BRIGHT), 0, 255).astype(np.uint8)


def _resized(image: U8, width: int, height: int) -> U8:
    how = cv2.INTER_AREA if width < image.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (width, height), interpolation=how), np.uint8)
