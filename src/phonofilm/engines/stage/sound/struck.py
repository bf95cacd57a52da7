"""Bodies that are struck, trodden on, broken or shaken: modes that ring, and crowds of grains. Each maker gives mono samples s.

Modes after Cook, "Real Sound Synthesis for Interactive Applications" (2002): a material is the spacing, the decay and the brightness of its modes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.sound.dsp import RATE, Random, add, band, band_level, damped, fall, glide, line, noise, silence

Wave = NDArray[np.floating[Any]]


@dataclass(frozen=True, kw_only=True)
class Body:
    """A struck body: lowest and highest mode in Hz, how many, T60 in s of the lowest and the highest, fall in dB an octave, noise of contact."""

    low: float
    high: float
    modes: int
    ring: float
    ring_high: float
    tilt: float
    contact: float
    contact_band: tuple[float, float]
    contact_time: float = 0.008


BODIES: dict[str, Body] = {
    "wood": Body(low=95, high=3800, modes=26, ring=0.22, ring_high=0.03, tilt=-4.5, contact=0.5, contact_band=(500, 5000)),
    "table": Body(low=170, high=4200, modes=22, ring=0.14, ring_high=0.025, tilt=-3.5, contact=0.4, contact_band=(900, 6000)),
    "metal": Body(low=760, high=14500, modes=44, ring=0.6, ring_high=0.25, tilt=1.4, contact=0.3, contact_band=(3000, 14000), contact_time=0.003),
    "stone": Body(low=260, high=6500, modes=22, ring=0.07, ring_high=0.015, tilt=-5.5, contact=0.3, contact_band=(800, 6000), contact_time=0.005),
    "rock": Body(low=700, high=8500, modes=24, ring=0.05, ring_high=0.015, tilt=-0.2, contact=0.5, contact_band=(1500, 8000), contact_time=0.003),
    "plank": Body(low=420, high=4200, modes=22, ring=0.10, ring_high=0.02, tilt=-4.0, contact=0.3, contact_band=(700, 5000), contact_time=0.004),
    "floor": Body(low=240, high=3200, modes=24, ring=0.12, ring_high=0.03, tilt=-3.2, contact=0.25, contact_band=(400, 3000)),
    "grate": Body(low=330, high=9000, modes=40, ring=0.35, ring_high=0.1, tilt=-2.4, contact=0.25, contact_band=(1500, 9000), contact_time=0.003),
    "glass": Body(low=1900, high=12500, modes=22, ring=0.5, ring_high=0.12, tilt=-1.5, contact=0.25, contact_band=(4000, 14000), contact_time=0.002),
    "goblet": Body(low=1900, high=9500, modes=14, ring=1.5, ring_high=0.25, tilt=-2.6, contact=0.25, contact_band=(4000, 14000), contact_time=0.002),
    "body": Body(low=105, high=1100, modes=16, ring=0.20, ring_high=0.05, tilt=-5.0, contact=0.45, contact_band=(150, 1200), contact_time=0.03),
    "ball": Body(low=75, high=1100, modes=12, ring=0.42, ring_high=0.03, tilt=-7.0, contact=0.25, contact_band=(300, 2600), contact_time=0.006),
    "door": Body(low=110, high=3600, modes=26, ring=0.30, ring_high=0.05, tilt=-3.6, contact=0.5, contact_band=(300, 3200), contact_time=0.014),
    "ceramic": Body(low=900, high=9500, modes=20, ring=0.28, ring_high=0.05, tilt=-2.0, contact=0.35, contact_band=(2500, 12000), contact_time=0.002),
    "soft": Body(low=60, high=500, modes=8, ring=0.09, ring_high=0.03, tilt=-8.0, contact=0.6, contact_band=(120, 900), contact_time=0.03),
}


def strike(random: Random, body: Body, force: float = 0.7, *, size: float = 1.0) -> Wave:
    """One blow. ``force`` 0…1 makes it brighter, ``size`` scales the body (2: an octave lower)."""
    k = body.modes
    even = np.linspace(0, 1, k)
    hertz = body.low * (body.high / body.low) ** np.clip(even + random.normal(0, 0.35 / k, k), 0, 1) / size
    octave = np.log2(hertz / hertz.min())
    tilt = body.tilt * (1.35 - 0.5 * force)
    level = 10 ** (tilt * octave / 20) * random.uniform(0.5, 1.0, k)
    ring = body.ring * (body.ring_high / body.ring) ** even * random.uniform(0.8, 1.2, k) * size**0.5
    seconds = min(3.0, 1.2 * float(ring.max()) + 0.02)
    out = damped(hertz, level, ring, seconds, random.uniform(-0.4, 0.4, k) + np.pi / 2)
    out /= max(float(np.abs(out).max()), 1e-9)
    touch = band_level(noise(random, min(seconds, 0.15)), *body.contact_band) * fall(min(seconds, 0.15), body.contact_time * 6)
    add(out, touch, 0, body.contact * (0.4 + 0.6 * force) / 3.0)
    rise = max(6, round(RATE * 0.0012 * (1.3 - force)))
    out[:rise] *= np.linspace(0.05, 1, rise, dtype=np.float32)
    return out


def grains(random: Random, seconds: float, density: Wave, kernels: Sequence[Wave], spread: float = 0.8) -> Wave:
    """A crowd of small sounds: ``density`` s of them a second, each one of ``kernels`` at a chance level (log-normal, ``spread`` in nepers)."""
    count = round(seconds * RATE)
    hits = np.flatnonzero(random.random(count) < density[:count] / RATE)
    level = np.exp(random.normal(0, spread, len(hits))).astype(np.float32) * random.choice(np.array([-1, 1], np.float32), len(hits))
    kind = random.integers(0, len(kernels), len(hits))
    out = np.zeros(count + max(len(k) for k in kernels), np.float32)
    for at, gain, k in zip(hits.tolist(), level, kind.tolist(), strict=True):
        kernel = kernels[k]
        out[at : at + len(kernel)] += kernel * gain
    return out


def pebbles(random: Random, low: float, high: float, ring: float, how_many: int = 6) -> list[Wave]:
    """Tiny hard things that touch: short damped modes between two frequencies, each from zero on."""
    made: list[Wave] = []
    for _ in range(how_many):
        n = 4
        hertz = low * (high / low) ** random.random(n)
        made.append(damped(hertz, random.uniform(0.3, 1, n), ring * random.uniform(0.5, 1.6, n), ring * 2))
    return made


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a shoe meets: grains (band, ring, number a second, how long they last and swell, how far the last are softer, the rush of the finest, how
    unlike in size they are), a thud, a body that answers, a scuff."""

    grain: tuple[float, float] = (2000.0, 7000.0)
    ring: float = 0.004
    density: float = 0.0
    length: float = 0.09
    swell: float = 0.006
    settle: float = 0.0
    bed: float = 0.25
    loose: float = 0.8
    grain_level: float = 1.0
    thud: float = 90.0
    thud_level: float = 0.5
    body: str = ""
    body_level: float = 0.0
    hiss: tuple[float, float] = (0.0, 0.0)
    hiss_level: float = 0.0


