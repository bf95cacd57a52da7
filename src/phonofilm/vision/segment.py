"""Who or what stands out: the person mask (MediaPipe selfie) and the salient subject (u2netp), as soft maps of the picture's size."""

from __future__ import annotations

import threading
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.vision.region import Region, whole
from phonofilm.vision.tensors import THREADS, Network
from phonofilm.weights import model_path

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_SD = np.array([0.229, 0.224, 0.225], np.float32)


class PersonMask:
    """MediaPipe's selfie segmentation, loaded once."""

    def __init__(self) -> None:
        self._network = Network("person_mask")

    def __call__(self, picture: U8, region: Region | None = None) -> F32:
        """How likely each pixel shows a person, f32[h w] 0…1; outside ``region`` (default: the whole picture) 0."""
        height, width = picture.shape[:2]
        region = region or whole(height, width)
        size = self._network.size
        mask = self._network(region.cut(picture, size).astype(np.float32) / np.float32(255))[0][:, :, 0]
        return put_back(mask, region, height, width)


class SubjectMask:
    """u2netp (Qin et al., U²-Net, 2020), loaded once."""

    def __init__(self) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = THREADS, 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # a voice may speak meanwhile
        self._session: Any = ort.InferenceSession(str(model_path("subject_matte")), options, providers=["CPUExecutionProvider"])
        self._input = str(self._session.get_inputs()[0].name)
        self._one = threading.Lock()  # two at once take their memory twice

    def __call__(self, picture: U8) -> F32:
        """How much each pixel belongs to what stands out, f32[h w] 0…1."""
        height, width = picture.shape[:2]
        small = np.asarray(cv2.resize(picture, (320, 320), interpolation=cv2.INTER_AREA), np.float32)
        x = (small / max(float(small.max()), 1.0) - _MEAN) / _SD
        with self._one:
            out: Any = self._session.run(None, {self._input: x.transpose(2, 0, 1)[None].astype(np.float32)})[0]
        return np.clip(np.asarray(cv2.resize(out[0, 0], (width, height), interpolation=cv2.INTER_LINEAR), np.float32), 0, 1)


def put_back(mask: F32, region: Region, height: int, width: int) -> F32:
    """A square map f32[n n] of a region, laid back into the picture."""
    matrix = region.matrix(mask.shape[0])
    return np.asarray(cv2.warpAffine(mask, matrix, (width, height), flags=cv2.INTER_LINEAR), np.float32)
