"""Train the networks that hear mouth shapes, into ``src/phonofilm/voice/shapes.npz``.

    python scripts/voice_shapes.py

The voices of ``VOICES`` say ``tests/sentences``; their phones are known exactly. Every line is heard as often as ``TIMES`` says, each time through
another band, with other noise, and as if a taller or a smaller person spoke it; for the network that is told the recogniser's names also in a room,
and half of them as by telephone. No recording is used. Some twenty-five minutes on two cores, most of them speaking and recognising. The speech
model must be in the cache (``phonofilm models pull``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfiltfilt

from phonofilm.phones import Phone
from phonofilm.voice import shapes, speak
from phonofilm.voice.recognise import recognise

F32 = NDArray[np.float32]
#: samples and phones
Line = tuple[F32, tuple[Phone, ...]]
#: features of the sound
SOUND = len(shapes.AROUND) * shapes.CEPSTRA
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
EPOCHS, BATCH, RATE, DECAY = 8, 256, 2e-3, 1e-5
#: units of the hidden layers, how much of the first is dropped in training, and how many examples lack the sound, and as many the names
ALONE, TOLD = ((96, 96), 0.2, 0.0), ((128, 64), 0.25, 0.1)
#: axes that the recogniser's rows are seen along
AXES = 24


def lines() -> Iterator[Line]:
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


def elsewhere(samples: F32, rng: np.random.Generator) -> tuple[F32, float]:
    """The line in a room, by telephone or through another microphone, as somebody else says it, and how many times longer it is."""
    longer = 1 + rng.uniform(-0.15, 0.15)
    x = np.interp(np.arange(int(len(samples) * longer)) / longer, np.arange(len(samples)), samples)
    if rng.random() < 0.5:
        num = int(48_000 * rng.uniform(0.05, 0.3))
        tail = rng.normal(size=num) * np.exp(-6.9 * np.arange(num) / num)
        tail *= 10 ** (-rng.uniform(3, 15) / 20) / np.sqrt((tail**2).sum())
        tail[0] = 1
        x = fftconvolve(x, tail)[: len(x)]
    highest = rng.uniform(3100, 3800) if rng.random() < 0.5 else rng.uniform(3800, 7500)
    x = sosfiltfilt(butter(2, (rng.uniform(80, 350), highest), "band", fs=48_000, output="sos"), x)
    x *= 10 ** rng.uniform(-0.3, 0.3)
    x += rng.normal(size=len(x)) * x.std() * 10 ** (-rng.uniform(18, 45) / 20)
    return (x / max(1.0, 1.02 * float(np.abs(x).max()))).astype(np.float32), longer


def kinds_of(phones: tuple[Phone, ...], num: int, longer: float) -> NDArray[np.int64]:
    """The number of the shape of each step."""
    kinds = np.zeros(num, np.int64)
    for phone in phones:
        kinds[round(phone.start * longer / shapes.STEP) : round(phone.end * longer / shapes.STEP)] = shapes.NAMES.index(phone.viseme)
    return kinds


def alone(said: Sequence[Line], rng: np.random.Generator) -> tuple[F32, NDArray[np.int64]]:
    """Features of all steps of the sound, and the number of the shape of each."""
    seen: list[F32] = []
    shown: list[NDArray[np.int64]] = []
    for samples, phones in said:
        for _ in range(TIMES):
            sound, longer = changed(samples, rng)
            seen.append(shapes.features(sound))
            shown.append(kinds_of(phones, len(seen[-1]), longer))
    return np.concatenate(seen), np.concatenate(shown)


def told(said: Sequence[Line]) -> tuple[list[F32], list[F32], list[NDArray[np.int64]]]:
    """Of every line: features of the sound, the recogniser's rows, the number of the shape of each step."""
    seen: list[F32] = []
    named: list[F32] = []
    shown: list[NDArray[np.int64]] = []
    for k, (samples, phones) in enumerate(said):
        for time in range(TIMES):
            sound, longer = elsewhere(samples, np.random.default_rng((k, time)))
            seen.append(shapes.features(sound))
            named.append(recognise(sound).log_probability)
            shown.append(kinds_of(phones, len(seen[-1]), longer))
    return seen, named, shown


def axes(named: Sequence[F32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middle of the recogniser's rows, and the axes along which they differ most, each by one standard deviation."""
    rows = np.concatenate([shapes.named_logs(one[::3]) for one in named])
    mean = rows.mean(axis=0)
    size, axis = np.linalg.eigh(np.cov((rows - mean).T))
    return mean, axis[:, ::-1][:, :AXES] / np.sqrt(size[::-1][:AXES])


def trained(x: F32, kinds: NDArray[np.int64], rng: np.random.Generator, hidden: tuple[int, int], dropped: float, lacking: float) -> list[F32]:
    """Weights and biases in turn, by Adam (Kingma and Ba 2015) on the cross entropy, with dropout of the first layer.

    A share ``lacking`` of the examples lacks the sound, and as many all but the sound.
    """
    sizes = (x.shape[1], *hidden, len(shapes.NAMES))
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
            rows = x[own]
            if lacking:
                draw = rng.random(len(own))
                rows[draw < lacking, SOUND:] = 0
                rows[draw > 1 - lacking, :SOUND] = 0
            kept = ((rng.random((len(own), hidden[0])) > dropped) / (1 - dropped)).astype(np.float32)
            h1 = np.maximum(rows @ w[0] + w[1], 0) * kept
            h2 = np.maximum(h1 @ w[2] + w[3], 0)
            z = h2 @ w[4] + w[5]
            p = np.exp(z - z.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            lost -= float(np.log(p[np.arange(len(own)), kinds[own]] + 1e-9).sum())
            p[np.arange(len(own)), kinds[own]] -= 1
            p /= len(own)
            back2 = (p @ w[4].T) * (h2 > 0)
            back1 = (back2 @ w[2].T) * (h1 > 0) * kept
            slopes = (rows.T @ back1, back1.sum(axis=0), h1.T @ back2, back2.sum(axis=0), h2.T @ p, p.sum(axis=0))
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
    said = list(lines())
    rng = np.random.default_rng(0)
    x, kinds = alone(said, rng)
    usual = np.bincount(kinds, minlength=len(shapes.NAMES)) / len(kinds) + 0.002
    first = trained(x, kinds, rng, *ALONE)
    seen, named, shown = told(said)
    mean, basis = axes(named)
    x = np.concatenate([np.concatenate([a, shapes.named_features(b, len(a), mean, basis)], axis=1) for a, b in zip(seen, named, strict=True)])
    second = trained(x, np.concatenate(shown), np.random.default_rng(0), *TOLD)
    parts = {"": first, "told_": second}
    table = {f"{kind}{('weight', 'bias')[k % 2]}{k // 2}": a.astype(np.float16) for kind, w in parts.items() for k, a in enumerate(w)}
    table |= {name: a.astype(np.float32) for name, a in (("usual", usual), ("mean", mean), ("basis", basis))}
    np.savez(ROOT / "src" / "phonofilm" / "voice" / shapes.TABLE, allow_pickle=False, **table)


if __name__ == "__main__":
    main()
