"""Where people are in a frame: they move by themselves, so that what is followed on them tells less of a camera than what stands still."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.errors import ModelMissing
from phonofilm.measure.film import Shown
from phonofilm.vision.segment import PersonMask

F32 = NDArray[np.float32]

LOOK = 480  # longer side of the picture that is looked at
SHARE, SURE = 0.03, 0.7  # share of the picture that people cover at least, and of that share what surely shows them


class People:
    """The person mask, loaded when it is first asked; where its model is not installed nobody is seen, and ``why`` says so."""

    def __init__(self) -> None:
        self._mask: PersonMask | None = None
        self.why = ""

    def of(self, shown: Shown) -> F32 | None:
        """How likely each pixel of a frame, made smaller, shows somebody, f32[rows columns] 0…1; None where nobody is seen for sure."""
        if self.why:
            return None
        try:
            self._mask = self._mask or PersonMask()
        except ModelMissing as e:
            self.why = str(e)
            return None
        h, w = shown.rgb.shape[:2]
        scale = min(LOOK / max(h, w), 1.0)
        size = (max(round(w * scale), 8), max(round(h * scale), 8))
        mask = self._mask(np.asarray(cv2.resize(shown.rgb, size, interpolation=cv2.INTER_AREA), np.uint8))
        seen = float((mask > 0.5).mean())
        return mask if seen >= SHARE and float((mask > 0.9).mean()) >= SURE * seen else None
