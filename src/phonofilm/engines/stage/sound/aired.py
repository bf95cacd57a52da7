"""Sounds of air, water, fire and beasts that last a moment. Makers give mono s or stereo s 2."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.sound.dsp import (
    RATE,
    Random,
    add,
    band,
    band_level,
    damped,
    edges,
    fall,
    glide,
    line,
    noise,
    painted,
    silence,
    steady,
    wander,
)  # fmt: skip
from phonofilm.engines.stage.sound.space import panned, spread
from phonofilm.engines.stage.sound.struck import BODIES, clap, grains, pebbles, strike

Wave = NDArray[np.floating[Any]]


def _hill(f: Wave, centre: Wave | float, octaves: Wave | float) -> Wave:
    """A bell over log frequency."""
    return np.exp(-0.5 * np.square(np.log2(np.maximum(f, 20.0) / centre) / octaves)).astype(np.float32)


def _tilt(f: Wave, db_per_octave: float, low: float = 20.0) -> Wave:
    """A straight line over log frequency, flat below ``low``."""
    return ((np.maximum(f, low) / low) ** (db_per_octave / 6.02)).astype(np.float32)


def whoosh(random: Random, force: float = 0.7) -> Wave:
    """Something passes: noise whose band rises and falls, loudest at its middle (0.45 s)."""
    peak, length = 0.45, 1.0

    def paint(t: Wave, f: Wave) -> Wave:
        near = np.exp(-np.abs(t - peak) / np.where(t < peak, 0.06, 0.08))
        centre = 110 + (230 + 280 * force) * near
        return (_hill(f, centre, 0.8) + 0.18 * _hill(f, centre * 2.6, 0.6)) * near**1.6

    y = painted(random, round(length * RATE), paint, width=0.25)
    sweep = line(length, (0, -0.5), (length, 0.5))
    return np.stack([y[:, 0] * np.sqrt(0.5 - 0.6 * sweep), y[:, 1] * np.sqrt(0.5 + 0.6 * sweep)], axis=1).astype(np.float32)


def thunder(random: Random, force: float = 0.7) -> Wave:
    """A crack, then rolls from farther parts of the lightning."""
    length = 5.5
    hits = np.sort(np.concatenate([[0.0, 0.05, 0.11], random.uniform(0.15, 2.8, 7)]))
    sizes = np.concatenate([[1.0, 0.7, 0.8], random.uniform(0.25, 0.8, 7) * np.exp(-np.linspace(0, 1.2, 7))])

    def paint(t: Wave, f: Wave) -> Wave:
        gain = np.zeros((len(t), f.shape[1]), np.float32)
        for at, size in zip(hits, sizes, strict=True):
            age = np.maximum(t - at, 0)
            on = (t >= at) * size
            gain += on * (np.exp(-age / 0.9) * _tilt(f, -7, 260) + 0.35 * np.exp(-age / 0.12) * _tilt(f, -5, 300) * (at < 0.3))
        return (gain + 0.25 * np.exp(-t / 1.9) * (t >= 0) * _tilt(f, -9, 170)) * np.minimum(f / 120, 1)

    y = painted(random, round(length * RATE), paint, width=0.5)
    rise = round(0.004 * RATE)
    y[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)[:, None]
    crack = band_level(noise(random, 0.25), 300, 6000) * fall(0.25, 0.2)
    add(y, crack, 0, 0.5 * float(np.abs(y).max()) / 3.5)
    return edges(band(y, low=22.0), 0, RATE // 2)  # its lowest rolls would shift the whole film's mean


def explosion(random: Random, force: float = 0.7) -> Wave:
    """A blast: a pressure thump, a burst, a dark cloud that rolls away."""
    length = 3.2

    def paint(t: Wave, f: Wave) -> Wave:
        body = np.exp(-t / 0.9) * _tilt(f, -5.8, 60)
        top = 0.6 * np.exp(-t / 0.10) * _tilt(f, -2.5, 90)
        return (body + top) * (t > -0.01)

    y = painted(random, round(length * RATE), paint, width=0.35)
    y /= max(float(np.abs(y).max()), 1e-9)
    thump = glide(line(0.7, (0, 110), (0.08, 52), (0.7, 30)), fall(0.7, 0.7))
    add(y, np.tanh(2.2 * thump), 0, 0.4)
    debris = grains(random, 1.6, line(1.6, (0, 0), (0.15, 60), (1.6, 5)), pebbles(random, 500, 4200, 0.02), 1.0)
    add(y, debris / max(float(np.abs(debris).max()), 1e-9), round(0.12 * RATE), 0.1)
    return edges(np.tanh(1.6 * y).astype(np.float32), 0, RATE // 2)


def splash(random: Random, force: float = 0.7) -> Wave:
    """Something falls into water: the slap, the sheet of water that rises and falls back, the bubbles and drops that follow."""
    length = 1.9
    slap = band_level(noise(random, 0.5), 160, 1700) * fall(0.5, 0.3, attack=0.008)

    def sheet(t: Wave, f: Wave) -> Wave:
        up, back = np.exp(-np.maximum(t, 0) / 0.13) * (t >= 0), np.exp(-0.5 * np.square((t - 0.5) / 0.22))
        return up * _hill(f, 560, 1.2) + (0.3 * back + 0.12 * np.exp(-np.maximum(t, 0) / 0.5)) * _hill(f, 900, 1.2)

    out = painted(random, round(length * RATE), sheet, width=0.4)
    out /= max(float(np.abs(out).max()), 1e-9)
    add(out, slap / 4, 0, 0.8)
    add(out, damped([85, 140, 210], [1, 0.6, 0.4], [0.14, 0.1, 0.08], 0.2), 0, 0.35)
    add(out, bubbles(random, 1.4, line(1.4, (0, 60), (0.2, 260), (0.7, 120), (1.4, 8)), (300, 2200)), round(0.08 * RATE), 0.16)
    drops = grains(random, 1.2, line(1.2, (0, 300), (0.5, 350), (1.2, 10)), pebbles(random, 2000, 7000, 0.003), 0.7)
    add(out, drops / max(float(np.abs(drops).max()), 1e-9), round(0.1 * RATE), 0.06)
    return out


def bubbles(random: Random, seconds: float, density: Wave, span: tuple[float, float]) -> Wave:
    """Air in water: each bubble is a short sine that rises as it nears the surface (van den Doel 2005), peak about 1."""
    kernels: list[Wave] = []
    for _ in range(28):
        hertz = span[0] * (span[1] / span[0]) ** random.random()
        length = float(np.clip(28.0 / hertz, 0.012, 0.12))
        rise = random.uniform(0.0, 0.35)
        kernels.append(
            glide(hertz * (1 + rise * line(length, (0, 0), (length, 1))), fall(length, length * 1.1, attack=0.15 * length)) * (400 / hertz) ** 0.35
        )
    out = grains(random, seconds, density, kernels, 0.6)
    return out / max(float(np.abs(out).max()), 1e-9)


def pour(random: Random, force: float = 0.7) -> Wave:
    """Water poured into a glass. What is left of its air, a column closed below, rings a quarter wave long, so the splashing is coloured higher as it
    fills (Cabe and Pittenger, "Human sensitivity to acoustic information from vessel filling", 2000)."""
    length, tall = 3.0, 0.16
    flow = line(length, (0, 0), (0.06, 1), (2.6, 1), (2.9, 0), (length, 0))
    gush = flow * np.exp(0.25 * wander(random, length, 9)).astype(np.float32)

    def glass(t: Wave, f: Wave) -> Wave:
        air = 343.0 / (4 * (tall * (1 - 0.78 * np.clip(t / 2.7, 0, 1)) + 0.012))
        return _hill(f, air, 0.10) + 0.5 * _hill(f, 3 * air, 0.10) + 0.05 * _hill(f, 3000, 1.1)

    rung = painted(random, len(flow), glass, channels=1, size=2048)[:, 0]
    out = silence(length)
    add(out, bubbles(random, length - 0.2, gush * 420, (600, 3800)), 0, 0.5)
    add(out, bubbles(random, length - 0.2, gush * 1800, (2400, 9000)), 0, 0.8)
    add(out, rung / max(float(rung.std()), 1e-9) * gush, 0, 0.045)
    add(out, band_level(noise(random, length), 2000, 9000) * gush, 0, 0.04)
    return out


def fire_crackle(random: Random, force: float = 0.7) -> Wave:
    """Three seconds of wood that burns."""
    return edges(crackles(random, 3.0, 22.0, 0.006), 0, RATE // 2)


def crackles(random: Random, seconds: float, rate: float, roar: float) -> Wave:
    """Snaps of burning wood, in bursts, over the hiss of its sap and the low roar of the flames, which is ``roar`` as strong as the largest snap."""
    bursts = np.exp(1.1 * wander(random, seconds, 3.0)) * rate
    kernels = [k * fall(len(k) / RATE, 0.02)[: len(k)] for k in pebbles(random, 1800, 9500, 0.006, 10)]
    snaps = grains(random, seconds, bursts.astype(np.float32), kernels, 1.1)[: round(seconds * RATE)]
    flames = band_level(noise(random, seconds), 42, 150) * (1 + 0.35 * wander(random, seconds, 6))
    sap = band_level(noise(random, seconds), 2500, 9000) * np.exp(0.5 * wander(random, seconds, 2.5))
    return snaps / max(float(np.abs(snaps).max()), 1e-9) + roar * flames + 0.012 * sap


def applause(random: Random, force: float = 0.7) -> Wave:
    """A hall claps for four seconds."""
    length = 4.0
    swell = line(length, (0, 0.25), (0.35, 1), (2.6, 0.9), (length, 0.05))
    out = silence(length + 0.2, 2)
    for pan in spread(random, 42):
        hand, gap = clap(random), random.uniform(0.17, 0.30)
        gain = random.uniform(0.3, 1.0)
        side = panned(hand, float(pan)) * np.float32(gain)
        at = random.uniform(0, 0.5)
        while at < length:
            if random.random() < swell[int(at * RATE)]:
                add(out, side, round(at * RATE))
            at += gap * random.uniform(0.93, 1.07)
    bed = band_level(noise(random, length), 500, 4500) * swell * 0.12
    add(out, bed, 0)
    return out


def car_pass(random: Random, force: float = 0.7) -> Wave:
    """A car goes by from left to right, nearest at 2.2 s: engine, the fall of pitch as it passes, and tyres, which are loudest at 700 to 1300 Hz
    (Sandberg, "The multi-coincidence peak around 1000 Hz in tyre/road noise spectra", 2003)."""
    length, nearest, speed, aside = 4.4, 2.2, 15.0, 4.5
    t = np.arange(round(length * RATE), dtype=np.float32) / RATE
    x = (t - nearest) * speed
    reach = np.sqrt(x * x + aside * aside)
    gain = (aside / reach).astype(np.float32)
    pitch = 1 / (1 + (speed * x / reach) / 343.0)

    def paint(tt: Wave, f: Wave) -> Wave:
        xx = (tt - nearest) * speed
        near = aside / np.sqrt(xx * xx + aside * aside)
        colour = _hill(f, 850.0, 1.15) + 2.8 * _hill(f, 115.0, 0.7)
        return colour * near * np.exp(-np.maximum(f - 1200, 0) / (900 + 5000 * near))

    tyres = painted(random, len(t), paint, width=0.3)
    tyres /= max(float(np.abs(tyres).max()), 1e-9)
    turns = 62.0 * pitch * (1 + 0.01 * wander(random, length, 2))
    engine = sum((glide(turns * k, gain * a) for k, a in ((1, 0.5), (2, 1.0), (3, 0.35), (4, 0.5), (6, 0.22))), np.zeros(len(t), np.float32))
    angle = np.arctan2(x, aside) * 0.5 + np.pi / 4
    both = tyres + 0.14 * engine[:, None]
    fade = line(length, (0, 0), (0.5, 1), (length - 0.5, 1), (length, 0))[:, None]
    return (both * np.stack([np.cos(angle), np.sin(angle)], axis=1) * 1.4 * fade).astype(np.float32)


def bird(random: Random, force: float = 0.7) -> Wave:
    """A song bird's phrase: a few sweeping whistles."""
    out = silence(1.6)
    at = 0.0
    base = random.uniform(2900, 4300)
    pattern = random.integers(0, 3)
    for k in range(int(random.integers(4, 8))):
        length = float(random.uniform(0.055, 0.13))
        a, b = base * random.uniform(0.85, 1.15), base * random.uniform(0.9, 1.5)
        if pattern == 1:
            a, b = b, a
        middle = max(a, b) * (1.15 if pattern == 2 else 1.0)
        course = line(length, (0, a), (length * 0.45, middle), (length, b))
        trill = 1 + 0.025 * np.sin(2 * np.pi * random.uniform(28, 45) * np.arange(len(course)) / RATE)
        env = np.sin(np.pi * np.linspace(0, 1, len(course))) ** 0.7
        note = glide(course * trill, env.astype(np.float32)) + 0.12 * glide(course * trill * 2, env.astype(np.float32))
        add(out, note, round(at * RATE), 0.6 + 0.4 * random.random() + 0.05 * k)
        at += length + random.uniform(0.03, 0.1)
    return out


