"""Train the network that hears mouth shapes, into ``src/phonofilm/voice/shapes.npz``.

    python scripts/voice_shapes.py

The voices of ``VOICES`` say ``tests/sentences``; their phones are known exactly. Every line is heard as often as ``TIMES`` says, each time through
another band, with other noise, and as if a taller or a smaller person spoke it. No recording is used. Some fifteen minutes on two cores, most of
them speaking. The speech model must be in the cache (``phonofilm models pull``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from phonofilm.phones import Phone
from phonofilm.voice import shapes, speak

F32 = NDArray[np.float32]
ROOT = Path(__file__).parents[1]
VOICES = {
    "en": ("af_heart", "am_michael", "bf_emma"),
    "es": ("ef_dora", "em_alex"),
    "fr": ("ff_siwis", "fm_alex"),
    "de": ("df_sara", "dm_alex"),
    "ja": ("jf_alpha", "jm_kumo"),
    "ko": ("jm_kumo",),
    "zh": ("zf_xiaoxiao", "zm_yunxi"),
}
TIMES, STRETCH = 2, 0.12
HIDDEN, EPOCHS, BATCH, RATE, DROPPED, DECAY = 96, 8, 256, 2e-3, 0.2, 1e-5


def lines() -> Iterator[tuple[F32, tuple[Phone, ...]]]:
    """Every line of every voice."""
    for language, names in VOICES.items():
        texts = json.loads((ROOT / "tests" / "sentences" / f"{language}.json").read_text("utf-8"))["sentences"]
        for name in names:
            for text in texts:
                line = speak(text, language, voice=name)
                yield line.samples, line.phones
            print(language, name, flush=True)


def changed(samples: F32, rng: np.random.Generator) -> tuple[F32, float]:
    """The line as somebody else says it through another microphone, and how many times longer it is."""
    longer = 1 + rng.uniform(-STRETCH, STRETCH)
    x = np.interp(np.arange(int(len(samples) * longer)) / longer, np.arange(len(samples)), samples)
    band = (rng.uniform(80, 350), rng.uniform(3300, 7500))
    y = sosfiltfilt(butter(2, band, "band", fs=48_000, output="sos"), x)
    noise = rng.normal(size=len(y)) * samples.std() * 10 ** (-rng.uniform(25, 45) / 20)
    return (y + noise).astype(np.float32), longer


def examples(rng: np.random.Generator) -> tuple[F32, NDArray[np.int64]]:
    """Features of all steps, and the number of the shape of each."""
    seen: list[F32] = []
    shown: list[NDArray[np.int64]] = []
    for samples, phones in lines():
        for _ in range(TIMES):
            sound, longer = changed(samples, rng)
            rows = shapes.features(sound)
            kinds = np.zeros(len(rows), np.int64)
            for phone in phones:
                kinds[round(phone.start * longer / shapes.STEP) : round(phone.end * longer / shapes.STEP)] = shapes.NAMES.index(phone.viseme)
            seen.append(rows)
            shown.append(kinds)
    return np.concatenate(seen), np.concatenate(shown)


def trained(x: F32, kinds: NDArray[np.int64], rng: np.random.Generator) -> list[F32]:
    """Weights and biases in turn, by Adam (Kingma and Ba 2015) on the cross entropy, with dropout of the first layer."""
    sizes = (x.shape[1], HIDDEN, HIDDEN, len(shapes.NAMES))
    w: list[F32] = []
    for one, two in pairwise(sizes):
        w += [(rng.normal(size=(one, two)) * np.sqrt(2 / one)).astype(np.float32), np.zeros(two, np.float32)]
    first, second = [np.zeros_like(a) for a in w], [np.zeros_like(a) for a in w]
    count = 0
    for epoch in range(EPOCHS):
        lost = 0.0
        order = rng.permutation(len(x))
        for at in range(0, len(order), BATCH):
            own = order[at : at + BATCH]
            kept = ((rng.random((len(own), HIDDEN)) > DROPPED) / (1 - DROPPED)).astype(np.float32)
            h1 = np.maximum(x[own] @ w[0] + w[1], 0) * kept
            h2 = np.maximum(h1 @ w[2] + w[3], 0)
            z = h2 @ w[4] + w[5]
            p = np.exp(z - z.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            lost -= float(np.log(p[np.arange(len(own)), kinds[own]] + 1e-9).sum())
            p[np.arange(len(own)), kinds[own]] -= 1
            p /= len(own)
            back2 = (p @ w[4].T) * (h2 > 0)
            back1 = (back2 @ w[2].T) * (h1 > 0) * kept
            slopes = (x[own].T @ back1, back1.sum(axis=0), h1.T @ back2, back2.sum(axis=0), h2.T @ p, p.sum(axis=0))
            count += 1
            rate = RATE * (1 - epoch / EPOCHS)
            for k, slope in enumerate(slopes):
                slope = slope + DECAY * w[k]
                first[k] = 0.9 * first[k] + 0.1 * slope
                second[k] = 0.999 * second[k] + 0.001 * slope**2
                w[k] = (w[k] - rate * (first[k] / (1 - 0.9**count)) / (np.sqrt(second[k] / (1 - 0.999**count)) + 1e-8)).astype(np.float32)
        print(epoch, round(lost / len(x), 3), flush=True)
    return w


def main() -> None:
    """Train and write."""
    rng = np.random.default_rng(0)
    x, kinds = examples(rng)
    w = trained(x, kinds, rng)
    usual = np.bincount(kinds, minlength=len(shapes.NAMES)) / len(kinds) + 0.002
    named = {f"{('weight', 'bias')[k % 2]}{k // 2}": a.astype(np.float16) for k, a in enumerate(w)}
    np.savez(ROOT / "src" / "phonofilm" / "voice" / shapes.TABLE, usual=usual.astype(np.float32), **named)


if __name__ == "__main__":
    main()
