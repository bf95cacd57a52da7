"""Sound at another rate, and peaks: SciPy's own are the reference."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import signal

from phonofilm.media.resample import peaks, resample


@pytest.mark.parametrize(("up", "down"), [(2, 1), (1, 2), (1, 3), (1, 4), (147, 160), (160, 147), (147, 320), (4, 6), (3, 3)])
def test_sound_is_resampled_as_scipy_does(up, down):
    random = np.random.default_rng(up * 1000 + down)
    for length in (1, 7, 100, 4801, 48_000):
        sound = random.standard_normal(length).astype(np.float32)
        asked = signal.resample_poly(sound, up, down)
        found = resample(sound, up, down)
        assert found.dtype == np.float32 and found.shape == asked.shape
        assert np.abs(found - asked).max() < 1e-5


def test_both_channels_are_resampled_alike():
    sound = np.random.default_rng(1).standard_normal((5000, 2)).astype(np.float32)
    assert np.array_equal(resample(sound, 1, 3)[:, 1], resample(np.ascontiguousarray(sound[:, 1]), 1, 3))
    assert np.abs(resample(sound, 147, 160) - signal.resample_poly(sound, 147, 160, axis=0)).max() < 1e-5


def test_peaks_are_those_that_scipy_finds():
    random = np.random.default_rng(2)
    for length in (1, 2, 3, 40, 1000):
        for _ in range(20):
            row = random.standard_normal(length)
            for distance in (1, 4, 9):
                assert list(peaks(row, distance=distance)) == list(signal.find_peaks(row, distance=distance)[0])
                assert list(peaks(row, distance=distance, height=0.5)) == list(signal.find_peaks(row, distance=distance, height=0.5)[0])
            level = np.round(row * 2)  # with level tops
            assert list(peaks(level)) == list(signal.find_peaks(level)[0])


def test_a_film_with_a_spoken_line_does_not_load_scipy_signal():
    code = "import sys; import phonofilm.generate, phonofilm.engines.stage.stage, phonofilm.voice.speech, phonofilm.perceive.sound\n"
    code += "from phonofilm.voice.g2p import letters_of\nassert letters_of('Hello there.', 'en')\nsys.exit('scipy.signal' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
