"""Small pictures four times as large: Real-ESRGAN's networks (Wang et al., 2021) on ncnn.

``upscale_fast`` is quick and smooths skin; ``upscale`` restores more detail and takes ~4 s for 128 x 128 pixels.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.weights import model_path

U8 = NDArray[np.uint8]

FACTOR = 4
TILE, PAD = 192, 8


class Upscaler:
    """One network, loaded once.

    Raises:
        ModelMissing: its files are not in the cache.
    """

    def __init__(self, name: str) -> None:
        import ncnn

        param, weights = model_path(f"{name}_param"), model_path(name)
        self._net: Any = ncnn.Net()  # pyright: ignore[reportAttributeAccessIssue]
        self._net.opt.num_threads = 1  # two wait for one another by spinning: twice the processor's time for the same bits
        self._net.opt.use_vulkan_compute = False
        self._net.load_param(str(param))
        self._net.load_model(str(weights))

    def __call__(self, picture: U8) -> U8:
        """The picture u8[h w 3] four times as large, in tiles that overlap."""
        height, width = picture.shape[:2]
        out = np.zeros((height * FACTOR, width * FACTOR, 3), np.uint8)
        padded = np.asarray(
            cv2.copyMakeBorder(picture, PAD, PAD, PAD, PAD, cv2.BORDER_REFLECT_101 if min(height, width) > PAD else cv2.BORDER_REPLICATE)
        )
        for y in range(0, height, TILE):
            for x in range(0, width, TILE):
                h, w = min(TILE, height - y), min(TILE, width - x)
                big = self._run(np.asarray(padded[y : y + h + 2 * PAD, x : x + w + 2 * PAD], np.uint8))
                p = PAD * FACTOR
                out[y * FACTOR : (y + h) * FACTOR, x * FACTOR : (x + w) * FACTOR] = big[p : p + h * FACTOR, p : p + w * FACTOR]
        return out

    def _run(self, tile: U8) -> U8:
        planes = np.ascontiguousarray((tile.astype(np.float32) / np.float32(255)).transpose(2, 0, 1))
        import ncnn

        mat: Any = ncnn.Mat(planes).clone()  # pyright: ignore[reportAttributeAccessIssue]  # a Mat borrows the array's memory
        extractor = self._net.create_extractor()
        extractor.input("data", mat)
        _, result = extractor.extract("output")
        return np.clip(np.array(result, np.float32).transpose(1, 2, 0) * 255 + 0.5, 0, 255).astype(np.uint8)