GROUNDS: dict[str, Ground] = {
    "gravel": Ground(grain=(900, 4600), ring=0.006, density=1500, length=0.19, swell=0.045, thud=150, thud_level=0.05),
    "dirt": Ground(grain=(480, 2400), ring=0.005, density=1300, length=0.11, swell=0.03, loose=0.6, grain_level=0.8, thud=200, thud_level=0.14),
    "sand": Ground(
        grain=(600, 5200),
        ring=0.002,
        density=14000,
        length=0.26,
        swell=0.28,
        settle=1.0,
        bed=1.2,
        loose=0.25,
        grain_level=0.5,
        thud=160,
        thud_level=0.06,
    ),
    "snow": Ground(
        grain=(180, 2000), ring=0.006, density=2400, length=0.18, swell=0.07, bed=0.4, loose=0.6, grain_level=0.9, thud=110, thud_level=0.14
    ),
    "grass": Ground(
        grain=(700, 6500), ring=0.002, density=4000, length=0.22, swell=0.05, bed=0.5, loose=0.5, grain_level=0.30, thud=140, thud_level=0.34
    ),
    "wood": Ground(thud=300, thud_level=0.12, body="floor", body_level=1.0, hiss=(500, 3500), hiss_level=0.08),
    "stone": Ground(thud=300, thud_level=0.25, body="stone", body_level=0.5, hiss=(1200, 6000), hiss_level=0.12),
    "metal": Ground(thud=260, thud_level=0.16, body="grate", body_level=0.7, hiss=(1500, 8000), hiss_level=0.08),
    "water": Ground(
        grain=(380, 3400), ring=0.008, density=900, length=0.36, swell=0.24, loose=0.6, thud=180, thud_level=0.10, hiss=(420, 6000), hiss_level=0.35
    ),
    "carpet": Ground(thud=120, thud_level=0.6, hiss=(250, 1600), hiss_level=0.3),
}
GROUND_NAMES = {
    "concrete": "stone",
    "asphalt": "stone",
    "pavement": "stone",
    "tile": "stone",
    "floor": "wood",
    "leaves": "grass",
    "road": "stone",
    "": "stone",
}


