"""The air of a place, for as long as it lasts: stereo s 2, made from painted noise, small events and hums."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.sound.aired import bird, bubbles, crackles, hum, thunder
from phonofilm.engines.stage.sound.dsp import RATE, Random, add, band, band_level, damped, fall, glide, line, noise, painted, wander
from phonofilm.engines.stage.sound.space import panned
from phonofilm.engines.stage.sound.struck import BODIES, grains, pebbles, strike

Wave = NDArray[np.floating[Any]]


@dataclass(frozen=True, kw_only=True)
class Air:
    """How an ambience is made (``random``, seconds -> s 2) and how loud it is before the film is mastered, in LUFS. Speech is at -18."""

    make: Callable[[Random, float], Wave]
    level: float


def _slope(f: Wave, db_per_octave: float, corner: float) -> Wave:
    return ((np.maximum(f, corner) / corner) ** (db_per_octave / 6.02)).astype(np.float32)


def _hill(f: Wave, centre: float, octaves: float) -> Wave:
    return np.exp(-0.5 * np.square(np.log2(np.maximum(f, 20.0) / centre) / octaves)).astype(np.float32)


def _course(random: Random, seconds: float, hertz: float, depth: float) -> Callable[[Wave], Wave]:
    """Slow chance as a factor around 1, to be read at times of a spectrogram."""
    track = np.exp(depth * wander(random, seconds + 0.5, hertz))
    return lambda t: track[np.clip((t * RATE).astype(int), 0, len(track) - 1)]


def _count(seconds: float) -> int:
    return max(1, round(seconds * RATE))


def _unit(x: Wave) -> Wave:
    return x / np.float32(max(float(x.std()), 1e-9))


def _scatter(out: Wave, random: Random, seconds: float, per_second: float, make: Callable[[], Wave], level: tuple[float, float]) -> None:
    """Small sounds at chance times, places and distances."""
    at = random.exponential(0.6 / max(per_second, 1e-3))
    while at < seconds:
        add(out, panned(make(), float(np.clip(random.normal(0, 0.5), -1, 1))), round(at * RATE), float(random.uniform(*level)))
        at += 0.15 / per_second + random.exponential(0.85 / per_second)


def rain(random: Random, seconds: float) -> Wave:
    """A steady fall far off, and drops near by."""
    gust = _course(random, seconds, 0.5, 0.12)
    bed = painted(
        random, _count(seconds), lambda t, f: (_slope(f, -3.0, 900) * _hill(f, 2100, 1.8) + 0.35 * _slope(f, -4, 200)) * gust(t), width=0.85
    )
    out = _unit(bed)
    for side in range(2):
        near = grains(random, seconds, line(seconds, (0, 110), (seconds, 110)), pebbles(random, 1800, 7500, 0.005, 8), 0.9)[: len(out)]
        plops = bubbles(random, seconds, line(seconds, (0, 14), (seconds, 14)), (700, 2600))[: len(out)]
        add(out[:, side], near / max(float(near.std()), 1e-9), 0, 0.22)
        add(out[:, side], plops, 0, 0.9)
    return out


def wind(random: Random, seconds: float) -> Wave:
    """Gusts whose pitch rises with their force."""
    gust = wander(random, seconds + 0.5, 0.45)

    def paint(t: Wave, f: Wave) -> Wave:
        force = gust[np.clip((t * RATE).astype(int), 0, len(gust) - 1)]
        centre = 240 * 2 ** (0.8 * force)
        howl = np.exp(-0.5 * np.square(np.log2(np.maximum(f, 20) / centre) / 0.42))
        return np.exp(0.55 * force) * (0.75 * howl + 0.7 * _slope(f, -5.0, 110)) * (f > 35)

    return _unit(painted(random, _count(seconds), paint, width=0.6, size=2048))


def sea(random: Random, seconds: float) -> Wave:
    """Waves that gather, break and run out, one about every six seconds."""
    count = _count(seconds)
    starts = np.cumsum(random.uniform(4.2, 6.5, int(seconds / 4) + 3)) - random.uniform(3.0, 6.0)
    sizes = random.uniform(0.6, 1.0, len(starts))

    def paint(t: Wave, f: Wave) -> Wave:
        gain = 0.16 * _slope(f, -4.5, 120) + np.zeros_like(t)
        for at, size in zip(starts, sizes, strict=True):
            age = t - at
            swell = np.exp(-0.5 * np.square(age / 1.1))
            crash = np.where(age > -0.3, 1 / (1 + np.exp(-age * 9)) * np.exp(-np.maximum(age, 0) / 1.5), 0)
            hiss = np.where(age > 0, np.exp(-0.5 * np.square((age - 2.2) / 1.2)), 0)
            gain = gain + size * (0.7 * swell * _slope(f, -6, 110) + crash * _slope(f, -3.7, 260) + 0.08 * hiss * _hill(f, 3200, 1.1))
        return gain * (f > 30)

    return _unit(painted(random, count, paint, width=0.7))


def room(random: Random, seconds: float) -> Wave:
    """A quiet room: air, which falls some 5 dB an octave as the curves of quiet rooms do, and a trace of mains (Beranek, "Revised criteria for
    noise in buildings", 1957)."""
    air = painted(random, _count(seconds), lambda t, f: _slope(f, -3.2, 110) * _slope(f, -3.0, 900) * (f > 30), width=0.8, size=2048)
    return _unit(air) + 0.05 * hum(random, seconds, 50)[: len(air), None]


def forest(random: Random, seconds: float) -> Wave:
    """Leaves in a light wind, and birds near and far."""
    gust = _course(random, seconds, 0.4, 0.4)
    leaves = painted(random, _count(seconds), lambda t, f: (_hill(f, 3600, 1.2) + 0.9 * _slope(f, -5, 120)) * gust(t) ** 1.2, width=0.9)
    out = _unit(leaves) * 0.35
    _scatter(out, random, seconds, 0.8, lambda: bird(random), (0.15, 0.8))
    _scatter(out, random, seconds, 1.2, lambda: bird(random), (0.03, 0.12))
    return out


def murmur(random: Random, seconds: float, voices: int) -> Wave:
    """Many people who talk: each a buzz through two moving formants, in syllables and pauses. No word can be made out."""
    count = _count(seconds)
    bands = ((280.0, 480.0), (560.0, 880.0), (850.0, 1300.0), (1600.0, 2400.0))
    buses = np.zeros((len(bands), 2, count), np.float32)
    breath = np.zeros((2, count), np.float32)
    for _ in range(voices):
        pitch = float(random.choice([random.uniform(95, 140), random.uniform(170, 230)]))
        turn = np.cumsum(pitch * np.exp(np.float32(0.2) * wander(random, seconds, 3.2)), dtype=np.float64) / RATE
        turn -= np.floor(turn)
        talk = np.maximum(wander(random, seconds, 5.0) + np.float32(0.1), 0) * np.clip(2 * wander(random, seconds, 0.35) + np.float32(0.6), 0, 1)
        voiced = (2 * turn - 1).astype(np.float32) * talk
        first, second = (np.clip(0.5 + 0.35 * wander(random, seconds, 4.0), 0, 1) for _ in range(2))
        sides = panned(np.ones(1, np.float32), float(np.clip(random.normal(0, 0.6), -1, 1)))[0] * np.float32(random.uniform(0.35, 1.0))
        low, high = voiced * first, voiced * second * np.float32(0.35)
        for k, part in enumerate((voiced - low, low, np.float32(0.35) * voiced - high, high)):
            for side in range(2):
                buses[k, side] += part * sides[side]
        sigh = np.maximum(wander(random, seconds, 5) - np.float32(0.9), 0) * talk
        breath += sigh[None] * sides[:, None]
    out = np.zeros((count, 2), np.float32)
    for bus, (low, high) in zip(buses, bands, strict=True):
        out += band(bus.T, low, high) * np.float32((low / 600) ** 0.35)
    hiss = band_level(noise(random, seconds), 2500, 6500)[:count, None] * breath.T
    return _unit(out) + np.float32(0.15) * _unit(hiss)


def crowd(random: Random, seconds: float) -> Wave:
    """A crowd in the open."""
    base = painted(random, _count(seconds), lambda t, f: _hill(f, 1100, 0.8) + 0.25 * _hill(f, 2500, 0.8), width=0.8)
    return _unit(band(murmur(random, seconds, 20), low=620.0, order=1)) + 0.9 * _unit(base)


def cafe(random: Random, seconds: float) -> Wave:
    """Talk at the tables, cups and spoons."""
    base = painted(random, _count(seconds), lambda t, f: (_slope(f, -4, 200) + 0.7 * _hill(f, 1700, 0.9)) * (f > 40), width=0.8)
    out = murmur(random, seconds, 16) + 0.4 * _unit(base)
    _scatter(out, random, seconds, 0.8, lambda: strike(random, BODIES["ceramic"], 0.5, size=random.uniform(0.8, 1.3)), (0.5, 2.2))
    return out


def night_insects(random: Random, seconds: float) -> Wave:
    """Crickets and bush crickets near and far, over quiet air. Field crickets chirp at 4 to 5 kHz in groups of three to five pulses, tree
    crickets trill on at 2.5 to 3.5 kHz, bush crickets rattle in noise above 6 kHz (Gerhardt and Huber, "Acoustic Communication in Insects and
    Anurans", 2002)."""
    count = _count(seconds)
    out = _unit(painted(random, count, lambda t, f: _slope(f, -5, 120) * (f > 40), width=0.9)) * 0.12
    t = np.arange(count, dtype=np.float32) / RATE
    for low, high, rate, often, share, many in ((3900, 5200, 30, 1.6, 0.4, 5), (2450, 3500, 45, 0.0, 1.0, 4), (6200, 9800, 60, 0.8, 0.5, 3)):
        for _ in range(many):
            pulses = rate * random.uniform(0.85, 1.15)
            pulse = np.maximum(np.sin(2 * np.pi * (pulses * t + random.random())), 0).astype(np.float32) ** 1.5
            if often:
                phase = np.cumsum(often * random.uniform(0.8, 1.2) * np.exp(0.12 * wander(random, seconds, 0.8))[:count]) / RATE + random.random()
                gate = np.clip((0.5 * share - np.abs(phase % 1 - 0.5)) / 0.02, 0, 1).astype(np.float32)
            else:
                gate = np.clip(1 + 0.35 * wander(random, seconds, 0.7), 0, 2)[:count]
            hertz = random.uniform(low, high)
            if low > 6000:
                voice = band_level(noise(random, seconds), hertz * 0.8, hertz * 1.25)[:count]
            else:
                voice = glide(np.full(count, hertz) * (1 + 0.003 * wander(random, seconds, 4)[:count])) * np.float32(1.4)
            far = random.uniform(0.08, 0.8) * (0.35 if low > 6000 else 0.5 if not often else 1.0)
            out += panned(voice * pulse * gate, float(np.clip(random.normal(0, 0.7), -1, 1))) * np.float32(far)
    return out.astype(np.float32)


def stream(random: Random, seconds: float) -> Wave:
    """A brook: bubbles of all sizes, and the rush behind them."""
    rush = painted(random, _count(seconds), lambda t, f: (_hill(f, 2600, 1.2) + 0.15 * _slope(f, -3, 200)) * (f > 60), width=0.9)
    out = 0.8 * _unit(rush)
    for side in range(2):
        flow = 260 * np.exp(0.3 * wander(random, seconds, 2.0))
        add(out[:, side], _unit(bubbles(random, seconds, flow.astype(np.float32), (480, 5600))[: len(out)]), 0, 0.75)
    return out


def fire(random: Random, seconds: float) -> Wave:
    """A fire in the open."""
    left, right = crackles(random, seconds, 24.0, 0.05), crackles(random, seconds, 24.0, 0.05)
    return np.stack([left + 0.4 * right, right + 0.4 * left], axis=1)


def _passing(random: Random, seconds: float, per_second: float) -> Callable[[Wave, Wave], Wave]:
    """Cars far off: swells of tyre noise."""
    at = np.cumsum(random.exponential(1 / per_second, int(seconds * per_second) + 4)) - 1.5
    size, wide = random.uniform(0.4, 1.0, len(at)), random.uniform(0.7, 1.6, len(at))

    def paint(t: Wave, f: Wave) -> Wave:
        gain = 0.35 * _slope(f, -5.5, 75) * (f > 28) + np.zeros_like(t)
        for a, s, w in zip(at, size, wide, strict=True):
            near = 1 / (1 + np.square((t - a) / w * 1.6))
            gain = gain + s * near * (0.6 * _hill(f, 780, 1.1) + 0.8 * _slope(f, -7, 70)) * 0.6
        return gain

    return paint


def traffic(random: Random, seconds: float) -> Wave:
    """A busy road."""
    left = _unit(painted(random, _count(seconds), _passing(random, seconds, 0.8), width=0.5))
    right = _unit(painted(random, _count(seconds), _passing(random, seconds, 0.8), width=0.5))
    out = left * np.array([1.0, 0.45], np.float32) + right * np.array([0.45, 1.0], np.float32)
    engines = painted(random, _count(seconds), lambda t, f: _slope(f, -5, 110) * (f > 40), width=0.6)
    return out + 0.9 * _unit(engines) + 0.12 * hum(random, seconds, 41)[: len(out), None]


def street(random: Random, seconds: float) -> Wave:
    """A town street: traffic a block away, people, a step now and then."""
    from_road = _unit(painted(random, _count(seconds), _passing(random, seconds, 0.35), width=0.6))
    out = band(from_road, high=760.0, order=1) * 1.3 + 0.16 * murmur(random, seconds, 8)
    _scatter(out, random, seconds, 1.2, lambda: strike(random, BODIES["stone"], 0.4), (0.1, 0.4))
    return out


def office(random: Random, seconds: float) -> Wave:
    """Ventilation, far talk, a few keys."""
    vent = painted(random, _count(seconds), lambda t, f: _slope(f, -4.2, 140) * (f > 40) + 0.05 * _hill(f, 900, 0.8), width=0.7, size=2048)
    out = _unit(vent) + 0.1 * hum(random, seconds, 100)[: len(vent), None] + 0.14 * murmur(random, seconds, 3)
    _scatter(out, random, seconds, 3.0, lambda: strike(random, BODIES["table"], 0.4, size=0.8)[:2400] * fall(0.05, 0.05), (0.1, 0.4))
    return out


def train(random: Random, seconds: float) -> Wave:
    """Inside a train: the rush, and the wheels over the joints two by two."""
    sway = _course(random, seconds, 0.6, 0.15)
    out = _unit(painted(random, _count(seconds), lambda t, f: (_slope(f, -5.0, 80) * (f > 25) + 0.22 * _hill(f, 600, 0.9)) * sway(t), width=0.6))
    period = 1.15
    at = random.random() * 0.5
    while at < seconds:
        for offset, level in ((0.0, 1.0), (0.13, 0.8), (0.42, 0.75), (0.55, 0.6)):
            thud = damped([62, 110, 190, 410], [1, 0.8, 0.5, 0.18], [0.16, 0.13, 0.09, 0.05], 0.2)
            add(out, thud, round((at + offset) * RATE), 2.6 * level)
            add(out, strike(random, BODIES["stone"], 0.4, size=1.7), round((at + offset) * RATE), 0.6 * level)
        at += period
    return out


def storm(random: Random, seconds: float) -> Wave:
    """Rain, wind and thunder."""
    out = _unit(rain(random, seconds)) + 0.8 * wind(random, seconds)[: _count(seconds)]
    at = random.uniform(0.5, min(3.0, 0.4 * seconds))
    while at < seconds:
        clap = thunder(random)
        add(out, clap / np.float32(np.abs(clap).max()), round(at * RATE), random.uniform(3.0, 6.0))
        at += random.uniform(5.0, 9.0)
    return out


def city(random: Random, seconds: float) -> Wave:
    """A town from above: a broad hum with far traffic."""
    return _unit(painted(random, _count(seconds), _passing(random, seconds, 0.25), width=0.9))


AIRS: dict[str, Air] = {
    "rain": Air(make=rain, level=-31.0),
    "wind": Air(make=wind, level=-32.0),
    "sea": Air(make=sea, level=-30.0),
    "street": Air(make=street, level=-33.0),
    "city": Air(make=city, level=-35.0),
    "room": Air(make=room, level=-52.0),
    "forest": Air(make=forest, level=-33.0),
    "cafe": Air(make=cafe, level=-33.0),
    "crowd": Air(make=crowd, level=-32.0),
    "night_insects": Air(make=night_insects, level=-36.0),
    "stream": Air(make=stream, level=-32.0),
    "fire": Air(make=fire, level=-33.0),
    "office": Air(make=office, level=-42.0),
    "traffic": Air(make=traffic, level=-32.0),
    "train": Air(make=train, level=-32.0),
    "storm": Air(make=storm, level=-29.0),
}
