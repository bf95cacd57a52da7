"""The styles of composed music, as data: harmony, and which instrument plays what, when, how loud and where.

A drum pattern is one bar of sixteen steps (of twelve for swing and waltz feel when it has twelve): ``.`` rest, ``-`` soft, ``o`` usual, ``X`` loud.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Part = Literal[
    "chords", "stabs", "strum", "arpeggio", "arpeggio_fast", "bass", "bass_eighths", "bass_offbeat", "bass_walk", "ostinato", "melody", "bells"
]


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A player. ``level`` in dB; ``parts`` it plays in: 0 intro, 1 first, 2 second, 3 final chord; ``wet``: its share in the reverb."""

    instrument: str
    part: Part
    level: float = 0.0
    pan: float = 0.0
    wet: float = 0.2
    parts: str = "0123"
    octave: int = 0


@dataclass(frozen=True, kw_only=True)
class Beat:
    """A drum and its bar."""

    drum: str
    bar: str
    level: float = 0.0
    pan: float = 0.0
    parts: str = "12"
    wet: float = 0.06


@dataclass(frozen=True, kw_only=True)
class Style:
    """``chords``: progressions as (semitones above the key, quality), one a bar. ``scale``: semitones of the melody. ``keys``: MIDI.

    ``swing``: how late the second eighth of a beat comes, in eighths; ``reverb``: its T60 in s; ``final``: quality of the last chord;
    ``pump``: depth of the side-chain 0…1; ``crackle``: level of a worn record; ``top``: Hz above which nothing is left.
    """

    chords: tuple[tuple[tuple[int, str], ...], ...]
    scale: tuple[int, ...]
    layers: tuple[Layer, ...]
    beats: tuple[Beat, ...] = ()
    keys: tuple[int, ...] = (48, 50, 52, 53, 55, 57)
    swing: float = 0.0
    reverb: float = 1.3
    final: str = "maj"
    pump: float = 0.0
    crackle: float = 0.0
    top: float = 20_000.0
    melody_steps: tuple[str, ...] = ("x..x..x.x.....x.", "x...x..x..x.x...", "x.x.x...x..x....")


QUALITIES: dict[str, tuple[int, ...]] = {
    "maj": (0, 4, 7), "min": (0, 3, 7), "sus2": (0, 2, 7), "sus4": (0, 5, 7), "add9": (0, 4, 7, 14), "maj7": (0, 4, 7, 11), "min7": (0, 3, 7, 10),
    "dom7": (0, 4, 7, 10), "min9": (0, 3, 7, 10, 14), "maj9": (0, 4, 7, 11, 14), "dom9": (0, 4, 10, 14), "five": (0, 7, 12),
}  # fmt: skip
_MAJOR = (0, 2, 4, 7, 9)
_MINOR = (0, 3, 5, 7, 10)