def footstep(random: Random, surface: str, force: float = 0.7) -> Wave:
    """One step: the heel, then the ball of the foot."""
    ground = GROUNDS.get(surface) or GROUNDS[GROUND_NAMES.get(surface, "stone")]
    roll = 0.075 + 0.03 * random.random()
    out = silence(0.75)
    for at, weight, soft in ((0.0, 1.0, 1.0), (roll, 0.6, 0.75)):
        start = round(at * RATE)
        thud = damped([ground.thud, ground.thud * 1.9, ground.thud * 3.1], [1.0, 0.45, 0.2], [0.09, 0.06, 0.035], 0.16)
        add(out, thud, start, ground.thud_level * weight)
        heel = band_level(noise(random, 0.03), 500, 3000) * fall(0.03, 0.02)
        add(out, heel, start, 0.08 * weight)
        if ground.density:
            env = fall(ground.length * 1.6, ground.length * 1.5, attack=ground.swell)
            part = grains(random, len(env) / RATE, env * ground.density, pebbles(random, *ground.grain, ground.ring), ground.loose)
            bed = band_level(noise(random, len(env) / RATE), *ground.grain) * env * ground.bed
            part[: len(env)] *= env**ground.settle
            crunch = part / max(float(np.abs(part).max()), 1e-9)
            add(out, crunch, start, ground.grain_level * weight * soft)
            add(out, bed, start, ground.grain_level * weight * soft)
        if ground.body:
            from_body = strike(random, BODIES[ground.body], force * (0.9 if at == 0 else 0.4), size=random.uniform(0.92, 1.1))
            add(out, from_body, start, ground.body_level * weight * soft)
        if ground.hiss_level:
            length = 0.1
            scuff = band_level(noise(random, length), *ground.hiss) * fall(length, 0.09, attack=0.002 if at == 0 else 0.012)
            add(out, scuff, start, ground.hiss_level * weight * 0.5)
    return out


def glass_break(random: Random, force: float = 0.7) -> Wave:
    """A pane: the blow, the burst, then shards that fall and ring."""
    out = silence(1.9)
    add(out, strike(random, BODIES["stone"], 1.0), 0, 0.5)
    add(out, band_level(noise(random, 0.12), 250, 2400) * fall(0.12, 0.09, attack=0.001), 0, 0.4)
    burst = band_level(noise(random, 0.3), 1600, 9000) * fall(0.3, 0.24, attack=0.001)
    add(out, burst, 0, 0.75)
    times = np.concatenate([random.exponential(0.05, 34), 0.12 + random.exponential(0.42, 64)])
    shards = [strike(random, BODIES["glass"], 0.9, size=random.uniform(0.7, 2.2)) for _ in range(18)]
    for at in times[times < 1.5]:
        level = float(np.exp(random.normal(-1.6, 0.6)) * (1.0 - 0.35 * at))
        add(out, shards[int(random.integers(0, len(shards)))], round(at * RATE), level)
    return out


def door_close(random: Random, force: float = 0.7) -> Wave:
    """A house door: it meets its frame and booms, panels rattle, the latch snaps home. It begins with the blow, which is what the cue means."""
    out = silence(0.95)
    add(out, strike(random, BODIES["door"], 0.5 + 0.4 * force), 0, 1.0)
    add(out, band_level(noise(random, 0.5), 180, 1300) * fall(0.5, 0.4, attack=0.004), 0, 0.16)
    add(out, band_level(noise(random, 0.3), 1200, 6000) * fall(0.3, 0.28, attack=0.002), 0, 0.035)
    add(out, damped([68, 104, 151, 212, 290], [0.6, 0.9, 1, 0.8, 0.5], [0.55, 0.5, 0.5, 0.4, 0.3], 0.8, np.pi), 0, 0.2)
    latch = fall(0.06, 0.06)
    for at, level, size in ((0.016, 0.4, 1.5), (0.041, 0.5, 1.3), (0.07, 0.2, 1.0)):
        add(out, strike(random, BODIES["metal"], 0.7, size=size)[: len(latch)] * latch, round(at * RATE), level)
    return out


def rap(random: Random, force: float = 0.7) -> Wave:
    """One knuckle on a door."""
    return strike(random, BODIES["door"], 0.3 * force, size=0.85 * random.uniform(0.97, 1.03))


def knocks(random: Random, force: float = 0.7) -> Wave:
    """Three raps on a door."""
    out = silence(1.3)
    at = 0.0
    for k in range(3):
        add(out, rap(random, force), round(at * RATE), (0.9, 1.0, 0.85)[k])
        at += random.uniform(0.19, 0.23)
    return out


