"""Music composed for the film: harmony, parts and form from a style's table, played to the beats of the score.

One chord a bar. The form is intro, first part, second part, final chord; a motif is stated, repeated, varied, and comes home.
All chance comes from the seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonofilm.engines.stage.sound.dsp import RATE, Random, add, band, db, edges, fall, noise, random_of
from phonofilm.engines.stage.sound.instruments import DRUMS, note
from phonofilm.engines.stage.sound.space import panned
from phonofilm.engines.stage.sound.styles import QUALITIES, STYLES, Layer, Style
from phonofilm.media.filters import convolved
from phonofilm.perceive.loudness import integrated
from phonofilm.score.beat_grid import compose_beats
from phonofilm.score.model import Music

Wave = NDArray[np.floating[Any]]

__all__ = ["compose", "compose_beats"]

_DEFAULT = "calm"
_LEVELS = {".": 0.0, "-": 0.4, "o": 0.7, "x": 0.75, "X": 1.0}


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: its beats and end in ticks from the start of the music, root and chord as MIDI pitches, and its part (0 intro … 3 final chord)."""

    beats: tuple[float, ...]
    end: float
    root: int
    chord: tuple[int, ...]
    part: int

    def at(self, share: float) -> float:
        """The tick at a share 0…1 of the bar, following its beats."""
        n = len(self.beats)
        points = [*self.beats, self.end]
        k = min(int(share * n), n - 1)
        return points[k] + (share * n - k) * (points[k + 1] - points[k])


@dataclass(frozen=True, kw_only=True)
class Note:
    """A note: tick, MIDI pitch, ticks that it is held, velocity 0…1."""

    at: float
    pitch: int
    held: float
    velocity: float


