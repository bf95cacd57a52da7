"""Convolutions of whole numbers written as products of matrices, which a processor's dot products make four times as fast, to the same last bit.

An ONNX ``ConvInteger`` over time becomes: the steps that each output sees, laid side by side, times the weights. The weights become signed bytes
(moved by 128 with their zero point), which is what those instructions take. Processors without them add pairs of products in 16 bits, where these
would overflow: ``exact`` asks this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonofilm.voice import onnx_file as onnx

_TO_END = 2**62


def exact() -> bool:
    """Whether this processor multiplies unsigned by signed bytes without overflow."""
    import onnxruntime as ort

    node = onnx.node("MatMulInteger", ("a", "b"), "c")
    values = (
        onnx.value(onnx.GRAPH_INPUT, "a", onnx.UINT8),
        onnx.value(onnx.GRAPH_INPUT, "b", onnx.INT8),
        onnx.value(onnx.GRAPH_OUTPUT, "c", onnx.INT32),
    )
    session: Any = ort.InferenceSession(onnx.model([onnx.field(onnx.GRAPH_NODE, node), *values]), providers=["CPUExecutionProvider"])
    found = session.run(None, {"a": np.full((4, 64), 255, np.uint8), "b": np.full((64, 16), 127, np.int8)})[0]
    return bool((found == 255 * 127 * 64).all())


@dataclass(frozen=True, kw_only=True)
class _Conv:
    inputs: tuple[str, ...]
    output: str
    dilation: int
    pad: int
    plain: bool


def with_products(model: bytes) -> bytes:
    """A copy of ``model`` without ``ConvInteger`` nodes of stride 1 that keep the length; it computes the same."""
    out: list[bytes] = []
    for number, value, kind in onnx.fields(model):
        if number == onnx.MODEL_GRAPH and isinstance(value, bytes):
            value = _graph(value)
        out.append(onnx.field(number, value, kind))
    return b"".join(out)


def _graph(graph: bytes) -> bytes:
    arrays = {onnx.names(v, onnx.TENSOR_NAME)[0]: v for n, v, _ in onnx.fields(graph) if n == onnx.GRAPH_INITIALIZER and isinstance(v, bytes)}
    made: dict[str, bytes] = {}
    gone: set[str] = set()
    nodes: list[bytes] = []
    rest: list[bytes] = []
    for number, value, kind in onnx.fields(graph):
        if number != onnx.GRAPH_NODE or not isinstance(value, bytes):
            rest.append(onnx.field(number, value, kind))
            continue
        conv = _conv(value)
        if conv is None or not conv.plain or conv.inputs[1] not in arrays:
            nodes.append(value)
            continue
        weights = _array(arrays[conv.inputs[1]])
        taps = weights.shape[2]
        if 2 * conv.pad != (taps - 1) * conv.dilation:
            nodes.append(value)
            continue
        gone.add(conv.inputs[1])
        nodes += _product(conv, weights, int(_array(arrays[conv.inputs[3]]).item()), made)
    used = {name for node in nodes for name in onnx.names(node, onnx.NODE_INPUT)}
    kept = [r for r in rest if not _unused(r, gone - used)]
    return b"".join([onnx.field(onnx.GRAPH_NODE, node) for node in nodes] + kept + [onnx.field(onnx.GRAPH_INITIALIZER, t) for t in made.values()])


def _unused(entry: bytes, gone: set[str]) -> bool:
    number, value, _ = next(onnx.fields(entry))
    return number == onnx.GRAPH_INITIALIZER and isinstance(value, bytes) and onnx.names(value, onnx.TENSOR_NAME)[0] in gone


def _conv(node: bytes) -> _Conv | None:
    if onnx.names(node, onnx.NODE_OP) != ["ConvInteger"]:
        return None
    settings = dict(_settings(node))
    plain = settings.get("strides", [1]) == [1] and settings.get("group", [1]) == [1]
    pads = settings.get("pads", [0, 0])
    inputs = tuple(onnx.names(node, onnx.NODE_INPUT))
    plain &= pads[0] == pads[1] and len(inputs) == 4
    return _Conv(inputs=inputs, output=onnx.names(node, onnx.NODE_OUTPUT)[0], dilation=settings.get("dilations", [1])[0], pad=pads[0], plain=plain)


def _settings(node: bytes) -> Iterator[tuple[str, list[int]]]:
    """Names and whole numbers of a node's attributes (AttributeProto: 1 name, 3 i, 8 ints)."""
    for number, value, _ in onnx.fields(node):
        if number == onnx.NODE_ATTRIBUTE and isinstance(value, bytes):
            yield onnx.names(value, 1)[0], [v for key in (3, 8) for v in onnx.numbers(value, key)]


def _product(conv: _Conv, weights: NDArray[np.uint8], zero: int, made: dict[str, bytes]) -> list[bytes]:
    """The nodes in place of one convolution with weights u8[out in taps]; what they need more is put into ``made``."""
    taps, name = weights.shape[2], conv.output

    def constant(*numbers: int) -> str:
        label = "whole" + "".join(f"_{n}" for n in numbers)
        made[label] = _tensor(label, np.array(numbers, np.int64), onnx.INT64)
        return label

    signed, moved = f"{conv.inputs[1]}_signed", f"signed_zero_{zero}"
    table = (weights.astype(np.int16) - 128).astype(np.int8).transpose(2, 1, 0).reshape(-1, weights.shape[0])
    made[signed], made[moved] = _tensor(signed, np.ascontiguousarray(table), onnx.INT8), _tensor(moved, np.array(zero - 128, np.int8), onnx.INT8)
    turn = onnx.attribute("perm", (0, 2, 1))
    nodes = [onnx.node("Transpose", conv.inputs[:1], f"{name}_steps") + turn]
    seen = f"{name}_steps"
    if taps > 1:
        nodes.append(onnx.node("Pad", (seen, constant(0, conv.pad, 0, 0, conv.pad, 0), conv.inputs[2]), f"{name}_padded"))
        for k in range(taps):
            last = (k - taps + 1) * conv.dilation or _TO_END
            nodes.append(onnx.node("Slice", (f"{name}_padded", constant(k * conv.dilation), constant(last), constant(1)), f"{name}_tap_{k}"))
        seen = f"{name}_seen"
        nodes.append(onnx.node("Concat", [f"{name}_tap_{k}" for k in range(taps)], seen) + onnx.attribute("axis", 2))
    nodes.append(onnx.node("MatMulInteger", (seen, signed, conv.inputs[2], moved), f"{name}_product"))
    nodes.append(onnx.node("Transpose", (f"{name}_product",), name) + turn)
    return nodes


def _array(tensor: bytes) -> NDArray[np.uint8]:
    """A TensorProto of unsigned bytes (1 dims, 5 int32_data, 9 raw_data)."""
    raw = [v for n, v, _ in onnx.fields(tensor) if n == 9 and isinstance(v, bytes)]
    values = np.frombuffer(raw[0], np.uint8) if raw else np.array(onnx.numbers(tensor, 5), np.uint8)
    return values.reshape(onnx.numbers(tensor, 1))


def _tensor(name: str, values: NDArray[Any], kind: int) -> bytes:
    dims = b"".join(onnx.field(1, n) for n in values.shape)
    return dims + onnx.field(2, kind) + onnx.field(onnx.TENSOR_NAME, name.encode()) + onnx.field(9, values.tobytes())