def bell(random: Random, force: float = 0.7) -> Wave:
    """A hand bell: the partials of a bell (hum, prime, tierce, quint, nominal and above), each a slightly split pair."""
    ratio = np.array([0.5, 1.0, 1.19, 1.5, 2.0, 2.51, 2.66, 3.01, 4.17, 5.43, 6.8])
    level = np.array([0.28, 0.6, 0.55, 0.22, 1.0, 0.45, 0.45, 0.7, 0.6, 0.45, 0.3])
    decay = np.array([7.0, 5.2, 4.2, 3.2, 3.6, 2.2, 2.0, 1.6, 1.0, 0.6, 0.4])
    base = 640 * 2 ** (random.integers(-2, 4) / 12)
    both = np.concatenate([base * ratio, base * ratio * (1 + random.uniform(0.0004, 0.0016, len(ratio)))])
    out = damped(both, np.tile(level * 0.5, 2), np.tile(decay, 2), 4.2, np.pi / 2)
    return _soften(out, 0.0006)


def clap(random: Random) -> Wave:
    """Two hands."""
    length = 0.12
    centre = random.uniform(650, 1500)
    x = band_level(noise(random, length), centre * 0.55, min(centre * 2.2, 9000)) * fall(length, random.uniform(0.03, 0.06))
    return x + 0.2 * band_level(noise(random, length), 2500, 9000) * fall(length, 0.02)


def snap(random: Random, size: float = 1.0) -> Wave:
    """A small plate of metal that snaps over inside a switch: a few high modes that are gone in milliseconds, and its plastic shell."""
    out = silence(0.04)
    hertz = np.array([2600, 4700, 7300, 9200, 12800]) / size * random.uniform(0.95, 1.05, 5)
    add(out, damped(hertz, [0.35, 0.7, 1, 0.9, 0.6], np.array([22, 14, 10, 9, 6]) / 1000, 0.04), 0, 0.5)
    add(out, band_level(noise(random, 0.012), 4000, 14000) * fall(0.012, 0.008), 0, 0.3)
    add(out, damped([520 / size, 1150 / size], [0.5, 0.5], [0.012, 0.01], 0.03), 0, 0.2)
    return out


def click(random: Random, force: float = 0.7) -> Wave:
    """A switch or a button: down, and a little later up."""
    out = silence(0.2)
    for at, level, size in ((0.0, 1.0, 1.0), (0.085, 0.45, 0.9)):
        add(out, snap(random, size), round(at * RATE), level)
    return out


def key(random: Random, wide: bool = False) -> Wave:
    """One key of a keyboard, pressed."""
    out = silence(0.09)
    body = strike(random, BODIES["table"], 0.5, size=(1.5 if wide else 0.8) * random.uniform(0.9, 1.1))[: round(0.06 * RATE)]
    tick = band_level(noise(random, 0.02), 1700, 5500) * fall(0.02, 0.014)
    add(out, band(body, low=700.0) * fall(len(body) / RATE, 0.05)[: len(body)], 0, 0.9)
    add(out, tick, 0, 0.22)
    return out


def typing(random: Random, force: float = 0.7) -> Wave:
    """A few words typed on a keyboard."""
    out = silence(2.6)
    at = 0.0
    while at < 2.3:
        wide, level = random.random() < 0.15, random.uniform(0.55, 1.0)
        add(out, key(random, wide), round(at * RATE), level)
        up = band_level(noise(random, 0.02), 1800, 7500) * fall(0.02, 0.014)
        add(out, up, round((at + 0.07 + 0.02 * random.random()) * RATE), 0.08 * level)
        at += random.uniform(0.09, 0.19) + (0.22 if random.random() < 0.14 else 0.0)
    return out


def camera_shutter(random: Random, force: float = 0.7) -> Wave:
    """A mirror goes up, the curtain runs, the mirror comes down, a motor winds on."""
    out = silence(0.55)
    for at, level, size in ((0.0, 1.0, 1.1), (0.03, 0.4, 0.7), (0.118, 0.75, 1.2)):
        body = strike(random, BODIES["ceramic"], 0.9, size=size)[: round(0.05 * RATE)]
        add(out, body * fall(len(body) / RATE, 0.04)[: len(body)], round(at * RATE), 0.8 * level)
        add(out, band_level(noise(random, 0.06), 1800, 14000) * fall(0.06, 0.055), round(at * RATE), 0.35 * level)
        add(out, damped([240 / size, 520], [0.4, 0.3], [0.03, 0.02], 0.05), round(at * RATE), 0.35 * level)
    teeth = (1 + np.sin(2 * np.pi * np.cumsum(line(0.3, (0, 210), (0.3, 150))) / RATE)).astype(np.float32)
    wind = band_level(noise(random, 0.3), 2500, 11000) * teeth * line(0.3, (0, 0), (0.03, 1), (0.2, 0.8), (0.3, 0))
    add(out, wind, round(0.14 * RATE), 0.035)
    return out


