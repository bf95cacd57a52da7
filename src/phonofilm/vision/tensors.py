"""Running a .tflite file: an array in, the arrays out. Two threads always, so that results do not depend on the machine. And small .onnx files."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonofilm.weights import model_path

F32 = NDArray[np.float32]
THREADS = 2
_ONE = threading.Lock()  # the error stream is the whole process's


class Network:
    """One loaded model file of the table ``weights.MODELS``; ``size`` is the side of its square input in pixels.

    Raises:
        ModelMissing: the file is not in the cache.
    """

    def __init__(self, name: str) -> None:
        from ai_edge_litert.interpreter import Interpreter

        path = str(model_path(name))
        with hushed():
            self._interpreter: Any = Interpreter(path, num_threads=THREADS)
            self._interpreter.allocate_tensors()
        first = self._interpreter.get_input_details()[0]
        self._input = int(first["index"])
        self._outputs = [int(o["index"]) for o in self._interpreter.get_output_details()]
        self.size = int(first["shape"][1])

    def __call__(self, pixels: F32) -> list[F32]:
        """Run on one square picture f32[h w 3] in the model's range; the outputs in the file's order, without the batch axis."""
        self._interpreter.set_tensor(self._input, np.ascontiguousarray(pixels[None], np.float32))
        self._interpreter.invoke()
        return [np.array(self._interpreter.get_tensor(i)[0], np.float32) for i in self._outputs]


def onnx_session(path: str) -> Any:
    """A session of onnxruntime for the .onnx file at ``path``, on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


@contextmanager
def hushed() -> Generator[None]:
    """Keep the runtime's greeting, which it writes past Python, off the person's terminal. One thread at a time."""
    with _ONE:
        try:
            kept = os.dup(2)
        except OSError:  # no error stream at all
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)


def sigmoid(x: F32) -> F32:
    """The logistic function, safe for large arguments."""
    return (1.0 / (1.0 + np.exp(-np.clip(x, -60.0, 60.0)))).astype(np.float32)
