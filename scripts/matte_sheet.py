"""Matte edges to look at: ``python scripts/matte_sheet.py sheet.png smile,0.4,0,0.25 coffee,0.5,0,0.25``.

Each argument is a test picture or a file, and optionally the left, top and side of a square part, as shares of its width, height and longest side.
A row shows the part as it was, cut out over dark, light and green, and its matte.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from media import picture
from phonofilm.perceive.picture import perceive_picture

BACKGROUNDS = ((15, 20, 40), (240, 240, 235), (0, 180, 60))
TILE = 480


def row(spec: str) -> np.ndarray:
    """One row of the sheet, u8[h w 3]."""
    name, *numbers = spec.split(",")
    left, top, side = (float(n) for n in numbers) if numbers else (0.0, 0.0, 1.0)
    path = Path(name) if Path(name).is_file() else picture(name)
    seen = perceive_picture(path, "")
    height, width = seen.matte.shape
    x, y, s = int(left * width), int(top * height), int(side * max(height, width))
    part = np.s_[y : y + s, x : x + s]
    alpha = seen.matte[part][..., None] / 255
    over = [seen.foreground[part] * alpha + np.array(colour) * (1 - alpha) for colour in BACKGROUNDS]
    tiles = [seen.image[part], *over, np.repeat(seen.matte[part][..., None], 3, 2)]
    size = (TILE * tiles[0].shape[1] // tiles[0].shape[0], TILE)
    return np.hstack([cv2.resize(np.asarray(t, np.uint8), size, interpolation=cv2.INTER_CUBIC) for t in tiles])


def main() -> None:
    """Write the sheet."""
    out, specs = Path(sys.argv[1]), sys.argv[2:] or ["smile,0.4,0,0.25", "long-hair,0.1,0,0.4", "outdoors,0.25,0.05,0.35", "coffee,0.5,0,0.25"]
    rows = [row(spec) for spec in specs]
    wide = max(r.shape[1] for r in rows)
    sheet = np.vstack([np.pad(r, ((0, 0), (0, wide - r.shape[1]), (0, 0))) for r in rows])
    cv2.imwrite(str(out), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    print(out)


if __name__ == "__main__":
    main()