STYLES: dict[str, Style] = {
    "upbeat": Style(
        chords=(
            ((0, "maj"), (7, "maj"), (9, "min"), (5, "maj")),
            ((0, "maj"), (5, "maj"), (9, "min"), (7, "maj")),
            ((0, "maj"), (9, "min"), (5, "maj"), (7, "maj")),
        ),
        scale=_MAJOR,
        layers=(
            Layer(instrument="ukulele", part="strum", level=-5, pan=-0.3, wet=0.12),
            Layer(instrument="guitar", part="arpeggio", level=-9, pan=0.4, wet=0.15, parts="012"),
            Layer(instrument="bass", part="bass_eighths", level=-3, wet=0.0, parts="123"),
            Layer(instrument="glockenspiel", part="melody", level=-9, pan=0.12, wet=0.3, parts="23", octave=2),
            Layer(instrument="piano", part="stabs", level=-10, pan=0.15, wet=0.15, parts="2"),
            Layer(instrument="pad", part="chords", level=-19, wet=0.4, parts="123"),
        ),
        beats=(
            Beat(drum="kick", bar="X.....o.X.......", level=-1),
            Beat(drum="clap", bar="....X.......X...", level=-6, wet=0.15),
            Beat(drum="hat", bar="o.-.o.-.o.-.o.-.", level=-13, pan=0.25),
            Beat(drum="shaker", bar="-.o.-.o.-.o.-.o.", level=-15, pan=-0.35, parts="012"),
            Beat(drum="crash", bar="X...............", level=-13, parts="3", pan=0.2),
            Beat(drum="kick", bar="X...............", level=-1, parts="3"),
        ),
        reverb=0.9,
    ),
    "calm": Style(
        chords=(
            ((0, "add9"), (9, "min7"), (5, "maj7"), (7, "sus4")),
            ((0, "maj7"), (5, "maj7"), (9, "min7"), (7, "maj")),
            ((5, "maj7"), (0, "add9"), (9, "min7"), (7, "sus4")),
        ),
        scale=_MAJOR,
        layers=(
            Layer(instrument="guitar", part="arpeggio", level=-6, pan=-0.25, wet=0.3),
            Layer(instrument="warm_pad", part="chords", level=-13, wet=0.45),
            Layer(instrument="bass", part="bass", level=-6, wet=0.03, parts="123"),
            Layer(instrument="felt_piano", part="melody", level=-4, pan=0.2, wet=0.4, parts="123", octave=1),
        ),
        reverb=1.9,
        melody_steps=("x.......x...x...", "....x...x.......", "x.....x...x....."),
    ),
    "epic": Style(
        chords=(
            ((0, "min"), (8, "maj"), (3, "maj"), (10, "maj")),
            ((0, "min"), (5, "min"), (8, "maj"), (7, "maj")),
            ((0, "min"), (3, "maj"), (8, "maj"), (10, "maj")),
        ),
        scale=_MINOR,
        layers=(
            Layer(instrument="spiccato", part="ostinato", level=-7, pan=-0.25, wet=0.3, parts="012", octave=-1),
            Layer(instrument="strings", part="chords", level=-8, pan=0.15, wet=0.4, parts="123"),
            Layer(instrument="brass", part="chords", level=-12, pan=-0.1, wet=0.35, parts="23", octave=-1),
            Layer(instrument="choir", part="chords", level=-14, wet=0.5, parts="23"),
            Layer(instrument="strings", part="melody", level=-9, pan=0.25, wet=0.4, parts="2", octave=1),
            Layer(instrument="sub", part="bass", level=-9, wet=0.0),
            Layer(instrument="strings", part="bass", level=-9, wet=0.3, octave=0, pan=0.2),
        ),
        beats=(
            Beat(drum="taiko", bar="X.....o.X..-o...", level=-3, parts="1", wet=0.3),
            Beat(drum="taiko", bar="X..oX.o.X.-oX.oo", level=-2, parts="2", wet=0.3, pan=-0.1),
            Beat(drum="taiko", bar="X...............", level=-3, parts="03", wet=0.4),
            Beat(drum="snare", bar="....-.......-.--", level=-16, parts="2", wet=0.3, pan=0.2),
            Beat(drum="crash", bar="X...............", level=-13, parts="3", wet=0.3),
        ),
        keys=(45, 48, 50, 52),
        reverb=2.2,
        final="min",
        melody_steps=("x.......x...x...", "x...........x...", "x.....x.x......."),
    ),
    "piano": Style(
        chords=(
            ((0, "maj"), (7, "maj"), (9, "min"), (5, "maj")),
            ((9, "min"), (5, "maj"), (0, "maj"), (7, "maj")),
            ((0, "add9"), (4, "min"), (5, "maj7"), (7, "sus4")),
        ),
        scale=_MAJOR,
        layers=(
            Layer(instrument="piano", part="arpeggio", level=-5, pan=-0.12, wet=0.3, octave=-1),
            Layer(instrument="piano", part="bass", level=-5, pan=-0.15, wet=0.25),
            Layer(instrument="piano", part="melody", level=-1, pan=0.12, wet=0.35, parts="123", octave=1),
            Layer(instrument="strings", part="chords", level=-19, wet=0.5, parts="23"),
        ),
        reverb=1.8,
        melody_steps=("x...x...x.x.....", "x.....x.x...x...", "....x.x.x......."),
    ),
    "electronic": Style(
        chords=(
            ((0, "min7"), (8, "maj7"), (3, "maj"), (10, "maj")),
            ((0, "min"), (10, "maj"), (8, "maj7"), (10, "sus4")),
            ((8, "maj7"), (10, "maj"), (0, "min7"), (0, "min7")),
        ),
        scale=_MINOR,
        layers=(
            Layer(instrument="pluck", part="arpeggio_fast", level=-10, pan=0.2, wet=0.3, octave=1),
            Layer(instrument="synth_bass", part="bass_offbeat", level=-3, wet=0.0, parts="123", octave=0),
            Layer(instrument="pad", part="chords", level=-10, wet=0.4),
            Layer(instrument="pluck", part="stabs", level=-9, pan=-0.2, wet=0.3, parts="23"),
            Layer(instrument="sub", part="bass", level=-12, wet=0.0, parts="123"),
        ),
        beats=(
            Beat(drum="hard_kick", bar="X...X...X...X...", level=0),
            Beat(drum="clap", bar="....X.......X...", level=-7, wet=0.2),
            Beat(drum="open_hat", bar="..o...o...o...o.", level=-14, pan=0.15),
            Beat(drum="hat", bar="o-.-o-.-o-.-o-.-", level=-17, pan=-0.2, parts="2"),
            Beat(drum="soft_kick", bar="X...X...X...X...", level=-6, parts="0"),
            Beat(drum="crash", bar="X...............", level=-14, parts="3"),
            Beat(drum="hard_kick", bar="X...............", level=0, parts="3"),
        ),
        keys=(45, 48, 50, 53),
        reverb=1.5,
        final="min7",
        pump=0.55,
    ),
    "lofi": Style(
        chords=(
            ((2, "min9"), (7, "dom9"), (0, "maj9"), (9, "min7")),
            ((5, "maj7"), (4, "min7"), (2, "min9"), (0, "maj9")),
            ((0, "maj9"), (9, "min7"), (2, "min9"), (7, "dom9")),
        ),
        scale=_MAJOR,
        layers=(
            Layer(instrument="e_piano", part="stabs", level=-3, pan=-0.1, wet=0.18),
            Layer(instrument="bass", part="bass", level=-3, wet=0.0, parts="123"),
            Layer(instrument="felt_piano", part="melody", level=-8, pan=0.25, wet=0.3, parts="23", octave=1),
            Layer(instrument="warm_pad", part="chords", level=-19, wet=0.3),
        ),
        beats=(
            Beat(drum="soft_kick", bar="X......o..X.....", level=0),
            Beat(drum="lofi_snare", bar="....X.......X...", level=-5, wet=0.1),
            Beat(drum="hat", bar="o.-.o.-.o.-.o.-.", level=-17, pan=0.2, parts="012"),
            Beat(drum="soft_kick", bar="X...............", level=0, parts="3"),
        ),
        swing=0.16,
        reverb=1.0,
        final="maj9",
        crackle=0.012,
        top=6500,
        melody_steps=("..x...x.x.......", "x.....x...x.....", "....x.x.....x..."),
    ),
    "jazz": Style(
        chords=(
            ((2, "min7"), (7, "dom9"), (0, "maj7"), (9, "dom7")),
            ((0, "maj7"), (9, "dom7"), (2, "min7"), (7, "dom9")),
            ((5, "maj7"), (4, "min7"), (2, "min7"), (7, "dom7")),
        ),
        scale=(0, 2, 4, 5, 7, 9, 11),
        layers=(
            Layer(instrument="upright", part="bass_walk", level=0, wet=0.04),
            Layer(instrument="e_piano", part="stabs", level=-7, pan=-0.25, wet=0.15),
            Layer(instrument="vibes", part="melody", level=-4, pan=0.25, wet=0.25, parts="123", octave=1),
        ),
        beats=(
            Beat(drum="ride", bar="X..o.oX..o.o", level=-13, pan=0.2, parts="012", wet=0.1),
            Beat(drum="hat", bar="...X.....X..", level=-13, pan=-0.25),
            Beat(drum="brush", bar="...o.....o.-", level=-11, pan=0.05),
            Beat(drum="soft_kick", bar="-.....-.....", level=-9),
            Beat(drum="ride", bar="X...........", level=-12, parts="3", wet=0.15),
        ),
        swing=0.33,
        reverb=1.0,
        final="maj9",
        melody_steps=("x..x..x.......x.", "..x.x...x.x.....", "x.x...x..x......"),
    ),
    "ambient": Style(
        chords=(
            ((0, "add9"), (5, "maj9"), (9, "min9"), (5, "maj7")),
            ((0, "maj9"), (9, "min9"), (5, "maj9"), (7, "sus2")),
        ),
        scale=_MAJOR,
        layers=(
            Layer(instrument="warm_pad", part="chords", level=-4, wet=0.6),
            Layer(instrument="choir", part="chords", level=-15, wet=0.7, parts="123", octave=0),
            Layer(instrument="sub", part="bass", level=-10, wet=0.1),
            Layer(instrument="bells", part="bells", level=-11, pan=0.3, wet=0.7, octave=1),
            Layer(instrument="felt_piano", part="bells", level=-9, pan=-0.3, wet=0.6, parts="123"),
        ),
        reverb=3.2,
        final="add9",
    ),
}  # fmt: skip
