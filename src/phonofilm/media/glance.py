"""A clip's frames, small, as its 24 fps copy will show them. Runs inside the sandbox; ``read.glance`` is its public door.

Nothing is written, so what a film is directed by is known before there is a copy.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from phonofilm.media.clips import SHRINKING, Converter, on_screen, plan
from phonofilm.media.colour import from_i420


def job(path: Path, most: int, every: int, wide: int, side: int) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """All frames at a width of ``wide`` pixels (``small``), each ``every``-th with a longer side of at most ``side`` (``large``); size, length,
    whether there is a sound track, remarks."""
    remarks: list[str] = []
    found, num, width, height = plan(path, 0, most, remarks)
    scale = min(1.0, side / max(width, height))
    size = (wide, _even(wide * height / width))
    small = np.empty((num, size[1], size[0], 3), np.uint8)
    large: list[NDArray[np.uint8]] = []
    with tempfile.TemporaryDirectory() as folder:
        shrink = Converter(Path(folder), *size, remarks, SHRINKING)
        look = Converter(Path(folder), _even(width * scale), _even(height * scale), [], SHRINKING)
        shown: av.VideoFrame | None = None
        for k, (frame, stream) in enumerate(on_screen(path, 0, num, remarks)):
            small[k] = small[k - 1] if frame is shown else from_i420(shrink(frame, stream))
            shown = frame
            if k % every == 0:
                large.append(from_i420(look(frame, stream)))
    values = {"width": width, "height": height, "frames": num, "sound": found.sound, "remarks": remarks}
    return values, {"small": small, "large": np.stack(large)}


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)
