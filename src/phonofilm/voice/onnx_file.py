"""Just enough of the ONNX file format (onnx/onnx.proto, Apache-2.0; Protocol Buffers' wire format) to read, copy and make parts of a model.

Numbers are those of the messages' fields; what is not named here is copied as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MODEL_GRAPH = 7
GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT = 1, 5, 11, 12
NODE_INPUT, NODE_OUTPUT, NODE_NAME, NODE_OP, NODE_ATTRIBUTE = 1, 2, 3, 4, 5
TENSOR_NAME, VALUE_NAME = 8, 1
FLOAT, UINT8, INT8, INT32, INT64 = 1, 2, 3, 6, 7
_BYTES = 2
_ATTRIBUTE_NAME, _ATTRIBUTE_INT, _ATTRIBUTE_INTS, _ATTRIBUTE_KIND = 1, 3, 8, 20
_KIND_INT, _KIND_INTS = 2, 7


def fields(message: bytes) -> Iterator[tuple[int, bytes | int, int]]:
    """The fields of a message in order: number, value, kind on the wire."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(message, at)
        else:
            size, at = _varint(message, at) if kind == _BYTES else ({1: 8, 5: 4}[kind], at)
            value = message[at : at + size]
            at += size
        yield number, value, kind


def names(message: bytes, wanted: int) -> list[str]:
    """All texts of one field."""
    return [value.decode() for number, value, _ in fields(message) if number == wanted and isinstance(value, bytes)]


def numbers(message: bytes, wanted: int) -> list[int]:
    """All whole numbers of one field, packed or not."""
    out: list[int] = []
    for number, value, _ in fields(message):
        if number != wanted:
            continue
        if isinstance(value, int):
            out.append(value)
            continue
        at = 0
        while at < len(value):
            one, at = _varint(value, at)
            out.append(one)
    return out


def field(number: int, value: bytes | int, kind: int = _BYTES) -> bytes:
    """One field: a whole number, else bytes."""
    if isinstance(value, int):
        return _pack(number << 3) + _pack(value)
    return _pack(number << 3 | kind) + (_pack(len(value)) if kind == _BYTES else b"") + value


def node(op: str, inputs: Sequence[str], output: str) -> bytes:
    """A NodeProto, named after its output."""
    texts = [*((NODE_INPUT, name) for name in inputs), (NODE_OUTPUT, output), (NODE_NAME, output), (NODE_OP, op)]
    return b"".join(field(number, name.encode()) for number, name in texts)


def attribute(name: str, value: int | Sequence[int]) -> bytes:
    """The field of a node that holds one setting: a whole number ≥ 0, or several."""
    told = field(_ATTRIBUTE_NAME, name.encode())
    if isinstance(value, int):
        told += field(_ATTRIBUTE_INT, value) + field(_ATTRIBUTE_KIND, _KIND_INT)
    else:
        told += b"".join(field(_ATTRIBUTE_INTS, v) for v in value) + field(_ATTRIBUTE_KIND, _KIND_INTS)
    return field(NODE_ATTRIBUTE, told)


def value(number: int, name: str, kind: int = FLOAT) -> bytes:
    """The field of a graph for an input or output whose shape is left open."""
    return field(number, field(1, name.encode()) + field(2, field(1, field(1, kind))))


def model(graph: Sequence[bytes]) -> bytes:
    """A ModelProto of a graph's fields."""
    return field(1, 8) + field(MODEL_GRAPH, b"".join(graph) + field(2, b"graph")) + field(8, field(2, 17))


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _pack(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
