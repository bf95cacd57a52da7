"""A contact sheet of a film: ``python scripts/contact_sheet.py film.mp4 sheet.jpg [--tiles 12] [--crop x0,y0,x1,y1] [--frames 20,43]``."""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from phonofilm.media.read import read_frames

TILE = 480


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("film", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--tiles", type=int, default=12)
    parser.add_argument("--columns", type=int, default=4)
    parser.add_argument("--crop", default="0,0,1,1", help="shares of width and height")
    parser.add_argument("--frames", default="", help="first,last")
    given = parser.parse_args()
    x0, y0, x1, y1 = (float(v) for v in given.crop.split(","))
    tiles: list[np.ndarray] = []
    for frame in read_frames(given.film):
        h, w = frame.shape[:2]
        part = frame[int(y0 * h) : int(y1 * h), int(x0 * w) : int(x1 * w)]
        tiles.append(cv2.resize(part, (TILE, round(TILE * part.shape[0] / part.shape[1])), interpolation=cv2.INTER_AREA))
    first, last = (int(v) for v in given.frames.split(",")) if given.frames else (0, len(tiles) - 1)
    chosen = [tiles[k] for k in np.linspace(first, last, given.tiles).round().astype(int)]
    chosen += [np.zeros_like(chosen[0])] * (-len(chosen) % given.columns)
    rows = [np.hstack(chosen[k : k + given.columns]) for k in range(0, len(chosen), given.columns)]
    cv2.imwrite(str(given.out), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 88])


if __name__ == "__main__":
    main()
