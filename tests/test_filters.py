"""Filters by their response, held against SciPy's recursive ones."""

import numpy as np
import pytest
import scipy.signal as reference

from phonofilm.media.filters import band_pass, convolved, filtered, sections, smooth_size
from phonofilm.perceive.loudness import true_peaks

RATE = 48_000
NOISE = np.random.default_rng(1).standard_normal((9001, 2))


@pytest.mark.parametrize(("low", "high", "order"), [(0, 900, 2), (75, RATE / 2, 1), (22, RATE / 2, 2), (120, 900, 1), (900, 3500, 2), (430, 450, 1)])
def test_a_band_is_what_a_butterworth_filter_leaves(low: float, high: float, order: int) -> None:
    how, edges = ("low", high) if low <= 0 else ("high", low) if high >= RATE / 2 else ("band", (low, high))
    wanted = reference.sosfilt(reference.butter(order, edges, how, fs=RATE, output="sos"), NOISE, axis=0)
    assert np.abs(filtered(NOISE, *band_pass(low, high, order, RATE)) - wanted).max() < 1e-6


def test_sections_filter_as_they_do_one_sample_after_another() -> None:
    rows = reference.butter(3, (300, 4000), "band", fs=RATE, output="sos")
    assert np.abs(filtered(NOISE[:, 0], lambda n: sections(rows, n), 4000) - reference.sosfilt(rows, NOISE[:, 0])).max() < 1e-9


def test_a_room_answers_every_sample() -> None:
    assert np.allclose(convolved(NOISE[:, 0], NOISE[:700, 1]), np.convolve(NOISE[:, 0], NOISE[:700, 1]))


def test_peaks_are_those_at_four_times_the_rate() -> None:
    low_pass = reference.firwin(97, 0.25, window="blackman")
    fine = np.abs(reference.resample_poly(NOISE, 4, 1, axis=0, window=low_pass)).max(axis=1).reshape(-1, 4).max(axis=1)
    assert np.abs(true_peaks(NOISE) - fine).max() < 1e-5


@pytest.mark.parametrize("least", [1, 2, 97, 4097, 240_000, 720_001])
def test_sizes_are_even_products_of_two_three_and_five(least: int) -> None:
    n = rest = smooth_size(least)
    for prime in (2, 3, 5):
        while rest % prime == 0:
            rest //= prime
    assert rest == 1 and n % 2 == 0 and least <= n <= 1.3 * least + 2
