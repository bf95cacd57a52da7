"""Whether a face looks a woman's or a man's: dlib's small classifier (contributed by Cydral Technology, CC0) on onnxruntime.

It tells the voice that somebody is given whom no word describes, and nothing else. Uniforms, make-up and shadow mislead it.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.vision.region import Region
from phonofilm.vision.tensors import onnx_session
from phonofilm.weights import model_path

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

SIDE = 32  # side of the face that the network looks at
_MEANS = np.array([122.781998, 117.000999, 104.297997], np.float32)
_ROOM = 0.2  # what is seen around the mean face on each side, as a share of it
#: the outer and inner corner of each eye and the foot of the nose: in the mesh, and in dlib's mean face as x + yj in a unit square
_MARKS = [263, 362, 33, 133, 2]
_MEAN_FACE = np.array([0.85957 + 0.21350j, 0.64606 + 0.22897j, 0.12058 + 0.21373j, 0.33409 + 0.22906j, 0.49011 + 0.62780j])


class GenderClassifier:
    """The network, loaded once.

    Raises:
        ModelMissing: it is not in the cache.
    """

    def __init__(self) -> None:
        self._session = onnx_session(str(model_path("face_gender")))

    def masculine(self, picture: U8, landmarks: F32) -> float:
        """0 (a woman's) … 1 (a man's) for the face of ``landmarks`` f32[478 3] in a picture u8[h w 3] in RGB."""
        fine = _level(landmarks).cut(picture, 4 * SIDE)
        chip = np.asarray(cv2.resize(fine, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32)
        level = ((chip - _MEANS) / np.float32(256)).transpose(2, 0, 1)
        (found,) = self._session.run(None, {"images": np.stack([level, level[..., ::-1]])})
        woman, man = np.log(np.asarray(found, np.float64) + 1e-9).mean(0)  # as it is and mirrored; see benchmarks/gender.py
        return float(1 / (1 + np.exp(woman - man)))


def _level(landmarks: F32) -> Region:
    """The square in which the marks lie nearest, in the sense of least squares, to those of the mean face."""
    there = landmarks[_MARKS, 0].astype(np.float64) + 1j * landmarks[_MARKS, 1]
    mean = (_MEAN_FACE + _ROOM) / (1 + 2 * _ROOM)
    away = mean - mean.mean()
    turn = complex(np.vdot(away, there - there.mean()) / np.vdot(away, away).real)  # by what the mean face is enlarged and turned
    half = 0.5 / SIDE  # dlib counts from the middles of pixels
    middle = complex(there.mean()) + turn * (0.5 - half + (0.5 - half) * 1j - complex(mean.mean()))
    return Region(x=middle.real, y=middle.imag, side=abs(turn), angle=float(np.angle(turn)))
