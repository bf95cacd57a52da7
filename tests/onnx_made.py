"""A small ONNX document written by hand: what the tests hand in where a user would give a network of his own."""

from __future__ import annotations

from collections.abc import Sequence


def means_of_cells(cell: int, *, first: Sequence[tuple[str, float]] = (), side: int = 112) -> bytes:
    """A network that turns a picture 1x3xhxw into the means of its cells; ``first``: (operation, number) that come before, on every pixel."""
    names = ["picture", *(f"step{k}" for k in range(len(first))), "means"]
    nodes = [_node(kind, [names[k], f"number{k}"], names[k + 1]) for k, (kind, _) in enumerate(first)]
    square = [_text(1, "kernel_shape") + _number(8, cell) + _number(8, cell) + _number(20, 7)]
    square.append(_text(1, "strides") + _number(8, cell) + _number(8, cell) + _number(20, 7))
    nodes.append(_node("AveragePool", [names[len(first)]], "means", square))
    numbers = [_number(2, 1) + _inner(9, _float(v)) + _text(8, f"number{k}") for k, (_, v) in enumerate(first)]
    graph = b"".join(_inner(1, n) for n in nodes) + _text(2, "means of cells") + b"".join(_inner(5, n) for n in numbers)
    graph += _inner(11, _shape("picture", (1, 3, side, side))) + _inner(12, _shape("means", (1, 3, side // cell, side // cell)))
    return _number(1, 8) + _inner(7, graph) + _inner(8, _number(2, 13))


def _node(kind: str, inputs: Sequence[str], output: str, attributes: Sequence[bytes] = ()) -> bytes:
    return b"".join(_text(1, i) for i in inputs) + _text(2, output) + _text(4, kind) + b"".join(_inner(5, a) for a in attributes)


def _shape(name: str, sides: Sequence[int]) -> bytes:
    whole = b"".join(_inner(1, _number(1, s)) for s in sides)
    return _text(1, name) + _inner(2, _inner(1, _number(1, 1) + _inner(2, whole)))


def _float(value: float) -> bytes:
    import struct

    return struct.pack("<f", value)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _inner(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, text: str) -> bytes:
    return _inner(field, text.encode())
