"""Phones against the sound that they name: ``python benchmarks/phones.py [LANGUAGE ...]``.

Made speech is compared with itself: sibilants with the level of 4 to 8 kHz, vowels with that of 200 Hz to 3 kHz, every 10 ms. Printed per
language: by how many ms the phones are late where both agree best, and the correlation there; first for the phones of the voice, then for those
that the aligner finds in the same sound. Results: benchmarks/results/phones.json.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np
from scipy.signal import butter, sosfiltfilt

from phonofilm.phones import Phone
from phonofilm.voice import align, speak

ROOT = Path(__file__).parent.parent
STEP = 480
REACH = 12
KINDS = {"sibilants": (("SS", "CH"), (4000, 8000)), "vowels": (("aa", "E", "I", "O", "U"), (200, 3000))}
LANGUAGES = ("en", "zh", "ja", "ko", "es", "fr", "de")


def level(samples: np.ndarray, band: tuple[int, int]) -> np.ndarray:
    """RMS of a band every 10 ms."""
    part = sosfiltfilt(butter(4, band, "band", fs=48_000, output="sos"), samples)
    return np.sqrt(np.square(part[: len(part) // STEP * STEP].reshape(-1, STEP)).mean(axis=1))


def late(lines: Iterable[tuple[np.ndarray, Iterable[Phone]]], kind: str) -> tuple[int, float]:
    """By how many ms the phones of a kind come after their sound, and the mean correlation there."""
    visemes, band = KINDS[kind]
    rows = []
    for samples, phones in lines:
        heard = level(samples, band)
        heard = heard / heard.max() if kind == "sibilants" else np.log(heard + 1e-3 * heard.max())
        named = np.zeros(len(heard))
        for phone in phones:
            if phone.viseme in visemes:
                named[phone.start // STEP : phone.end // STEP] = 1
        inner = slice(REACH, -REACH)
        if named[inner].any():
            rows.append([np.corrcoef(named[inner], np.roll(heard, by)[inner])[0, 1] for by in range(-REACH, REACH + 1)])
    mean = np.mean(rows, axis=0)
    return (int(mean.argmax()) - REACH) * 10, float(mean.max())


def figures(language: str, num_lines: int = 6) -> dict[str, dict[str, float]]:
    """Lateness and correlation by kind, of made phones and of found ones."""
    texts = json.loads((ROOT / "tests" / "sentences" / f"{language}.json").read_text("utf-8"))["sentences"][:num_lines]
    spoken = [speak(text, language) for text in texts]
    made = [(s.samples, s.phones) for s in spoken]
    found = [(s.samples, align(np.stack([s.samples, s.samples], axis=1))) for s in spoken]
    out: dict[str, dict[str, float]] = {}
    for name, lines in (("made", made), ("found", found)):
        for kind in KINDS:
            ms, r = late(lines, kind)
            out[f"{name} {kind}"] = {"late_ms": ms, "correlation": round(r, 2)}
    return out


def main() -> None:
    results: dict[str, object] = {"date": str(date.today())}
    for language in sys.argv[1:] or LANGUAGES:
        results[language] = figures(language)
        print(language, json.dumps(results[language]), flush=True)
    if not sys.argv[1:]:
        (ROOT / "benchmarks" / "results" / "phones.json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
