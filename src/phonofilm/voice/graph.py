"""Small edits of an ONNX file: show an inner tensor, or let the caller steer it.

Only the fields that such an edit touches are read here; all others are copied as they are, so no ONNX library is needed at run time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from phonofilm.voice import onnx_file as onnx


def steer(model: bytes, *, given: Mapping[str, str], imposed: Mapping[str, str], outputs: Sequence[str]) -> bytes:
    """A copy of ``model`` that computes ``outputs`` (any inner float tensors) and nothing that they do not need.

    ``given`` maps a tensor to the name of a new input that is read in its place. ``imposed`` maps a tensor t to a name x: what read t reads
    ``t · x_scale + (t > x_floor) · x_shift`` instead, with the three as new inputs; so a pitch can be set where there is one.
    """
    out: list[bytes] = []
    for field, value, kind in onnx.fields(model):
        if field == onnx.MODEL_GRAPH and isinstance(value, bytes):
            value = _steer_graph(value, given, imposed, outputs)
        out.append(onnx.field(field, value, kind))
    return b"".join(out)


def _steer_graph(graph: bytes, given: Mapping[str, str], imposed: Mapping[str, str], outputs: Sequence[str]) -> bytes:
    renamed = {tensor: f"{name}_steered" for tensor, name in imposed.items()} | dict(given)
    nodes: list[bytes] = []
    for field, value, _ in onnx.fields(graph):
        if field != onnx.GRAPH_NODE or not isinstance(value, bytes):
            continue
        nodes.append(_rewired(value, renamed))
        for tensor in onnx.names(value, onnx.NODE_OUTPUT):
            if tensor in imposed:
                nodes += _imposing(tensor, imposed[tensor])
    nodes, needed = _reaching(nodes, outputs)
    inputs = [f"{name}_{part}" for name in imposed.values() for part in ("scale", "floor", "shift")] + list(given.values())
    out: list[bytes] = [onnx.field(onnx.GRAPH_NODE, node) for node in nodes]
    for field, value, kind in onnx.fields(graph):
        if field in (onnx.GRAPH_NODE, onnx.GRAPH_OUTPUT) or not isinstance(value, bytes):
            continue
        label = {onnx.GRAPH_INITIALIZER: onnx.TENSOR_NAME, onnx.GRAPH_INPUT: onnx.VALUE_NAME}.get(field)
        if label is None or onnx.names(value, label)[0] in needed:
            out.append(onnx.field(field, value, kind))
    out += [onnx.value(onnx.GRAPH_INPUT, name) for name in inputs if name in needed]
    out += [onnx.value(onnx.GRAPH_OUTPUT, name) for name in outputs]
    return b"".join(out)


def _imposing(tensor: str, name: str) -> list[bytes]:
    return [
        onnx.node("Mul", (tensor, f"{name}_scale"), f"{name}_scaled"),
        onnx.node("Greater", (tensor, f"{name}_floor"), f"{name}_above"),
        onnx.node("Cast", (f"{name}_above",), f"{name}_there") + onnx.attribute("to", onnx.FLOAT),
        onnx.node("Mul", (f"{name}_there", f"{name}_shift"), f"{name}_shifted"),
        onnx.node("Add", (f"{name}_scaled", f"{name}_shifted"), f"{name}_steered"),
    ]


def _reaching(nodes: Sequence[bytes], outputs: Sequence[str]) -> tuple[list[bytes], set[str]]:
    """The nodes that ``outputs`` need, in their order, and the names of every tensor among them. Nodes are sorted, as ONNX requires."""
    needed = set(outputs)
    kept: list[bytes] = []
    for node in reversed(nodes):
        if needed.intersection(onnx.names(node, onnx.NODE_OUTPUT)):
            needed.update(onnx.names(node, onnx.NODE_INPUT))
            kept.append(node)
    return kept[::-1], needed


def _rewired(node: bytes, renamed: Mapping[str, str]) -> bytes:
    out: list[bytes] = []
    for field, value, kind in onnx.fields(node):
        if field == onnx.NODE_INPUT and isinstance(value, bytes):
            name = value.decode()
            value = renamed.get(name, name).encode()
        out.append(onnx.field(field, value, kind))
    return b"".join(out)
