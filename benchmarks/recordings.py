"""Phones of human recordings, without their words: ``python benchmarks/recordings.py LANGUAGE=FOLDER ... [--clips 10]``.

No one wrote down when the phones of these recordings are spoken. What can be checked without that: the mouth that the phones ask for
opens when the voice is loud in the band of open vowels (400 to 1400 Hz). Printed per language: the share of clips whose best offset
between the two is within 40 ms of that of made speech, whose phones are exact; the median offset from it; the median correlation, beside
that of made speech, which is the most that this reference can give, and against another clip's sound as the control.
Folders: for example of Debian's asterisk-core-sounds-en-wav, -es-wav, -fr-wav.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import numpy as np
from scipy.signal import butter, sosfiltfilt

from phonofilm.media.read import read_sound
from phonofilm.phones import VISEMES
from phonofilm.voice import align, speak

STEP = 480
"""Ticks between two readings: 10 ms."""
REACH = 20


def opening(samples: np.ndarray) -> np.ndarray:
    """Jaw opening that the recognised phones ask for, every 10 ms."""
    out = np.zeros(len(samples) // STEP, np.float64)
    for phone in align(samples):
        out[phone.start // STEP : max(phone.end // STEP, phone.start // STEP + 1)] = VISEMES[phone.viseme].jaw
    return _smooth(out)


def loudness(samples: np.ndarray) -> np.ndarray:
    """Level of the band of open vowels, every 10 ms, as an amplitude to the power 0.6."""
    band = sosfiltfilt(butter(3, (400, 1400), "band", fs=48_000, output="sos"), samples.mean(axis=1))
    frames = band[: len(band) // STEP * STEP].reshape(-1, STEP)
    return _smooth(np.sqrt((frames**2).mean(axis=1)) ** 0.6)


def _smooth(row: np.ndarray) -> np.ndarray:
    kernel = np.hanning(9)
    return np.convolve(row, kernel / kernel.sum(), "same")


def best(mouth: np.ndarray, voice: np.ndarray) -> tuple[int, float]:
    """Offset in ms (positive: the mouth is late) and correlation there."""
    n = min(len(mouth), len(voice))
    a, b = mouth[REACH : n - REACH], voice[:n]
    found = [float(np.corrcoef(a, b[REACH + k : n - REACH + k])[0, 1]) for k in range(-REACH, REACH + 1)]
    at = int(np.argmax(found))
    return (REACH - at) * 10, found[at]


def made(language: str) -> tuple[float, float]:
    """The same for speech that is made, with its exact phones: median offset in ms and correlation."""
    sentences = json.loads((Path(__file__).parent.parent / "tests" / "sentences" / f"{language}.json").read_text())
    found: list[tuple[int, float]] = []
    for text in (sentences if isinstance(sentences, list) else sentences["sentences"])[:8]:
        spoken = speak(text, language)
        row = np.zeros(len(spoken.samples) // STEP, np.float64)
        for phone in spoken.phones:
            row[phone.start // STEP : max(phone.end // STEP, phone.start // STEP + 1)] = VISEMES[phone.viseme].jaw
        found.append(best(_smooth(row), loudness(np.stack([spoken.samples, spoken.samples], axis=1))))
    return float(np.median([o for o, _ in found])), float(np.median([c for _, c in found]))


def main() -> None:
    given = [a for a in sys.argv[1:] if "=" in a]
    num = int(sys.argv[sys.argv.index("--clips") + 1]) if "--clips" in sys.argv else 10
    results: dict[str, object] = {"date": str(date.today()), "what": "offset and correlation of recognised opening against vowel-band level"}
    for item in given:
        name, _, folder = item.partition("=")
        files = sorted(p for p in Path(folder).glob("*.wav") if 60_000 < p.stat().st_size < 160_000)
        chosen = [files[k] for k in np.linspace(0, len(files) - 1, num).astype(int)]
        sounds = [read_sound(p)[0] for p in chosen]
        mouths = [opening(s) for s in sounds]
        own = [best(m, loudness(s)) for m, s in zip(mouths, sounds, strict=True)]
        other = [best(m, loudness(s)) for m, s in zip(mouths, sounds[1:] + sounds[:1], strict=True)]
        zero, most = made(name)
        results[name] = {
            "clips": len(own),
            "within_40_ms": sum(abs(o - zero) <= 40 for o, _ in own) / len(own),
            "median_offset_ms": float(np.median([o for o, _ in own])) - zero,
            "median_correlation": round(float(np.median([c for _, c in own])), 3),
            "made_speech_median_correlation": round(most, 3),
            "control_median_correlation": round(float(np.median([c for _, c in other])), 3),
        }
        print(name, json.dumps(results[name]))
    (Path(__file__).parent / "results" / "recordings.json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
