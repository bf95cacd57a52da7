"""The instruments of composed music: every note is a sum of partials that die away or swell, so nothing folds back.

Mono s; MIDI pitches; velocity 0…1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.sound.dsp import RATE, add, band, band_level, damped, fall, glide, line, noise, random_of, silence

Wave = NDArray[np.floating[Any]]


@dataclass(frozen=True, kw_only=True)
class Timbre:
    """How partial n of a note behaves.

    ``tilt``: level falls as n**-tilt; ``decay``: T60 in s of the lowest partial at middle C; ``damp``: how much sooner high ones die;
    ``stretch``: inharmonicity of a stiff string; ``split``: cents between the strings of a note; ``pick``: where the string is struck (its comb);
    ``attack`` and ``release`` in s; ``top``: Hz of the highest partial; ``ratios``: partials (ratio, level, share of the decay) that are not a
    string's; ``formants``: Hz and dB of its body; ``breath``: noise of the attack; ``lasting``: stays until released.
    """

    tilt: float = 1.2
    decay: float = 4.0
    damp: float = 0.25
    stretch: float = 0.0
    split: float = 1.0
    pick: float = 0.0
    attack: float = 0.003
    release: float = 0.12
    top: float = 9000.0
    ratios: tuple[tuple[float, float, float], ...] = ()
    breath: float = 0.0
    lasting: bool = False
    strings: int = 2
    formants: tuple[tuple[float, float], ...] = ()


TIMBRES: dict[str, Timbre] = {
    "piano": Timbre(tilt=1.15, decay=7.0, damp=0.32, stretch=0.00035, split=0.7, pick=0.12, attack=0.002, breath=0.05, top=7500),
    "felt_piano": Timbre(tilt=1.75, decay=6.0, damp=0.45, stretch=0.0003, split=0.8, pick=0.13, attack=0.006, breath=0.035, top=4200),
    "e_piano": Timbre(
        ratios=((1, 1, 1), (2, 0.22, 0.6), (3, 0.16, 0.4), (4, 0.05, 0.3), (7.03, 0.10, 0.07), (13.1, 0.03, 0.03)),
        decay=4.0, attack=0.003, split=1.5, release=0.16,
    ),
    "guitar": Timbre(tilt=1.05, decay=2.6, damp=0.30, stretch=0.00006, split=0.0, strings=1, pick=0.17, attack=0.0015, breath=0.07, top=8000),
    "ukulele": Timbre(tilt=1.2, decay=1.1, damp=0.35, split=0.0, strings=1, pick=0.21, attack=0.0015, breath=0.09, top=7000, release=0.06),
    "glockenspiel": Timbre(ratios=((1, 1, 1), (2.76, 0.4, 0.4), (5.4, 0.16, 0.18)), decay=2.2, attack=0.001, split=0.6, release=0.4),
    "marimba": Timbre(ratios=((1, 1, 1), (3.93, 0.3, 0.25), (9.2, 0.06, 0.1)), decay=0.8, attack=0.002, breath=0.04, split=0.0, strings=1),
    "vibes": Timbre(ratios=((1, 1, 1), (4.0, 0.22, 0.35), (10.1, 0.04, 0.12)), decay=3.6, attack=0.003, split=0.5, release=0.3),
    "bells": Timbre(ratios=((1, 1, 1), (2.0, 0.5, 0.7), (2.41, 0.18, 0.5), (3.01, 0.25, 0.5)), decay=5.0, attack=0.004, split=3.0, release=0.9),
    "bass": Timbre(tilt=1.35, decay=1.9, damp=0.5, split=0.0, strings=1, pick=0.22, attack=0.005, top=1800, release=0.07, breath=0.03),
    "upright": Timbre(tilt=1.5, decay=1.2, damp=0.55, split=0.0, strings=1, pick=0.3, attack=0.007, top=1500, release=0.06, breath=0.06),
    "synth_bass": Timbre(tilt=0.95, decay=0.9, damp=0.28, split=4.0, attack=0.003, top=2600, release=0.04),
    "sub": Timbre(tilt=2.6, decay=3.0, damp=0.2, split=0.0, strings=1, attack=0.012, top=400, release=0.1, lasting=True),
    "pluck": Timbre(tilt=0.9, decay=0.9, damp=0.22, split=7.0, strings=3, attack=0.002, top=9000, release=0.1),
    "pad": Timbre(tilt=1.6, split=11.0, strings=3, attack=0.5, release=0.9, top=3200, lasting=True),
    "warm_pad": Timbre(tilt=2.0, split=9.0, strings=3, attack=0.9, release=1.4, top=2200, lasting=True),
    "strings": Timbre(tilt=1.1, split=10.0, strings=3, attack=0.22, release=0.35, top=4800, lasting=True, formants=((480, 3), (1100, 2), (2900, -4))),
    "spiccato": Timbre(tilt=1.0, decay=0.55, damp=0.10, split=9.0, strings=3, attack=0.012, top=5200, release=0.06, breath=0.06),
    "brass": Timbre(tilt=1.05, split=6.0, strings=3, attack=0.09, release=0.2, top=3400, lasting=True, formants=((520, 4), (1200, 2))),
    "choir": Timbre(tilt=1.3, split=14.0, strings=3, attack=0.5, release=0.8, top=3600, lasting=True, formants=((620, 7), (1080, 4), (1700, -6))),
}  # fmt: skip


def hertz_of(midi: float) -> float:
    """Frequency of a MIDI pitch, A4 = 440 Hz."""
    return 440.0 * 2.0 ** ((midi - 69.0) / 12.0)


def note(instrument: str, midi: int, seconds: float, velocity: float) -> Wave:
    """One note, held for ``seconds`` and then released."""
    t = TIMBRES[instrument]
    base = hertz_of(midi)
    random = random_of("note", instrument, midi, round(seconds, 3), round(velocity, 2))
    if t.ratios:
        ratio = np.array([r for r, _, _ in t.ratios])
        level = np.array([a for _, a, _ in t.ratios]) * np.where(ratio > 1.5, 0.45 + 0.75 * velocity, 1.0)
        share = np.array([d for _, _, d in t.ratios])
        hertz = base * ratio
        decay = t.decay * share * (261.6 / base) ** 0.35
    else:
        n = np.arange(1, max(2, min(64, int(min(t.top * (0.6 + 0.5 * velocity), 17000) / base)) + 1))
        hertz = base * n * np.sqrt(1 + t.stretch * n * n)
        level = n ** -(t.tilt + 0.5 * (0.7 - velocity))
        if t.pick:
            level = level * (0.25 + np.abs(np.sin(np.pi * n * t.pick)))
        level = level * np.clip(1.6 * (1 - hertz / (t.top * 1.25)), 0.02, 1)
        for centre, gain in t.formants:
            level = level * 10 ** (gain / 20 * np.exp(-0.5 * np.square(np.log2(hertz / centre) / 0.45)))
        decay = t.decay / (1 + t.damp * (n - 1)) * (261.6 / base) ** 0.5
    level = level / np.sqrt(np.square(level).sum())
    cents = np.linspace(-t.split, t.split, t.strings) / 2 if t.strings > 1 and t.split else np.zeros(1)
    total = seconds + t.release
    if not t.lasting:
        total = min(total, 1.1 * float(decay.max()) + 0.05)
    held = np.full(hertz.shape, 1e6) if t.lasting else decay
    out = np.zeros(max(1, round(total * RATE)), np.float32)
    for k, cent in enumerate(cents):
        spread = 2 ** (cent / 1200)
        phase = random.uniform(0, 2 * np.pi, len(hertz)) if t.lasting or k else np.full(len(hertz), np.pi / 2)
        out += damped(hertz * spread, level / len(cents) ** 0.5, held, total, phase)[: len(out)]
    if t.lasting:
        bloom = line(total, (0, 0), (t.attack, 1), (max(seconds, t.attack), 0.92), (total, 0))
        out *= np.sin(np.pi / 2 * bloom) ** 1.5
    else:
        rise = max(2, round(t.attack * RATE * (1.4 - 0.6 * velocity)))
        out[:rise] *= (0.5 - 0.5 * np.cos(np.pi * np.arange(rise) / rise)).astype(np.float32)[: len(out[:rise])]
        stop = round(seconds * RATE)
        if stop < len(out):
            tail = len(out) - stop
            out[stop:] *= (0.5 + 0.5 * np.cos(np.pi * np.arange(tail) / tail)).astype(np.float32)
    if t.breath:
        add(out, band_level(noise(random, 0.03), min(base * 2, 3000), min(base * 10, 9000)) * fall(0.03, 0.025), 0, t.breath * velocity)
    return out * np.float32(0.25 + 0.75 * velocity)


def _kick(deep: float, snap: float, length: float) -> Callable[[], Wave]:
    def make() -> Wave:
        course = line(length, (0, 5.2 * deep), (0.012, 2.2 * deep), (0.06, 1.12 * deep), (length, 0.92 * deep))
        body = np.tanh(1.5 * glide(course, fall(length, length * 1.15, attack=0.001), phase=0.4))
        add(body, band_level(noise(random_of("kick", deep), 0.012), 1500, 7000) * fall(0.012, 0.008), 0, snap)
        return np.asarray(body, np.float32)

    return make


def _snare(tone: float, rattle: float, length: float, low: float = 1500) -> Callable[[], Wave]:
    def make() -> Wave:
        out = damped([tone, tone * 1.72, tone * 2.4], [1, 0.6, 0.3], [0.13, 0.1, 0.07], length, np.pi / 2)
        wires = band_level(noise(random_of("snare", tone), length), low, 11000) * fall(length, length * 0.85, attack=0.001)
        return np.asarray(0.6 * out + rattle * wires, np.float32)

    return make


def _hat(length: float, low: float = 7000) -> Callable[[], Wave]:
    def make() -> Wave:
        random = random_of("hat", length)
        metal = damped(random.uniform(5200, 15500, 34), random.uniform(0.3, 1, 34), length, length * 1.1, random.uniform(0, 6, 34))
        air = band_level(noise(random, length * 1.1), low, 17000) * fall(length * 1.1, length)
        return np.asarray(band(0.09 * metal[: len(air)] + 0.3 * air, low=low * 0.8), np.float32)

    return make


def _cymbal(length: float, wash: float) -> Callable[[], Wave]:
    def make() -> Wave:
        random = random_of("cymbal", length)
        hertz = 300 * (50.0 ** random.random(90))
        metal = damped(hertz, random.uniform(0.2, 1, 90), length * random.uniform(0.4, 1, 90), length, random.uniform(0, 6, 90))
        air = band_level(noise(random, length), 3500, 15000) * fall(length, length * 0.8, attack=0.002)
        return np.asarray(band(0.06 * metal + wash * air, low=500), np.float32)

    return make


def _clap() -> Wave:
    out = silence(0.35)
    random = random_of("clap")
    for at in (0.0, 0.011, 0.021, 0.03):
        length = 0.02 if at < 0.03 else 0.3
        add(out, band_level(noise(random, length), 900, 4800) * fall(length, 0.02 if at < 0.03 else 0.2), round(at * RATE), 0.5)
    return out


def _shaker() -> Wave:
    random = random_of("shaker")
    return band_level(noise(random, 0.11), 4500, 13000) * line(0.11, (0, 0), (0.03, 1), (0.06, 0.35), (0.11, 0)) * np.float32(0.3)


def _rim() -> Wave:
    return damped([830, 1290, 1720, 2600], [1, 0.8, 0.5, 0.3], [0.06, 0.05, 0.04, 0.02], 0.1, np.pi / 2) * np.float32(0.5)


def _brush() -> Wave:
    random = random_of("brush")
    return band_level(noise(random, 0.22), 1200, 9000) * line(0.22, (0, 0), (0.008, 0.9), (0.06, 0.3), (0.22, 0)) * np.float32(0.35)


def _taiko() -> Wave:
    random = random_of("taiko")
    hertz = np.array([62, 96, 131, 168, 205, 262, 331, 420.0])
    skin = damped(hertz, [1, 0.8, 0.55, 0.4, 0.3, 0.22, 0.15, 0.1], np.linspace(0.9, 0.16, 8), 1.2, np.pi / 2)
    drop = glide(line(0.5, (0, 105), (0.05, 66), (0.5, 58)), fall(0.5, 0.6))
    out = 0.5 * skin
    add(out, drop, 0, 0.7)
    add(out, band_level(noise(random, 0.08), 400, 4000) * fall(0.08, 0.05), 0, 0.22)
    return np.tanh(1.3 * out).astype(np.float32)


DRUMS: dict[str, Callable[[], Wave]] = {
    "kick": _kick(50, 0.12, 0.32),
    "soft_kick": _kick(54, 0.04, 0.25),
    "hard_kick": _kick(46, 0.2, 0.38),
    "snare": _snare(190, 0.30, 0.24),
    "lofi_snare": _snare(165, 0.22, 0.2, 1000),
    "clap": _clap,
    "hat": _hat(0.07),
    "open_hat": _hat(0.3),
    "ride": _cymbal(1.1, 0.10),
    "crash": _cymbal(2.2, 0.30),
    "shaker": _shaker,
    "rim": _rim,
    "brush": _brush,
    "taiko": _taiko,
}