def bark(random: Random, force: float = 0.7) -> Wave:
    """One bark: a rough voice through a short throat that opens and closes."""
    length = 0.21
    pitch = line(length, (0, 360), (0.055, 640), (0.11, 580), (length, 320)) * (1 + 0.05 * wander(random, length, 90))
    turn = np.cumsum(pitch) / RATE
    buzz = sum((np.sin(2 * np.pi * k * turn + random.uniform(0, 6)) * k**-0.6 for k in range(1, 24)), np.zeros(len(pitch)))
    rough = buzz * (1 + 0.5 * np.sin(np.pi * turn)) + 0.9 * noise(random, length)[: len(pitch)]
    env = line(length, (0, 0), (0.012, 1), (0.08, 0.85), (0.15, 0.25), (length, 0))
    voice = np.zeros(len(pitch), np.float32)
    for hertz, width, level in ((760, 0.22, 0.7), (1080, 0.16, 1.0), (1900, 0.18, 0.3), (3100, 0.2, 0.1)):
        voice += level * band(rough.astype(np.float32), hertz * (1 - width), hertz * (1 + width), order=1)
    return voice * env


def dog_bark(random: Random, force: float = 0.7) -> Wave:
    """Two barks."""
    out = silence(0.9)
    for at, size in ((0.0, 1.0), (0.36, 0.9)):
        add(out, bark(random, force), round(at * RATE), size)
    return out