def heartbeat(random: Random, force: float = 0.7) -> Wave:
    """Lub and dub, heard close: nearly all of both between 20 and 150 Hz, the second shorter and higher, 0.3 s after the first (Rangayyan and Lehner,
    "Phonocardiogram signal analysis: a review", 1987)."""
    out = silence(0.75)
    for at, hertz, level in ((0.0, 52.0, 1.0), (0.29, 66.0, 0.72)):
        course = line(0.28, (0, hertz * 1.6), (0.03, hertz), (0.28, hertz * 0.8))
        beat = glide(course, fall(0.28, 0.2, attack=0.006))
        add(out, beat, round(at * RATE), level)
        add(out, glide(course * 2.02, fall(0.28, 0.12, attack=0.004)), round(at * RATE), 0.35 * level)
        add(out, band_level(noise(random, 0.12), 60, 240) * fall(0.12, 0.1, attack=0.004), round(at * RATE), 0.16 * level)
    return out


def cash_register(random: Random, force: float = 0.7) -> Wave:
    """Keys, the bell, the drawer."""
    out = silence(1.7)
    for at in (0.0, 0.07):
        add(out, strike(random, BODIES["metal"], 0.5, size=1.8)[: round(0.08 * RATE)] * fall(0.08, 0.07), round(at * RATE), 0.7)
        add(out, strike(random, BODIES["table"], 0.8), round(at * RATE), 0.5)
    ring = damped([1965, 3412, 3420, 5448, 5461, 7850, 10900], [0.35, 0.8, 0.6, 1, 0.8, 0.35, 0.2], [0.9, 0.8, 0.75, 0.8, 0.7, 0.4, 0.25], 1.5)
    add(out, ring, round(0.14 * RATE), 0.55)
    slide = band_level(noise(random, 0.28), 350, 3000) * line(0.28, (0, 0), (0.22, 1), (0.28, 0))
    add(out, slide, round(0.16 * RATE), 0.07)
    add(out, strike(random, BODIES["wood"], 0.9, size=0.8), round(0.43 * RATE), 0.7)
    for at in 0.45 + random.exponential(0.04, 8):
        add(out, strike(random, BODIES["glass"], 0.5, size=0.7)[: round(0.12 * RATE)], round(at * RATE), 0.1)
    return out


def phone_ring(random: Random, force: float = 0.7) -> Wave:
    """An old telephone: a clapper between two bells, twenty times a second, in a case that hums with them; two bursts."""
    out = silence(2.6)
    for burst in (0.0, 0.6):
        at, side = burst, 0
        while at < burst + 0.4:
            base = (1318.0, 1568.0)[side]
            hit = damped(base * np.array([1, 2.76, 5.4, 8.9]), [1.0, 0.5, 0.25, 0.08], np.array([0.55, 0.35, 0.18, 0.1]), 0.9)
            add(out, hit, round(at * RATE), 0.35 * random.uniform(0.85, 1.0))
            add(out, damped([330, 480, 790], [0.5, 0.8, 0.4], [0.05, 0.04, 0.03], 0.06), round(at * RATE), 0.3 * random.uniform(0.7, 1.0))
            add(out, band_level(noise(random, 0.01), 3000, 9000) * fall(0.01, 0.008, attack=0.001), round(at * RATE), 0.05)
            at += 0.025 * random.uniform(0.97, 1.03)
            side = 1 - side
    return out


def doorbell(random: Random, force: float = 0.7) -> Wave:
    """Ding, dong: two metal plates a third apart, each struck by a plunger before its resonating tube."""
    out = silence(2.2)
    for at, hertz in ((0.0, 622.3), (0.55, 493.9)):
        plate = damped(hertz * np.array([1, 2.76, 5.4]), [1.0, 0.22, 0.06], [1.6, 0.5, 0.2], 1.6)
        add(out, plate, round(at * RATE), 0.8)
        add(out, strike(random, BODIES["plank"], 0.5), round(at * RATE), 0.1)
    return out


def _soften(x: Wave, seconds: float) -> Wave:
    n = max(2, round(seconds * RATE))
    x[:n] *= np.linspace(0, 1, n, dtype=np.float32)
    return x
