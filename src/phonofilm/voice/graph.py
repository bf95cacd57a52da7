"""Small edits of an ONNX file: show an inner tensor, or let the caller steer it.

An ONNX file is one protocol-buffer message (onnx/onnx.proto, Apache-2.0). Only the fields that such an edit touches are read here;
all others are copied as they are, so no ONNX library is needed at run time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

_MODEL_GRAPH = 7
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT = 1, 5, 11, 12
_NODE_INPUT, _NODE_OUTPUT, _NODE_NAME, _NODE_OP, _NODE_ATTRIBUTE = 1, 2, 3, 4, 5
_TENSOR_NAME, _VALUE_NAME = 8, 1
_FLOAT = 1
_BYTES = 2


def steer(model: bytes, *, given: Mapping[str, str], imposed: Mapping[str, str], outputs: Sequence[str]) -> bytes:
    """A copy of ``model`` that computes ``outputs`` (any inner float tensors) and nothing that they do not need.

    ``given`` maps a tensor to the name of a new input that is read in its place. ``imposed`` maps a tensor t to a name x: what read t reads
    ``t · x_scale + (t > x_floor) · x_shift`` instead, with the three as new inputs; so a pitch can be set where there is one.
    """
    out: list[bytes] = []
    for field, kind, value in _fields(model):
        if field == _MODEL_GRAPH and isinstance(value, bytes):
            value = _steer_graph(value, given, imposed, outputs)
        out.append(_field(field, kind, value))
    return b"".join(out)


def _steer_graph(graph: bytes, given: Mapping[str, str], imposed: Mapping[str, str], outputs: Sequence[str]) -> bytes:
    renamed = {tensor: f"{name}_steered" for tensor, name in imposed.items()} | dict(given)
    nodes: list[bytes] = []
    for field, _, value in _fields(graph):
        if field != _GRAPH_NODE or not isinstance(value, bytes):
            continue
        nodes.append(_rewired(value, renamed))
        for tensor in _names(value, _NODE_OUTPUT):
            if tensor in imposed:
                nodes += _imposing(tensor, imposed[tensor])
    nodes, needed = _reaching(nodes, outputs)
    inputs = [f"{name}_{part}" for name in imposed.values() for part in ("scale", "floor", "shift")] + list(given.values())
    out: list[bytes] = [_field(_GRAPH_NODE, _BYTES, node) for node in nodes]
    for field, kind, value in _fields(graph):
        if field in (_GRAPH_NODE, _GRAPH_OUTPUT) or not isinstance(value, bytes):
            continue
        label = {_GRAPH_INITIALIZER: _TENSOR_NAME, _GRAPH_INPUT: _VALUE_NAME}.get(field)
        if label is None or _names(value, label)[0] in needed:
            out.append(_field(field, kind, value))
    out += [_tensor(_GRAPH_INPUT, name) for name in inputs if name in needed]
    out += [_tensor(_GRAPH_OUTPUT, name) for name in outputs]
    return b"".join(out)


def _imposing(tensor: str, name: str) -> list[bytes]:
    to_float = _text(1, "to") + _field(3, 0, _FLOAT) + _field(20, 0, 2)
    return [
        _node("Mul", (tensor, f"{name}_scale"), f"{name}_scaled"),
        _node("Greater", (tensor, f"{name}_floor"), f"{name}_above"),
        _node("Cast", (f"{name}_above",), f"{name}_there") + _field(_NODE_ATTRIBUTE, _BYTES, to_float),
        _node("Mul", (f"{name}_there", f"{name}_shift"), f"{name}_shifted"),
        _node("Add", (f"{name}_scaled", f"{name}_shifted"), f"{name}_steered"),
    ]


def _reaching(nodes: Sequence[bytes], outputs: Sequence[str]) -> tuple[list[bytes], set[str]]:
    """The nodes that ``outputs`` need, in their order, and the names of every tensor among them. Nodes are sorted, as ONNX requires."""
    needed = set(outputs)
    kept: list[bytes] = []
    for node in reversed(nodes):
        if needed.intersection(_names(node, _NODE_OUTPUT)):
            needed.update(_names(node, _NODE_INPUT))
            kept.append(node)
    return kept[::-1], needed


def _rewired(node: bytes, renamed: Mapping[str, str]) -> bytes:
    out: list[bytes] = []
    for field, kind, value in _fields(node):
        if field == _NODE_INPUT and isinstance(value, bytes):
            name = value.decode()
            value = renamed.get(name, name).encode()
        out.append(_field(field, kind, value))
    return b"".join(out)


def _names(message: bytes, wanted: int) -> list[str]:
    return [value.decode() for field, _, value in _fields(message) if field == wanted and isinstance(value, bytes)]


def _node(op: str, inputs: Sequence[str], output: str) -> bytes:
    return b"".join(_text(_NODE_INPUT, name) for name in inputs) + _text(_NODE_OUTPUT, output) + _text(_NODE_NAME, output) + _text(_NODE_OP, op)


def _tensor(field: int, name: str) -> bytes:
    """A ValueInfoProto of a float tensor whose shape is left open."""
    tensor = _field(1, 0, _FLOAT)
    return _field(field, _BYTES, _text(1, name) + _field(2, _BYTES, _field(1, _BYTES, tensor)))


def _text(field: int, text: str) -> bytes:
    return _field(field, _BYTES, text.encode())


def _fields(message: bytes) -> Iterator[tuple[int, int, bytes | int]]:
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        field, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(message, at)
        else:
            size, at = _varint(message, at) if kind == _BYTES else ({1: 8, 5: 4}[kind], at)
            value = message[at : at + size]
            at += size
        yield field, kind, value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _field(field: int, kind: int, value: bytes | int) -> bytes:
    head = _pack(field << 3 | kind)
    if isinstance(value, int):
        return head + _pack(value)
    return head + (_pack(len(value)) if kind == _BYTES else b"") + value


def _pack(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
