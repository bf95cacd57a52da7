"""Train the networks that hear mouth shapes, into ``src/phonofilm/voice/shapes.npz``.

    python scripts/voice_shapes.py

The lines of ``voice_lines.py`` are heard twice each, every time through another band, with other noise, and as if a taller or a smaller person
spoke them; by all networks but the first also in a room, and half of them as by telephone. The first two, for recordings whose words are known,
learn from the plain lines alone. The other two also learn from the mixed ones, and from every fourth line with rests around it, in which only the
noise is heard, and are told the language. No recording is used. Some fifty minutes on two cores, most of them speaking and recognising. The
speech model must be in the cache (``phonofilm models pull``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfiltfilt
from voice_lines import Line, mixed_lines, plain_lines

from phonofilm.phones import Phone
from phonofilm.voice import shapes
from phonofilm.voice.recognise import recognise

F32 = NDArray[np.float32]
Whole = NDArray[np.int64]
#: features of the sound, the recogniser's rows, and the number of the shape of each step
Heard = tuple[F32, F32, Whole]
#: features of the sound
SOUND = len(shapes.AROUND) * shapes.CEPSTRA
ROOT = Path(__file__).parents[1]
TIMES, STRETCH = 2, 0.12
#: every how many lines are heard with rests around them, and ticks of a rest
RESTED, REST = 4, 28_800
DECAY = 1e-5
#: axes that the recogniser's rows are seen along
AXES = 24
#: the regression that hears the language
ROUNDS, STEP, SHRUNK = 400, 0.5, 0.1


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Units of the hidden layers, how much of the first is ``dropped`` in training, the share of examples that lack the sound (as many lack the
    names), and that lack the language; the rate falls with every batch, or with every epoch."""

    hidden: tuple[int, int]
    dropped: float
    lacking: float = 0.0
    silent: float = 0.0
    epochs: int = 8
    batch: int = 256
    rate: float = 2e-3
    evenly: bool = False


ALONE, TOLD = Plan(hidden=(96, 96), dropped=0.2), Plan(hidden=(128, 64), dropped=0.25, lacking=0.1)
FREE_ALONE = Plan(hidden=(128, 96), dropped=0.2, silent=0.2, epochs=6, batch=512, rate=2.5e-3, evenly=True)
FREE_TOLD = replace(FREE_ALONE, hidden=(160, 64), dropped=0.25, lacking=0.1)


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


def kinds_of(phones: tuple[Phone, ...], num: int, longer: float) -> Whole:
    """The number of the shape of each step."""
    kinds = np.zeros(num, np.int64)
    for phone in phones:
        kinds[round(phone.start * longer / shapes.STEP) : round(phone.end * longer / shapes.STEP)] = shapes.NAMES.index(phone.viseme)
    return kinds


def alone(said: Sequence[Line], rng: np.random.Generator) -> tuple[F32, Whole]:
    """Features of all steps of the sound, and the number of the shape of each."""
    seen: list[F32] = []
    shown: list[Whole] = []
    for line in said:
        for _ in range(TIMES):
            sound, longer = changed(line.samples, rng)
            seen.append(shapes.features(sound))
            shown.append(kinds_of(line.phones, len(seen[-1]), longer))
    return np.concatenate(seen), np.concatenate(shown)


def heard(line: Line, time: int, rest: int = 0) -> Heard:
    """A line as it is heard that time, with so long a rest before and after."""
    phones = tuple(replace(phone, start=phone.start + rest, end=phone.end + rest) for phone in line.phones)
    sound, longer = elsewhere(np.pad(line.samples, rest), np.random.default_rng((line.seed, time)))
    rows = shapes.features(sound)
    return rows, recognise(sound).log_probability, kinds_of(phones, len(rows), longer)


