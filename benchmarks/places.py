"""Contact sheets of the drawn places, and what they cost: ``python benchmarks/places.py OUT [PLACE ...]``.

For each place one PNG of four hours by three weathers, and a line with the seconds to draw its layers and the milliseconds a frame.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import cv2
import numpy as np

from phonofilm.engines.stage.sheet import over
from phonofilm.engines.stage.world.places import build_place, supported_places
from phonofilm.score.camera import CameraPose

SIZE = (1920, 1080)
HOURS = ("morning", "golden", "dusk", "night")
WEATHERS = ("clear", "rain", "fog")


def main() -> None:
    """Draw and time."""
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    camera = CameraPose(position=np.array([0.0, 1.6, 0.0]), rotation=np.eye(3), focal=35.0)
    for name in sys.argv[2:] or supported_places():
        rows: list[np.ndarray] = []
        drawing, filming = [], []
        for weather in WEATHERS:
            row: list[np.ndarray] = []
            for hour in HOURS:
                start = time.perf_counter()
                seen = build_place(name, hour, weather, "", (), 1, SIZE[0]).sheets(None, [camera], *SIZE)
                frame = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
                drawn = [layer.draw(camera, 0, *SIZE) for layer in seen]
                drawing.append(time.perf_counter() - start)
                start = time.perf_counter()
                drawn = [layer.draw(camera, 48_000, *SIZE) for layer in seen]
                for part in drawn:
                    if part is not None:
                        over(frame, part)
                filming.append(time.perf_counter() - start)
                row.append(cv2.resize(frame, (480, 270), interpolation=cv2.INTER_AREA))
            rows.append(np.hstack(row))
        cv2.imwrite(str(out / f"place-{name}.png"), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))
        print(f"{name:10} drawn in {np.median(drawing):.2f} s, {1000 * np.median(filming):.0f} ms a frame")


if __name__ == "__main__":
    main()
