"""The jaw's way through a line: the one that bends least among what the phones ask for, and hardly faster than people move.

Every sound asks for an opening with a weight of its own. Between these demands the jaw goes where its speed changes least (a smoothing spline
through via-points, as in the models of least effort of Flash & Hogan 1985 and Kawato et al. 1990). So it sets out for an open vowel before the
vowel is heard, stays open over neighbours that do not mind (/k/, /r/), and opens less far in a vowel that is too short to get there (undershoot;
Lindblom 1963). Weights, stiffness and speed were sought on 24 lines in eight languages for lips as fast as filmed people's that still follow.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.engines.stage.face.lips import opened
from phonofilm.phones import VISEMES

Floats = NDArray[np.floating]

#: curves are kept at this many ticks a sample (100 a second)
HOP = 480
#: the widest jaw
WIDEST = 1.05
#: how strongly a viseme asks, in the middle of its sound
WEIGHT = {
    "sil": 0.26, "PP": 1.05, "FF": 0.66, "TH": 0.27, "DD": 0.27, "kk": 0.22, "CH": 0.66, "SS": 0.66, "nn": 0.69, "RR": 0.5,
    "aa": 1.9, "E": 1.0, "I": 0.165, "U": 0.43, "O": 0.74,
}  # fmt: skip
#: a sound's weight comes and goes over this share of half its length
EDGE = 0.17
#: what an /i/ asks for, less than its opening as its neighbours draw it open, and how much before and after itself it asks, seconds
CLOSE, WIDER = 0.115, 0.02
#: and what is left of it at least
LEAST = 0.08
#: weight of a bend of the way, and of the way itself
BEND, WAY = 4.5, 0.02
#: where the jaw would go by more than this a second the way is made stiffer, up to so many times a round, in so many rounds
FASTEST, ROUNDS, STIFFER = 10.5, 8, 5.2
#: a line opens beyond ``REACH`` (of a wide /a/) for the rest of ``SHARE`` percent of its time and of ``BESIDE`` seconds of silence around it, if its
#: half-open vowels, opened up to ``MOST`` times as wide, can; of sounds shorter than ``HELD`` seconds none or a part is opened wider
REACH, SHARE, BESIDE, MOST = 0.85, 94.0, 0.3, 2.1
HELD = (0.03, 0.07)
HALF_OPEN = ("E", "O")
#: how much earlier the jaw starts than the sound, seconds
LEAD = 0.003


def jaw_of(spans: Sequence[tuple[int, int, str]], scale: Floats, rounding: Floats) -> Floats:
    """The jaw f64[n], ``HOP`` ticks a sample, for spans (start, end, viseme) in ticks, silences among them.

    ``scale`` f[n] makes it wider for a loud voice; ``rounding`` f[n] is that of the lips, which leaves less of the opening.
    """
    n = len(scale)
    at = np.arange(n) * (HOP / TICKS_PER_SECOND)
    weight, asked, wider, least = np.full(n, 1e-3), np.zeros(n), np.zeros(n), np.zeros(n)
    counted = np.zeros(n, bool)
    for start, end, viseme in spans:
        more = WIDER if viseme == "I" else 0.0
        a, b = start / TICKS_PER_SECOND - LEAD - more, end / TICKS_PER_SECOND - LEAD + more
        low, high = (int(k) for k in np.searchsorted(at, (a, b)))
        if low >= n or high <= low:
            continue
        part = slice(low, high)
        inside = np.clip(1 - np.abs(2 * at[part] - a - b) / (b - a), 0, 1)
        if viseme == "sil":
            pull, value = np.full(high - low, WEIGHT["sil"]), _at_rest(b - a)
        else:
            pull, value = WEIGHT[viseme] * np.minimum(1, inside / EDGE), CLOSE if viseme == "I" else VISEMES[viseme].jaw
            counted[max(0, int((a - BESIDE) * TICKS_PER_SECOND) // HOP) : int((b + BESIDE) * TICKS_PER_SECOND) // HOP + 1] = True
        if viseme == "I":
            # what swings through an /i/ does not shut it
            least[part] = LEAST * np.minimum(1, inside / 0.5)
        weight[part] += pull
        asked[part] += pull * value
        if viseme in HALF_OPEN:
            wider[part] = np.clip((b - a - HELD[0]) / (HELD[1] - HELD[0]), 0, 1)
    asked *= scale
    best = _moved(weight, asked)
    if not counted.any() or _opens(best, rounding, counted):
        return np.maximum(best, least)
    low, high, best = 1.0, MOST, _moved(weight, asked * (1 + (MOST - 1) * wider))
    if _opens(best, rounding, counted):
        for _ in range(3):
            gain = (low + high) / 2
            tried = _moved(weight, asked * (1 + (gain - 1) * wider))
            if _opens(tried, rounding, counted):
                high, best = gain, tried
            else:
                low = gain
    return np.maximum(best, least)


def _at_rest(seconds: float) -> float:
    """The jaw in a silence: in a short pause the mouth does not go home; in a long one it closes."""
    return 0.10 * float(np.exp(-max(0.0, seconds - 0.08) / 0.10))


def _opens(jaw: Floats, rounding: Floats, counted: NDArray[np.bool_]) -> bool:
    return bool(np.percentile(opened(jaw, rounding)[counted], SHARE) >= REACH)


def _moved(weight: Floats, asked: Floats) -> Floats:
    """The way that bends least for demands ``asked / weight``, slowed where it would be faster than ``FASTEST``."""
    n = len(weight)
    stiff = np.full(n - 1, WAY)
    step = FASTEST * HOP / TICKS_PER_SECOND
    way = np.zeros(n)
    for _ in range(ROUNDS):
        way = scipy.linalg.solveh_banded(_banded(weight, stiff), asked)
        over = np.abs(np.diff(way)) / step
        if over.max() < 1.02:
            break
        stiff *= np.clip(over**1.5, 1, STIFFER)
    return np.clip(way, 0, WIDEST)


def _banded(weight: Floats, stiff: Floats) -> Floats:
    """The equations of the way of least effort, f64[3 n], upper bands of a symmetric matrix."""
    bands = np.zeros((3, len(weight)))
    middle = bands[2]
    middle += weight
    middle[:-1] += stiff
    middle[1:] += stiff
    bands[1, 1:] -= stiff
    middle[:-2] += BEND
    middle[1:-1] += 4 * BEND
    middle[2:] += BEND
    bands[1, 1:-1] -= 2 * BEND
    bands[1, 2:] -= 2 * BEND
    bands[0, 2:] += BEND
    return bands