def compose(music: Music, length: int, seed: int) -> Wave:
    """The music of a cue, f32[length 2]. It plays to the cue's beats; a cue without any gets those of ``compose_beats``."""
    name = music.style if music.style in STYLES else _DEFAULT
    style = STYLES[name]
    random = random_of("compose", name, seed)
    bars = list(_bars(music, length, seed, name, style, random))
    dry = np.zeros((length, 2), np.float32)
    wet = np.zeros((length, 2), np.float32)
    pumped = np.zeros((length, 2), np.float32)
    for k, layer in enumerate(style.layers):
        own = random_of("layer", name, seed, k)
        bus = pumped if style.pump else dry
        for n in _play(layer, style, bars, own):
            sound = panned(_note(layer.instrument, n.pitch, _grid(n.held), round(n.velocity * 8) / 8), layer.pan)
            add(bus, sound, round(n.at), db(layer.level))
            if layer.wet > 0:
                add(wet, sound, round(n.at), db(layer.level) * layer.wet)
    if style.pump:
        dry += pumped * _pump(bars, length, style.pump)[:, None]
    _drums(style, bars, dry, wet, seed)
    if style.crackle:
        dry += _vinyl(random_of("vinyl", seed), length, style.crackle)[:, None]
    total = dry + _reverb(wet, style.reverb)
    total = band(total, low=28.0, high=style.top) if style.top < 16_000 else band(total, low=28.0)
    total = _glued(total)
    ring = length - round(bars[-1].beats[0]) if bars else length
    return edges(total, 0, min(ring // 2, round(1.2 * RATE)))


def _bars(music: Music, length: int, seed: int, name: str, style: Style, random: Random) -> Iterator[Bar]:
    """The bars of the piece with their chords."""
    beats = [float(b - music.start) for b in music.beats]
    downs = [float(d - music.start) for d in music.downbeats]
    parts = [float(s - music.start) for s in music.sections]
    if len(beats) < 2 or not downs:
        _, b, d, s = compose_beats(name, length, seed)
        beats, downs, parts = [float(x) for x in b], [float(x) for x in d], [float(x) for x in s]
    key = int(random.choice(style.keys))
    progression = style.chords[int(random.integers(0, len(style.chords)))]
    step = beats[1] - beats[0] if len(beats) > 1 else length / 4
    before: tuple[int, ...] = ()
    count = len(downs)
    for k, down in enumerate(downs):
        end = downs[k + 1] if k + 1 < count else float(length)
        inside = tuple(b for b in beats if down <= b < end) or (down,)
        final = k == count - 1 and count > 1
        offset, quality = (0, style.final) if final else progression[k % len(progression)]
        root = key + offset
        chord = _voiced([root + i for i in QUALITIES[quality]], before)
        before = chord
        if final:
            inside = tuple(down + i * step for i in range(4))
        part = 3 if final else _part(down, parts, count)
        yield Bar(beats=inside, end=max(end, inside[-1] + step) if final else end, root=root, chord=chord, part=part)


def _part(down: float, parts: list[float], count: int) -> int:
    if count <= 3:
        return 2
    index = sum(1 for p in parts if p <= down) - 1
    return min(max(index, 0), 2)


def _voiced(pitches: list[int], before: tuple[int, ...]) -> tuple[int, ...]:
    """The chord in the position around middle C that moves least from the chord before."""
    classes = sorted({p % 12 for p in pitches})
    best: tuple[float, tuple[int, ...]] = (1e9, ())
    for lowest in range(52, 65):
        if lowest % 12 not in classes:
            continue
        chord: list[int] = [lowest]
        for _ in classes[1:]:
            chord.append(next(p for p in range(chord[-1] + 1, chord[-1] + 13) if p % 12 in classes))
        centre = abs(float(np.mean(chord)) - 62.0)
        crowded = sum(2.0 for a, b in pairwise(chord) if b - a == 1)
        moved = float(np.mean([min(abs(p - q) for q in before) for p in chord])) if before else 0.0
        cost = moved + 0.35 * centre + crowded
        if cost < best[0]:
            best = (cost, tuple(chord))
    return best[1]


def _play(layer: Layer, style: Style, bars: list[Bar], random: Random) -> Iterator[Note]:
    """The notes of a layer over the whole piece."""
    if layer.part == "melody":
        yield from _melody(layer, style, bars, random)
        return
    for k, bar in enumerate(bars):
        if str(bar.part) not in layer.parts:
            continue
        following = bars[k + 1] if k + 1 < len(bars) else None
        yield from _figure(layer, style, bar, following, random)


def _bass(root: int) -> int:
    """The root in the octave of the bass, E1 to D#2."""
    return 28 + (root - 28) % 12


def _figure(layer: Layer, style: Style, bar: Bar, following: Bar | None, random: Random) -> Iterator[Note]:
    """One bar of an accompanying part."""
    whole, up = bar.end - bar.beats[0], 12 * layer.octave
    chord, bass = [p + up for p in bar.chord], _bass(bar.root) + up
    final = bar.part == 3
    long = whole if not final else whole * 1.5

    def steps(pattern: str) -> Iterator[tuple[float, float, float]]:
        """Tick, length to the next step and level of each step that sounds."""
        size = len(pattern)
        hits = [i for i, c in enumerate(pattern) if c != "."]
        for j, i in enumerate(hits):
            nxt = hits[j + 1] if j + 1 < len(hits) else size
            yield _swung(bar, i, size, style.swing), (nxt - i) / size * whole, _LEVELS[pattern[i]]

    match layer.part:
        case "chords":
            for p in chord:
                yield Note(at=bar.beats[0], pitch=p, held=long * 0.98, velocity=0.6)
        case "bass":
            pattern = "X......." if final else ("X.........o....." if style.swing else "X.......o.......")
            for at, held, level in steps(pattern):
                yield Note(at=at, pitch=bass, held=(long if final else held) * 0.92, velocity=0.85 * level)
        case "bass_eighths" | "bass_offbeat" | "bass_walk" if final:
            yield Note(at=bar.beats[0], pitch=bass, held=long * 0.6, velocity=0.85)
        case "bass_eighths":
            for j, (at, held, level) in enumerate(steps("X..oX.o.X..oX.oo")):
                yield Note(at=at, pitch=bass + (12 if j == 6 else 0), held=held * 0.8, velocity=0.9 * level)
        case "bass_offbeat":
            for j, (at, held, level) in enumerate(steps("..XX..XX..XX..Xo")):
                yield Note(at=at, pitch=bass + (12 if j % 2 else 0), held=held * 0.75, velocity=0.85 * level)
        case "bass_walk":
            goal = _bass(following.root) if following is not None else bass
            third = bass + (3 if (bar.root + 3) % 12 in {c % 12 for c in chord} else 4)
            near = goal + (1 if random.random() < 0.5 else -1)
            for j, pitch in enumerate((bass, third, bass + 7, near)[: len(bar.beats)]):
                at = bar.beats[j]
                yield Note(at=at, pitch=pitch, held=whole / len(bar.beats) * 0.9, velocity=0.85 if j % 2 == 0 else 0.75)
        case "strum" | "stabs" if final:
            for j, p in enumerate(chord):
                yield Note(at=bar.beats[0] + j * 0.012 * RATE, pitch=p, held=long, velocity=0.75)
        case "strum":
            for j, (at, held, level) in enumerate(steps("X...o.o...o.o.o.")):
                order = chord if j % 2 == 0 else chord[::-1]
                for i, p in enumerate(order):
                    yield Note(at=at + i * 0.009 * RATE, pitch=p + 12, held=held * 0.8, velocity=0.8 * level)
        case "stabs":
            pattern = ("X.....o.....o...", "X..o......o.....", "X.......o..o....")[bar.root % 3]
            for at, held, level in steps(pattern):
                for i, p in enumerate(chord):
                    yield Note(at=at + i * 0.006 * RATE, pitch=p, held=held * 0.85, velocity=0.75 * level)
        case "arpeggio" if final:
            for j, p in enumerate([chord[0], *chord, chord[0] + 12]):
                yield Note(at=bar.beats[0] + j * 0.05 * RATE, pitch=p, held=long, velocity=0.6)
        case "arpeggio":
            ladder = [*chord, chord[0] + 12]
            shape = (0, 1, 2, len(ladder) - 1, 2, 1, 2, 1)
            for j, (at, held, level) in enumerate(steps("X.o.o.o.X.o.o.o.")):
                yield Note(at=at, pitch=ladder[shape[j % 8] % len(ladder)], held=held * 2.2, velocity=0.68 * level + random.uniform(-0.05, 0.05))
        case "arpeggio_fast":
            ladder = [*chord, chord[0] + 12]
            if final:
                yield Note(at=bar.beats[0], pitch=chord[-1], held=long, velocity=0.6)
                return
            for j, (at, held, level) in enumerate(steps("XooXooXooXooXooo")):
                yield Note(at=at, pitch=ladder[(j * 3) % len(ladder)], held=held * 1.1, velocity=0.7 * level)
        case "ostinato":
            fifth, third = chord[0], chord[1] if len(chord) > 1 else chord[0]
            for j, (at, held, level) in enumerate(steps("XooXooXoXooXooXo" if bar.part == 2 else "X.o.X.o.X.o.X.o.")):
                pitch = (bar.root, third, fifth)[(0, 0, 1, 0, 0, 2, 0, 1)[j % 8]]
                yield Note(at=at, pitch=pitch if pitch > 40 else pitch + 12, held=held * 0.7, velocity=0.75 * level)
        case "bells":
            for _ in range(1 if final else 3):
                share = int(random.integers(0, 8)) / 8 if not final else 0.0
                pitch = int(random.choice(chord)) + 12
                yield Note(at=bar.at(share), pitch=pitch, held=whole * 0.6, velocity=float(random.uniform(0.4, 0.75)))
        case _:
            return


def _swung(bar: Bar, step: int, size: int, swing: float) -> float:
    """The tick of a step; with swing the second eighth of each beat comes late by that share of an eighth."""
    share = step / size
    if swing and size == 16:
        within = step % 4
        share += swing * (0.5 if within == 2 else 0.25 if within in (1, 3) else 0.0) / 4 * (1.0 if within == 2 else 0.8)
    return bar.at(share)


def _melody(layer: Layer, style: Style, bars: list[Bar], random: Random) -> Iterator[Note]:
    """A motif of one bar, answered in the next; chord tones on strong steps, steps of the scale between; the last note is the final chord's own."""
    rhythms = list(style.melody_steps)
    random.shuffle(rhythms)
    plan = (0, 1, 0, 2)
    turns = {k: [int(t) for t in random.choice([-2, -1, -1, 1, 1, 2], 16)] for k in range(3)}
    key = bars[0].root if bars else 60
    scale = sorted({(key + s) % 12 for s in style.scale})
    low, high = 60 + 12 * (layer.octave - 1) + 4, 60 + 12 * (layer.octave - 1) + 21
    pitch = (low + high) // 2
    sounding = [b for b in bars if str(b.part) in layer.parts]
    for k, bar in enumerate(sounding):
        tones = {p % 12 for p in bar.chord}
        if bar.part == 3:
            pitch = _nearest(pitch, {bar.root % 12}, low, high)
            yield Note(at=bar.beats[0], pitch=pitch, held=(bar.end - bar.beats[0]) * 1.2, velocity=0.8)
            continue
        kind = plan[k % 4]
        rhythm = rhythms[kind % len(rhythms)]
        hits = [i for i, c in enumerate(rhythm) if c != "."]
        for j, i in enumerate(hits):
            strong = i % 8 == 0 or j == 0
            wanted = pitch + 2 * turns[kind][j]
            wanted += 3 if wanted < low + 3 else -3 if wanted > high - 3 else 0
            pitch = _nearest(wanted, tones if strong else tones | set(scale), low, high, avoid=pitch if not strong else -1)
            nxt = hits[j + 1] if j + 1 < len(hits) else 16
            velocity = (0.82 if strong else 0.66) + float(random.uniform(-0.05, 0.05))
            yield Note(at=_swung(bar, i, 16, style.swing), pitch=pitch, held=(nxt - i) / 16 * (bar.end - bar.beats[0]) * 0.95, velocity=velocity)


def _nearest(pitch: int, classes: set[int], low: int, high: int, avoid: int = -1) -> int:
    options = [p for p in range(low, high + 1) if p % 12 in classes and p != avoid]
    return min(options, key=lambda p: abs(p - pitch)) if options else pitch


def _drums(style: Style, bars: list[Bar], dry: Wave, wet: Wave, seed: int) -> None:
    random = random_of("drums", seed)
    for beat in style.beats:
        sound = panned(_drum(beat.drum), beat.pan)
        for k, bar in enumerate(bars):
            if str(bar.part) not in beat.parts:
                continue
            size = len(beat.bar)
            last = k + 1 < len(bars) and bars[k + 1].part != bar.part
            for i, c in enumerate(beat.bar):
                level = _LEVELS[c] * random.uniform(0.92, 1.0)
                if level <= 0 or (last and beat.drum in ("hat", "shaker") and i >= size * 3 // 4):
                    continue
                at = round(_swung(bar, i, size, style.swing))
                add(dry, sound, at, db(beat.level) * level)
                add(wet, sound, at, db(beat.level) * level * beat.wet)


def _pump(bars: list[Bar], length: int, depth: float) -> Wave:
    """The side-chained breath of electronic music: down on each beat that the drum plays, up again before the next."""
    curve = np.ones(length, np.float32)
    for bar in bars:
        if bar.part not in (1, 2):
            continue
        for k, at in enumerate(bar.beats):
            end = bar.beats[k + 1] if k + 1 < len(bar.beats) else bar.end
            first, last = max(0, round(at)), min(length, round(end))
            u = np.linspace(0, 1, max(1, last - first), dtype=np.float32)
            curve[first:last] = 1 - depth * np.clip(1 - u / 0.7, 0, 1) ** 1.5 * np.minimum(1, u / 0.02)
    return curve


def _vinyl(random: Random, length: int, level: float) -> Wave:
    hiss = noise(random, length / RATE)[:length] * np.float32(0.12)
    clicks = (random.random(length) < 9 / RATE) * np.exp(random.normal(0, 0.7, length)) * 9
    return np.asarray(band(hiss + clicks.astype(np.float32), 500, 7000) * level, np.float32)


def _grid(held: float) -> float:
    """Held time in s on a coarse grid, so that like notes are made once."""
    return max(0.05, round(held / RATE * 25) / 25)


@lru_cache(maxsize=512)
def _note(instrument: str, pitch: int, seconds: float, velocity: float) -> Wave:
    return note(instrument, pitch, seconds, velocity)


@lru_cache(maxsize=32)
def _drum(name: str) -> Wave:
    return DRUMS[name]()


def _reverb(send: Wave, seconds: float) -> Wave:
    """A hall of that T60: highs die sooner than lows."""
    random = random_of("reverb", seconds)
    count = round(seconds * RATE)
    answer = np.zeros((count, 2), np.float32)
    for low, high, share in ((120, 900, 1.0), (900, 3500, 0.8), (3500, 9000, 0.45)):
        part = band(random.standard_normal((count, 2), np.float32), low, high, order=1)
        answer += part * fall(count / RATE, seconds * share, attack=0.025)[:, None]
    answer /= np.float32(np.sqrt(np.square(answer).sum() / 2))
    late = round(0.018 * RATE)
    out = np.zeros_like(send)
    for c in range(2):
        out[late:, c] = convolved(send[:, c], answer[:, c])[: len(send) - late]
    return out


def _glued(total: Wave) -> Wave:
    """The mix at -18 LUFS, its highest peaks rounded off softly."""
    loud = integrated(total)
    level = total * np.float32(db(-18.0 - loud)) if loud > -100 else total
    knee = np.float32(0.55)
    over = np.abs(level) > knee
    return np.where(over, np.sign(level) * (knee + (1 - knee) * np.tanh((np.abs(level) - knee) / (1 - knee))), level).astype(np.float32)
