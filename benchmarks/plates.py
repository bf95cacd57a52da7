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
from phonofilm.perceive.matte import edged, fit, foreground, region_of
from phonofilm.perceive.plate import extend, fill

PHOTOS = ("astronaut", "coffee", "cat", "rocket", "smile", "outdoors", "glasses", "mountains")
BEHIND = ("coffee", "outdoors", "mountains", "smile")
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


def product(side: int) -> tuple[np.ndarray, np.ndarray]:
    """A round-cornered thing with a shaded surface: colours and true alpha, drawn four times as large."""
    big = np.zeros((4 * side, 4 * side), np.uint8)
    cv2.ellipse(big, (2 * side, round(2.6 * side)), (side, round(0.9 * side)), 0, 0, 360, 255, -1)
    cv2.rectangle(big, (round(1.7 * side), round(0.7 * side)), (round(2.3 * side), 2 * side), 255, -1)
    alpha = cv2.resize(big, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    x = np.linspace(0, np.pi, side)[None, :, None]
    shade = (0.45 + 0.55 * np.sin(x)) * np.ones((side, 1, 1))
    return (shade * np.array([180, 60, 40])).astype(np.float32), cv2.GaussianBlur(alpha, (0, 0), 0.7)


def head(side: int) -> tuple[np.ndarray, np.ndarray]:
    """A head of dark hair with loose strands: colours and true alpha, drawn four times as large."""
    draw = np.random.default_rng(3)
    big = np.zeros((4 * side, 4 * side), np.uint8)
    cv2.ellipse(big, (2 * side, 2 * side), (round(0.9 * side), round(1.1 * side)), 0, 0, 360, 255, -1)
    cv2.rectangle(big, (round(0.9 * side), round(3.2 * side)), (round(3.1 * side), 4 * side), 255, -1)
    cv2.rectangle(big, (round(1.6 * side), 2 * side), (round(2.4 * side), 4 * side), 255, -1)
    for turn in draw.uniform(np.pi, 2 * np.pi, 260):
        at = np.array([2 * side + 0.88 * side * np.cos(turn), 2 * side + 1.08 * side * np.sin(turn)])
        path, way = [at], turn + draw.normal(0, 0.5)
        for _ in range(12):
            at = at + 0.012 * side * np.array([np.cos(way), np.sin(way)])
            way += draw.normal(0, 0.2)
            path.append(at)
        cv2.polylines(big, [np.array(path).round().astype(np.int32)], False, 255, 5, cv2.LINE_AA)
    alpha = cv2.resize(big, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    colour = np.array([58, 42, 32]) * np.ones((side, side, 1)) + 10 * draw.standard_normal((side, side, 1))
    return np.clip(colour, 0, 255).astype(np.float32), cv2.GaussianBlur(alpha, (0, 0), 0.6)


def matted(photo: str, make: Callable[[int], tuple[np.ndarray, np.ndarray]]) -> tuple[float, float, float]:
    """Mean error of alpha near the edge, the halo, and how ragged the edge is (roughness of the found alpha over that of the true one)."""
    side = 1000
    behind = cv2.resize(read_picture(picture(photo)).rgb, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    colour, truth = make(side)
    image = (colour * truth[..., None] + behind * (1 - truth[..., None]) + 0.5).astype(np.uint8)
    # what a network of 320 pixels would say
    small = cv2.resize(truth, (320, 320), interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(np.clip(1.4 * cv2.GaussianBlur(small, (0, 0), 1.5) - 0.2, 0, 1), (side, side), interpolation=cv2.INTER_LINEAR)
    loose = np.full(truth.shape, 1.0 if make is head else 0.0, np.float32)
    alpha = edged(image, region_of(image, coarse), hair=loose)
    own = foreground(image, alpha).astype(np.float32)
    near = cv2.dilate(((truth > 0.02) & (truth < 0.98)).astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    green = np.array([30, 200, 60], np.float32)
    over = own * alpha[..., None] + green * (1 - alpha[..., None])
    true = colour * truth[..., None] + green * (1 - truth[..., None])
    old = behind - green
    share = ((over - true) * old).sum(2) / np.maximum((old * old).sum(2), 400)
    rough = [float(np.abs(cv2.Laplacian(a.astype(np.float32), cv2.CV_32F))[near].mean()) for a in (alpha, truth)]
    return float(np.abs(alpha - truth)[near].mean()), float(np.clip(share, 0, None)[near].mean()), rough[0] / rough[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="a folder for the pictures")
    parser.add_argument("--only", choices=("band", "hole", "matte"))
    given = parser.parse_args()
    for name, make in (("band", banded), ("hole", holed)):
        if given.only not in (None, name):
            continue
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
    for make in (product, head) if given.only in (None, "matte") else ():
        found = np.array([matted(photo, make) for photo in BEHIND])
        for photo, (error, halo, rough) in zip((*BEHIND, "mean"), (*found, found.mean(0)), strict=True):
            print(f"{make.__name__} over {photo:10} error {error:.3f} halo {halo:.3f} raggedness {rough:.2f}")


if __name__ == "__main__":
    main()
