"""Plates against the truth: parts of photographs are held out, filled, and compared with what was there. ``python benchmarks/plates.py``.

``band``: the outer 15 % on the left and the right, continued from the middle. ``hole``: an ellipse of a quarter of each side, in the middle.
``texture``: distance of the distributions of log gradients in the filled part from those of the truth, mean of three scales (0: alike; a wash has
much less detail than the truth). ``seam``: the mean step across the part's rim by the mean step there in the truth (1: no more visible).
``colour``: difference of the broad colours from the truth, root mean square of 255 levels.

Mattes likewise: subjects with a known alpha are laid over photographs, and their alpha is found again. ``halo``: how much of the old background's
colour is left on the subject's edge when it is laid over another, as a share of the difference of both.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from media import picture
from phonofilm.media.read import read_picture
from phonofilm.perceive.matte import fit
from phonofilm.perceive.plate import extend, fill

PHOTOS = ("astronaut", "coffee", "cat", "rocket", "smile", "outdoors", "glasses", "mountains")
BAND, HOLE = 0.15, 0.25


def banded(image: np.ndarray, continued: Callable[..., np.ndarray] = extend) -> tuple[np.ndarray, np.ndarray]:
    """The photo with its sides made anew, and where."""
    cut = round(BAND * image.shape[1])
    made = continued(np.ascontiguousarray(image[:, cut:-cut]), cut, cut, 0, 0)
    where = np.ones(image.shape[:2], bool)
    where[:, cut:-cut] = False
    return made, where


def holed(image: np.ndarray, filled: Callable[..., np.ndarray] = fill) -> tuple[np.ndarray, np.ndarray]:
    """The photo with its middle made anew, and where."""
    h, w = image.shape[:2]
    y, x = np.mgrid[0:h, 0:w]
    where = np.hypot((x - w / 2) / (HOLE * w), (y - h / 2) / (HOLE * h)) < 0.5
    return filled(image, where), where


def gradients(image: np.ndarray, where: np.ndarray, scale: int) -> np.ndarray:
    """Sorted logarithms of the gradients inside a part, at a scale, at 200 quantiles."""
    size = (image.shape[1] // scale, image.shape[0] // scale)
    grey = cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY).astype(np.float32)
    inside = cv2.erode(cv2.resize(where.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST), np.ones((3, 3), np.uint8)) > 0
    strength = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)) / 8
    return np.quantile(np.log1p(strength[inside]), np.linspace(0.0025, 0.9975, 200))


def compared(truth: np.ndarray, made: np.ndarray, where: np.ndarray) -> tuple[float, float, float]:
    """Texture, seam and colour of a part made anew against the truth."""
    texture = float(np.mean([np.abs(gradients(truth, where, s) - gradients(made, where, s)).mean() for s in (1, 2, 4)]))
    steps = []
    for image in (made, truth):
        values = image.astype(np.float32).mean(2)
        across = where[:, 1:] != where[:, :-1]
        steps.append(float(np.abs(np.diff(values, axis=1))[across].mean()))
    broad = [cv2.GaussianBlur(image.astype(np.float32), (0, 0), 0.02 * max(truth.shape)) for image in (truth, made)]
    colour = float(np.sqrt(((broad[0] - broad[1])[where] ** 2).mean()))
    return texture, steps[0] / max(steps[1], 0.5), colour


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="a folder for the pictures")
    given = parser.parse_args()
    for name, make in (("band", banded), ("hole", holed)):
        rows = []
        for photo in PHOTOS:
            truth = fit(read_picture(picture(photo)).rgb, 1000)
            began = time.perf_counter()
            made, where = make(truth)
            taken = time.perf_counter() - began
            rows.append((*compared(truth, made, where), taken))
            print(f"{name} {photo:10} texture {rows[-1][0]:.3f} seam {rows[-1][1]:.2f} colour {rows[-1][2]:5.1f} {taken:.2f} s")
            if given.out:
                given.out.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(given.out / f"{name}-{photo}.png"), cv2.cvtColor(np.hstack([truth, made]), cv2.COLOR_RGB2BGR))
        mean = np.mean(rows, axis=0)
        print(f"{name} mean       texture {mean[0]:.3f} seam {mean[1]:.2f} colour {mean[2]:5.1f} {mean[3]:.2f} s")


if __name__ == "__main__":
    main()
