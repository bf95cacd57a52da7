"""The speech model: letters in, sound out, with every letter's duration and the pitch under our control.

Kokoro-82M (hexgrad, Apache-2.0) predicts how long each letter lasts, in units of 600 samples, and then makes the sound of just that length.
Its graph is cut in two here, once, into the cache: one part gives the durations; the other takes them, and a pitch, as inputs.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonofilm import weights
from phonofilm.errors import WorkError
from phonofilm.voice import products
from phonofilm.voice.graph import steer
from phonofilm.voice.symbols import NUMBER

Floats = NDArray[np.float32]

RATE = 24_000
#: samples of one unit of duration, 25 ms
UNIT = 600
#: pitch values in one unit
PITCH_UNIT = 2
MAX_LETTERS = 400
#: pitch below this is no voice
VOICED_HZ = 50.0

#: voices mixed of others, in shares: each brings the sounds that the other has not learned
BLENDS: dict[str, tuple[tuple[str, float], ...]] = {
    "df_sara": (("if_sara", 0.5), ("ff_siwis", 0.5)),
    "dm_alex": (("em_alex", 0.75), ("ff_siwis", 0.25)),
    "fm_alex": (("em_alex", 0.67), ("ff_siwis", 0.33)),
}

_THREADS = 2
_DURATIONS = "/encoder/Clip_output_0"
_LENGTHS = "/encoder/Div_output_0"
_PITCH = "/encoder/F0_proj/Conv_output_0"
#: grows when the cut changes
_EDITION = 1


@dataclass(frozen=True, kw_only=True)
class Sound:
    """``samples`` f32[s] mono at 24 kHz; ``pitch`` f32[2 u] in Hz, 12.5 ms a value, near 0 where there is no voice."""

    samples: Floats
    pitch: Floats


def lengths(letters: str, style: Floats) -> Floats:
    """How long the model would make each letter: f32[n + 2] in units of 25 ms, the silence before and after included."""
    first, _ = _sessions()
    found = _run(first, [_LENGTHS], {"tokens": _tokens(letters), "style": style[None], "speed": np.ones(1, np.float32)})
    return np.asarray(found[0], np.float32).reshape(-1)


def sound(letters: str, style: Floats, units: NDArray[np.int64], *, pitch_scale: float = 1.0, pitch: Floats | None = None) -> Sound:
    """The sound of letters whose durations are given (i64[n + 2], each at least 1).

    ``pitch`` f32[2 · sum(units)] in Hz replaces the model's own where it is above 0 and the model has a voice.
    """
    _, second = _sessions()
    total = int(units.sum()) * PITCH_UNIT
    scale = np.full((1, 1, total), pitch_scale, np.float32)
    shift = np.zeros((1, 1, total), np.float32)
    if pitch is not None:
        scale[0, 0, pitch > 0] = 0.0
        shift[0, 0] = np.maximum(pitch, 0.0)
    samples, hertz = _run(
        second,
        ["audio", _PITCH],
        {
            "tokens": _tokens(letters),
            "style": style[None],
            "durations": units.astype(np.float32)[None],
            "f0_scale": scale,
            "f0_floor": np.full((1, 1, 1), VOICED_HZ, np.float32),
            "f0_shift": shift,
        },
    )
    return Sound(samples=np.asarray(samples, np.float32).reshape(-1), pitch=np.asarray(hertz, np.float32).reshape(-1))


def style(name: str, num_letters: int) -> Floats:
    """The style vector f32[256] of a voice for a line of so many letters."""
    if name in BLENDS:
        return np.stack([style(part, num_letters) * share for part, share in BLENDS[name]]).sum(axis=0, dtype=np.float32)
    table = _styles()
    row = table["names"].index(name)
    at = [np.interp(num_letters, table["knots"], table["points"][row, :, k]) for k in (0, 1)]
    return (table["means"][row] + at[0] * table["directions"][row, 0] + at[1] * table["directions"][row, 1]).astype(np.float32)


def voice_names() -> tuple[str, ...]:
    """Names of all voices: those of the table of styles, and the blends."""
    return (*_styles()["names"], *BLENDS)


@cache
def _styles() -> dict[str, Any]:
    with (files("phonofilm.voice") / "styles.npz").open("rb") as file, np.load(file) as table:
        found: dict[str, Any] = {key: np.asarray(table[key], np.float32) for key in ("knots", "means", "directions", "points")}
        found["names"] = [str(name) for name in table["names"]]
    return found


def _tokens(letters: str) -> NDArray[np.int64]:
    return np.array([[0, *(NUMBER[letter] for letter in letters), 0]], np.int64)


def _run(session: Any, outputs: list[str], feed: dict[str, Any]) -> list[Any]:
    try:
        return list(session.run(outputs, feed))
    except Exception as error:  # onnxruntime's errors have no common base of their own
        raise WorkError(f"The speech model failed: {error}") from error


@cache
def _sessions() -> tuple[Any, Any]:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = _THREADS
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL  # the graph runs no faster rewritten, and loads in half the time
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # pictures are looked at meanwhile
    first, second = (ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"]) for path in _cut())
    return first, second


def prepare() -> None:
    """Make the two parts of the model, so that no film waits for them. Raises ModelMissing."""
    _cut()


def _cut() -> tuple[Path, Path]:
    """The two parts of the model, made from it if they are not in the cache yet."""
    source = weights.stored("kokoro")
    folder = weights.cache_dir() / "made"
    fast = products.exact()
    paths = (folder / f"{source.stem}-lengths-{_EDITION}.onnx", folder / f"{source.stem}-{'quick' if fast else 'sound'}-{_EDITION}.onnx")
    if not source.is_file() or not all(path.is_file() for path in paths):
        model = weights.model_path("kokoro").read_bytes()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(paths[0], steer(model, given={}, imposed={}, outputs=[_LENGTHS]))
        second = steer(model, given={_DURATIONS: "durations"}, imposed={_PITCH: "f0"}, outputs=["audio", _PITCH])
        _write(paths[1], products.with_products(second) if fast else second)
    return paths


def _write(path: Path, content: bytes) -> None:
    number, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(number, "wb") as file:
        file.write(content)
    Path(name).replace(path)
