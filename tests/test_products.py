"""Convolutions written as products of matrices: the same whole numbers."""

import numpy as np
import onnxruntime as ort
import pytest

from phonofilm.voice import onnx_file as onnx
from phonofilm.voice.products import exact, with_products


def _tensor(name: str, values: np.ndarray) -> bytes:
    dims = b"".join(onnx.field(1, n) for n in values.shape)
    content = dims + onnx.field(2, onnx.UINT8) + onnx.field(onnx.TENSOR_NAME, name.encode()) + onnx.field(9, values.tobytes())
    return onnx.field(onnx.GRAPH_INITIALIZER, content)


def _convolution(weights: np.ndarray, pad: int, *, dilation: int = 1, stride: int = 1) -> bytes:
    """A model of one ConvInteger: sound u8[1 in steps] about ``zero`` u8 to seen i32[1 out steps]."""
    node = onnx.node("ConvInteger", ("sound", "weights", "zero", "weights_zero"), "seen") + onnx.attribute("pads", (pad, pad))
    node += onnx.attribute("dilations", (dilation,)) + onnx.attribute("strides", (stride,))
    ends = [onnx.value(onnx.GRAPH_INPUT, "sound", onnx.UINT8), onnx.value(onnx.GRAPH_INPUT, "zero", onnx.UINT8)]
    numbers = [_tensor("weights", weights), _tensor("weights_zero", np.array(113, np.uint8))]
    return onnx.model([onnx.field(onnx.GRAPH_NODE, node), *numbers, *ends, onnx.value(onnx.GRAPH_OUTPUT, "seen", onnx.INT32)])


def _run(model: bytes, sound: np.ndarray) -> np.ndarray:
    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(None, {"sound": sound, "zero": np.array(91, np.uint8)})[0]


@pytest.mark.parametrize(("taps", "dilation"), [(1, 1), (3, 1), (11, 5)])
def test_a_convolution_as_a_product_is_the_same_to_the_last_bit(taps: int, dilation: int) -> None:
    if not exact():
        pytest.skip("this processor adds pairs of products in 16 bits")
    chance = np.random.default_rng(taps)
    weights = chance.integers(0, 256, (16, 8, taps)).astype(np.uint8)
    sound = chance.integers(0, 256, (1, 8, 60)).astype(np.uint8)
    model = _convolution(weights, (taps - 1) * dilation // 2, dilation=dilation)
    made = with_products(model)
    assert b"ConvInteger" in model and b"ConvInteger" not in made
    assert (_run(made, sound) == _run(model, sound)).all()


def test_a_convolution_that_shortens_its_sound_is_left_alone() -> None:
    weights = np.full((4, 4, 3), 7, np.uint8)
    assert b"ConvInteger" in with_products(_convolution(weights, 0))
    assert b"ConvInteger" in with_products(_convolution(weights, 1, stride=2))
