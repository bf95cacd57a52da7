"""A face recogniser that the user has: a network in a file, or a Python function, that turns an upright crop of a face into a vector.

Phonofilm ships none. The crop is the one that most recognisers were trained on: five points of the face at their places in 112 x 112 pixels
(Deng et al., "ArcFace", 2019). Axes: ``h w`` rows and columns, ``n`` landmarks, ``d`` numbers of a vector.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.errors import RequestError, shown_name
from phonofilm.vision.tensors import hushed

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
#: from an upright crop u8[112 112 3], red first, to a vector of any length
Embed = Callable[[U8], NDArray[Any]]

SIDE = 112
EYES, NOSE, CORNERS = ((33, 133, 159, 145), (362, 263, 386, 374)), 1, (61, 291)  # of MediaPipe's mesh
#: where the eyes, the tip of the nose and the corners of the mouth lie in the crop
PLACES = ((38.29, 51.70), (73.53, 51.50), (56.03, 71.74), (41.55, 92.37), (70.73, 92.20))
PREPARES = frozenset({"Sub", "Mul", "Div", "Add", "BatchNormalization"})  # a graph that begins so brings 0…255 into its own range
FIRST_NODES = 4


def embedding(named: str) -> Embed:
    """The recogniser of a ``FILE.onnx``, a ``FILE.tflite`` or a ``MODULE:FUNCTION``.

    A file takes one square picture, channels first (ONNX) or last (TFLite), in the range −1…1, or 0…255 where its graph begins by scaling its
    pixels; a function takes u8[112 112 3], red first. Raises ``RequestError`` for what is none of these.
    """
    path = Path(named)
    if path.suffix.lower() in READERS:
        if not path.is_file():
            raise RequestError(f"There is no file {shown_name(path.name)}. Give a face recogniser as FILE.onnx, FILE.tflite or MODULE:FUNCTION.")
        try:
            return READERS[path.suffix.lower()](path)
        except (RuntimeError, ValueError, IndexError, OSError) as e:
            raise RequestError(f"{shown_name(path.name)} is no face recogniser that can be run: {str(e).splitlines()[0][:200]}.") from e
    module, _, name = named.partition(":")
    if not module or not name:
        raise RequestError(f"{named!r} names no face recogniser. Give FILE.onnx, FILE.tflite or MODULE:FUNCTION.")
    try:
        found: Any = getattr(import_module(module), name)
    except (ImportError, AttributeError) as e:
        raise RequestError(f"There is no face recogniser {named!r}: {e}.") from e
    if not callable(found):
        raise RequestError(f"{named!r} is no function.")
    return cast(Embed, found)


def distance(a: F64, b: F64) -> float:
    """The cosine distance of two vectors f64[d] of length 1: 0 for the same, 1 for nothing in common."""
    return 1.0 - float(a @ b)


def vector(embed: Embed, rgb: U8, landmarks: F32) -> F64:
    """What a recogniser makes of the face with these landmarks f32[n 2…] in a picture u8[h w 3]: f64[d] of length 1.

    Raises ``RequestError`` where it gives nothing of the kind.
    """
    try:
        found = np.asarray(embed(aligned(rgb, landmarks)), np.float64).ravel()
    except Exception as e:  # whatever the user's own function raises
        raise RequestError(f"The face recogniser failed: {type(e).__name__}: {e}.") from e
    length = float(np.linalg.norm(found))
    if len(found) < 2 or not np.isfinite(length) or length == 0:
        raise RequestError("The face recogniser gives no vector: it must turn a crop into two numbers or more, not all zero.")
    return found / length


def aligned(rgb: U8, landmarks: F32) -> U8:
    """The face upright in u8[112 112 3], averaged where it is made smaller."""
    points = np.stack([*(landmarks[list(e), :2].mean(axis=0) for e in EYES), landmarks[NOSE, :2], *(landmarks[k, :2] for k in CORNERS)])
    matrix = _onto(points.astype(np.float64), np.array(PLACES))
    shrink = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if shrink < 0.5:  # or pixels between those taken would be left out
        factor = 2 * shrink
        rgb = np.asarray(cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
        matrix[:, :2] /= factor
        matrix[:, 2] += matrix[:, :2] @ np.full(2, 0.5 - 0.5 * factor)  # a pixel's middle stays its middle
    return np.asarray(cv2.warpAffine(rgb, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR), np.uint8)


def _onto(points: F64, places: F64) -> F64:
    """The turn, scale and shift f64[2 3] that brings points f64[n 2] nearest to their places."""
    x, y = points.T
    zero, one = np.zeros_like(x), np.ones_like(x)
    rows = np.concatenate([np.stack([x, -y, one, zero], axis=1), np.stack([y, x, zero, one], axis=1)])
    a, b, dx, dy = np.linalg.lstsq(rows, np.concatenate([places[:, 0], places[:, 1]]), rcond=None)[0]
    return np.array([[a, -b, dx], [b, a, dy]])


def _onnx(path: Path) -> Embed:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = 2, 1
    try:
        session: Any = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as e:  # the runtime's own errors have no common class
        raise ValueError(str(e)) from e
    given = session.get_inputs()[0]
    side = next((int(s) for s in reversed(given.shape) if isinstance(s, int) and s > 3), SIDE)
    raw = prepares_itself(path.read_bytes())

    def embed(crop: U8) -> NDArray[Any]:
        pixels = _pixels(crop, side, raw=raw).transpose(2, 0, 1)[None]
        return np.asarray(session.run(None, {given.name: np.ascontiguousarray(pixels)})[0])[0]

    embed(np.zeros((SIDE, SIDE, 3), np.uint8))
    return embed


def _tflite(path: Path) -> Embed:
    from ai_edge_litert.interpreter import Interpreter

    with hushed():
        interpreter: Any = Interpreter(str(path), num_threads=2)
        interpreter.allocate_tensors()
    given, told = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    num, side = int(given["shape"][0]), int(given["shape"][1])

    def embed(crop: U8) -> NDArray[Any]:
        interpreter.set_tensor(given["index"], np.repeat(_pixels(crop, side, raw=False)[None], num, axis=0))
        interpreter.invoke()
        return np.array(interpreter.get_tensor(told["index"])[0])

    embed(np.zeros((SIDE, SIDE, 3), np.uint8))
    return embed


READERS: dict[str, Callable[[Path], Embed]] = {".onnx": _onnx, ".tflite": _tflite}


def _pixels(crop: U8, side: int, *, raw: bool) -> F32:
    if side != SIDE:
        crop = np.asarray(cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA if side < SIDE else cv2.INTER_CUBIC), np.uint8)
    pixels = crop.astype(np.float32)
    return pixels if raw else (pixels - np.float32(127.5)) / np.float32(127.5)


def prepares_itself(model: bytes) -> bool:
    """Whether one of the first nodes of an ONNX document scales or shifts the pixels: told by their kinds alone, in the order written."""
    graph = next((part for number, part in _fields(model) if number == 7), b"")
    kinds: list[bytes] = []
    for number, node in _fields(graph):
        if number == 1:
            kinds += [part for field, part in _fields(node) if field == 4]
        if len(kinds) == FIRST_NODES:
            break
    before = next((k for k, kind in enumerate(kinds) if kind in (b"Conv", b"MatMul", b"Gemm")), len(kinds))
    return any(kind.decode("utf-8", "replace") in PREPARES for kind in kinds[:before])


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The (number, content) of every field of a protocol buffer that has a length."""
    view, at = memoryview(message), 0
    while at < len(view):
        key, at = _varint(view, at)
        kind = key & 7
        if kind == 2:
            size, at = _varint(view, at)
            yield key >> 3, bytes(view[at : at + size])
            at += size
        elif kind == 0:
            _, at = _varint(view, at)
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            return


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(view):
        byte = view[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            break
    return value, at