def chime(random: Random, force: float = 0.7) -> Wave:
    """A soft bright sign that something appears: three bars of a glockenspiel."""
    out = silence(2.2)
    base = 880.0 * 2 ** (int(random.integers(0, 5)) / 12)
    for k, step in enumerate((0, 4, 7)):
        hertz = base * 2 ** (step / 12)
        add(out, damped(hertz * np.array([1, 2.76, 5.4]), [1, 0.35, 0.12], [1.6, 0.6, 0.25], 2.0), round(0.07 * k * RATE), (1.0, 0.75, 0.7)[k])
        mallet = band_level(noise(random, 0.015), 2200, 8000) * fall(0.015, 0.012, attack=0.0006)
        add(out, mallet, round(0.07 * k * RATE), (0.2, 0.08, 0.06)[k])
    return out


def riser(random: Random, force: float = 0.7) -> Wave:
    """Tension that grows for 1.5 s and stops where it lands."""
    length = 1.5

    def paint(t: Wave, f: Wave) -> Wave:
        u = np.clip(t / length, 0, 1)
        return _hill(f, 300 * 18 ** u.astype(np.float32), 0.7) * u**2.2 * (t < length)

    y = painted(random, round(length * RATE), paint, width=0.6)
    tone = glide(110 * 4 ** line(length, (0, 0), (length, 1)), line(length, (0, 0), (length, 0.14)) ** 2)
    add(y, tone * float(np.abs(y).max()), 0)
    return edges(y, 0, RATE // 120)


def boom(random: Random, force: float = 0.7) -> Wave:
    """A deep hit for a title or a cut."""
    out = silence(2.6)
    add(out, glide(line(2.4, (0, 95), (0.12, 48), (2.4, 36)), fall(2.4, 3.0)), 0, 1.0)
    add(out, strike(random, BODIES["soft"], 1.0), 0, 0.5)
    add(out, band_level(noise(random, 1.8), 90, 900) * fall(1.8, 1.5), 0, 0.22)
    return out


def hum(random: Random, seconds: float, hertz: float) -> Wave:
    """A mains or machine hum with a few partials."""
    k = np.arange(1, 7)
    return steady(hertz * k, 1.0 / k**1.6, seconds, random.uniform(0, 6, 6))
