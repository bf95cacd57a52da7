"""The Script: what a prompt says, as data. Spans are [start, end) characters of the prompt; times are ticks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Span = tuple[int, int]
#: where something stands in the frame; empty where nothing says so. A ``corner`` is one that is not named, a ``lower third`` a name beside a bar
Position = Literal[
    "", "top left", "top", "top right", "left", "middle", "right", "bottom left", "bottom", "bottom right", "corner", "lower third",
]  # fmt: skip
Role = Literal[
    "face", "outfit", "product", "subject", "background", "style", "logo", "first_frame", "last_frame",
    "motion", "camera", "edit_source", "footage", "music", "voice", "timbre", "effect",
]  # fmt: skip
Move = Literal[
    "static", "push_in", "pull_out", "tracking", "pan_left", "pan_right", "tilt_up", "tilt_down", "crane_up", "crane_down",
    "dolly_zoom", "orbit_left", "orbit_right", "truck_left", "truck_right", "pedestal_up", "pedestal_down",
    "roll_left", "roll_right", "zoom_in", "zoom_out", "handheld",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A place in the prompt that names a reference; ``tag`` is that reference's own tag.

    ``shot`` is the shot that it stands in, ``at`` a tick where a time is said in its sentence.
    """

    tag: str
    span: Span
    shot: int = 0
    at: int | None = None


@dataclass(frozen=True, kw_only=True)
class Binding:
    """What a reference is for. ``why`` says where that was read: words, tag, kind or assumed."""

    tag: str
    role: Role
    why: Literal["words", "tag", "kind"]


@dataclass(frozen=True, kw_only=True)
class CameraMove:
    """One move: ``speed`` 1 is the default pace (0.5 slow, 2 fast), ``amount`` scales the family's default, ``degrees`` where a number was given."""

    move: Move
    span: Span
    speed: float = 1.0
    amount: float = 1.0
    degrees: float = 0.0


@dataclass(frozen=True, kw_only=True)
class SpokenLine:
    """Words to say. ``speaker`` is a tag, a noun ("she") or empty for a narrator; ``language`` a code: en zh yue ja ko es fr de.

    ``gender`` of who speaks, female or male, where the words before the line tell it; ``accent``, british or american, likewise; else empty.
    """

    text: str
    span: Span
    language: str
    speaker: str = ""
    narration: bool = False
    shot: int = 0
    at: int | None = None
    gender: str = ""
    accent: str = ""


@dataclass(frozen=True, kw_only=True)
class TitleWish:
    """Words asked to be seen. ``shot`` is the one that they stand in, ``at`` a tick where one was given, ``closing``: they come at its end,
    ``opening``: at once and not for all of it; ``card``: on an end card. ``colour`` as #rrggbb where one was named
    for them. ``place`` is where they are to stand, said at ``place_span``.
    """

    text: str
    span: Span
    shot: int = 0
    at: int | None = None
    closing: bool = False
    opening: bool = False
    card: bool = False
    colour: str = ""
    place: Position = ""
    place_span: Span | None = None


@dataclass(frozen=True, kw_only=True)
class LogoWish:
    """Where the words want a logo, at ``span``, and whether only at the end (``closing``)."""

    place: Position
    span: Span
    closing: bool = False


@dataclass(frozen=True, kw_only=True)
class SoundWish:
    """A sound named in the prompt: ``sound`` is a name of the sound table, ``ambience`` if it lasts.

    ``at``: a tick where one was given; ``closing``: it comes at the end; ``times``: how often, 0 where the words do not say; ``beside``: its words
    say that it is heard along with what is said, or only list it, so that its place among the lines tells nothing.
    """

    sound: str
    span: Span
    ambience: bool
    shot: int = 0
    at: int | None = None
    closing: bool = False
    times: int = 0
    beside: bool = False


@dataclass(frozen=True, kw_only=True)
class ScriptShot:
    """One shot of the prompt: its span, its time where one was given, its moves in order, the tags it shows, its own place, hour and weather.

    ``framing`` says how it is taken: extreme_close_up close_up medium wide extreme_wide low_angle high_angle overhead over_shoulder pov aerial
    shallow_focus slow_motion. ``ending`` is how it goes out where that is said of the last words: cut (to black), dip or dissolve.
    """

    span: Span
    start: int | None = None
    end: int | None = None
    moves: tuple[CameraMove, ...] = ()
    mentions: tuple[str, ...] = ()
    transition: str = "cut"
    place: str = ""
    hour: str = ""
    weather: str = ""
    framing: tuple[str, ...] = ()
    ending: str = ""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Place, hour, weather, light, mood, style, music wish, and the surface that things stand on; empty where nothing was said.

    ``subjects`` and ``actions`` as written, ``scenery`` those subjects that drawn places have. ``indoors``: it is said to be inside, or behind a
    window. ``behind``: the place is said to be the background.
    """

    place: str = ""
    hour: str = ""
    weather: str = ""
    light: str = ""
    mood: str = ""
    style: str = ""
    music: str = ""
    subjects: tuple[str, ...] = ()
    scenery: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    surface: str = ""
    indoors: bool = False
    behind: bool = False


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something read but not understood, or understood and not honoured."""

    text: str
    span: Span | None = None


@dataclass(frozen=True, kw_only=True)
class Script:
    """The whole reading of a prompt.

    ``titles`` are words asked to be seen ("the title says …"); ``refused`` what must not be there: music, text, captions, speech …
    ``ratio`` and ``seconds``: the film's, where the words name them (empty and 0: they do not). ``captions_colour`` as #rrggbb where one is named.
    ``avoided``: moves that the words refuse ("no zoom"), which no shot has unless it is asked for elsewhere. ``bars``: the ratio of the picture
    between black bars, 0 for none. ``at_words``: tags that are to be seen when words of a line are spoken, each with those words.
    ``legible``: tags of what is to be read (a page, a slide, a map), which must be seen whole.
    ``captions_place``: where captions are to stand. ``joining``: the transition between all shots ("whip transitions"), empty where none is named.
    ``cutting``: how often pictures change where nothing else says it.
    """

    prompt: str
    language: str
    mentions: tuple[Mention, ...] = ()
    bindings: tuple[Binding, ...] = ()
    shots: tuple[ScriptShot, ...] = ()
    lines: tuple[SpokenLine, ...] = ()
    sounds: tuple[SoundWish, ...] = ()
    scene: Scene = Scene()
    titles: tuple[TitleWish, ...] = ()
    captions: bool | None = None
    refused: frozenset[str] = frozenset()
    ratio: str = ""
    seconds: int = 0
    captions_colour: str = ""
    captions_place: Position = ""
    logo: LogoWish | None = None
    avoided: frozenset[Move] = frozenset()
    bars: float = 0.0
    joining: str = ""
    cutting: Literal["", "fast", "slow"] = ""
    at_words: tuple[tuple[str, str], ...] = ()
    legible: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def ends_on_card(self) -> bool:
        """Whether any words are asked for on an end card."""
        return any(title.card for title in self.titles)

    def role(self, tag: str) -> Role | None:
        """The role that a reference was given, None for an unknown tag."""
        return next((b.role for b in self.bindings if b.tag == tag), None)