def axes(named: Sequence[F32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middle of the recogniser's rows, and the axes along which they differ most, each by one standard deviation."""
    rows = np.concatenate([shapes.named_logs(one[::3]) for one in named])
    mean = rows.mean(axis=0)
    size, axis = np.linalg.eigh(np.cov((rows - mean).T))
    return mean, axis[:, ::-1][:, :AXES] / np.sqrt(size[::-1][:AXES])


def tongues(named: Sequence[F32], spoken: Whole) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights and biases that tell the language, all languages counted alike."""
    rows = np.array([shapes.named_shares(one) for one in named])
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-2
    rows = (rows - mean) / spread
    num = len(shapes.TONGUES)
    weight, bias, true = np.zeros((rows.shape[1], num)), np.zeros(num), np.eye(num)[spoken]
    share = 1 / np.bincount(spoken, minlength=num)[spoken]
    share /= share.sum()
    for _ in range(ROUNDS):
        p = np.exp((z := rows @ weight + bias) - z.max(axis=1, keepdims=True))
        slope = (p / p.sum(axis=1, keepdims=True) - true) * share[:, None]
        weight -= STEP * (rows.T @ slope + SHRUNK * weight)
        bias -= STEP * slope.sum(axis=0)
    weight /= spread[:, None]
    return weight, bias - mean @ weight


def trained(x: NDArray[np.float16] | F32, kinds: Whole, spoken: Whole | None, rng: np.random.Generator, plan: Plan) -> list[F32]:
    """Weights and biases in turn, by Adam (Kingma and Ba 2015) on the cross entropy, with dropout of the first layer; ``spoken`` are languages."""
    num = 0 if spoken is None else len(shapes.TONGUES)
    hidden, dropped, lacking = plan.hidden, plan.dropped, plan.lacking
    sizes = (x.shape[1] + num, *hidden, len(shapes.NAMES))
    w: list[F32] = []
    for one, two in pairwise(sizes):
        w += [(rng.normal(size=(one, two)) * np.sqrt(2 / one)).astype(np.float32), np.zeros(two, np.float32)]
    first, second = [np.zeros_like(a) for a in w], [np.zeros_like(a) for a in w]
    count, total = 0, plan.epochs * -(-len(x) // plan.batch)
    for epoch in range(plan.epochs):
        lost = 0.0
        order = rng.permutation(len(x))
        for at in range(0, len(order), plan.batch):
            own = order[at : at + plan.batch]
            each = np.arange(len(own))
            rows = x[own].astype(np.float32)
            if lacking:
                draw = rng.random(len(own))
                rows[draw < lacking, SOUND:] = 0
                rows[draw > 1 - lacking, :SOUND] = 0
            if spoken is not None:
                tongue = np.zeros((len(own), num), np.float32)
                tongue[each, spoken[own]] = rng.random(len(own)) >= plan.silent
                rows = np.concatenate([rows, tongue], axis=1)
            kept = ((rng.random((len(own), hidden[0])) > dropped) / (1 - dropped)).astype(np.float32)
            h1 = np.maximum(rows @ w[0] + w[1], 0) * kept
            h2 = np.maximum(h1 @ w[2] + w[3], 0)
            z = h2 @ w[4] + w[5]
            p = np.exp(z - z.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            lost -= float(np.log(p[each, kinds[own]] + 1e-9).sum())
            p[each, kinds[own]] -= 1
            p /= len(own)
            back2 = (p @ w[4].T) * (h2 > 0)
            back1 = (back2 @ w[2].T) * (h1 > 0) * kept
            slopes = (rows.T @ back1, back1.sum(axis=0), h1.T @ back2, back2.sum(axis=0), h2.T @ p, p.sum(axis=0))
            rate = plan.rate * (1 - (count / total if plan.evenly else epoch / plan.epochs))
            count += 1
            for k, slope in enumerate(slopes):
                slope = slope + DECAY * w[k]
                first[k] = 0.9 * first[k] + 0.1 * slope
                second[k] = 0.999 * second[k] + 0.001 * slope**2
                w[k] = (w[k] - rate * (first[k] / (1 - 0.9**count)) / (np.sqrt(second[k] / (1 - 0.999**count)) + 1e-8)).astype(np.float32)
        print(epoch, round(lost / len(x), 3), flush=True)
    return w


def common(kinds: Whole) -> NDArray[np.float64]:
    """How common every shape is."""
    return np.bincount(kinds, minlength=len(shapes.NAMES)) / len(kinds) + 0.002


def seen(said: Sequence[Heard], mean: NDArray[np.float64], basis: NDArray[np.float64], kind: type[np.float16] | type[np.float32]) -> F32:
    """What the network sees that is told the names."""
    return np.concatenate([np.concatenate([a, shapes.named_features(b, len(a), mean, basis)], axis=1).astype(kind) for a, b, _ in said])


def main() -> None:
    """Train and write."""
    plain = list(plain_lines())
    rng = np.random.default_rng(0)
    x, kinds = alone(plain, rng)
    usual = common(kinds)
    parts = {"": trained(x, kinds, None, rng, ALONE)}
    said = [heard(line, time) for line in plain for time in range(TIMES)]
    mean, basis = axes([one for _, one, _ in said])
    rest = np.concatenate([one for *_, one in said])
    parts["told_"] = trained(seen(said, mean, basis, np.float32), rest, None, np.random.default_rng(0), TOLD)
    further = {"usual": usual, "mean": mean, "basis": basis}
    every = [*plain, *mixed_lines()]
    again = [heard(line, time, 0 if time or line.seed % RESTED else REST) for line in every for time in range(TIMES)]
    tongue = np.repeat([shapes.TONGUES.index(line.language) for line in every], TIMES)
    kinds, spoken = np.concatenate([one for *_, one in again]), np.repeat(tongue, [len(one) for *_, one in again])
    mean, basis = axes([one for _, one, _ in again])
    x = seen(again, mean, basis, np.float16)
    parts["free_"] = trained(x[:, :SOUND], kinds, spoken, np.random.default_rng(0), FREE_ALONE)
    parts["free_told_"] = trained(x, kinds, spoken, np.random.default_rng(0), FREE_TOLD)
    weight, bias = tongues([one for _, one, _ in again], tongue)
    usual = np.array([common(kinds[spoken == k]) for k in range(len(shapes.TONGUES))])
    further |= {"free_usual": usual, "free_mean": mean, "free_basis": basis, "tongue_weight": weight, "tongue_bias": bias}
    table = {f"{kind}{('weight', 'bias')[k % 2]}{k // 2}": a.astype(np.float16) for kind, w in parts.items() for k, a in enumerate(w)}
    table |= {name: a.astype(np.float32) for name, a in further.items()}
    np.savez(ROOT / "src" / "phonofilm" / "voice" / shapes.TABLE, allow_pickle=False, **table)


if __name__ == "__main__":
    main()
