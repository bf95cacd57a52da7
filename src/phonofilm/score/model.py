"""The score: everything timed, written once, on one clock. Plain frozen data; see ``json.py`` for its document form.

World units are metres, right-handed: x right, y up, z towards the viewer. Times are ticks. Angles inside cues are degrees.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from phonofilm.phones import Phone

VERSION = 1

Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]
Easing = Literal["linear", "smooth", "settle"]
SettingKind = Literal["photo", "footage", "studio", "place"]
Transition = Literal["cut", "dissolve", "dip", "whip", "push"]
#: where something stands in the frame, inside its safe margins
Spot = Literal["top left", "top", "top right", "left", "middle", "right", "bottom left", "bottom", "bottom right"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file of the score: its sha256, the name it had, and what it is."""

    sha256: str
    name: str
    kind: Literal["image", "video", "audio"]


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key of a camera path. ``orientation`` is w x y z, identity looks along -z; ``focal`` is mm on a frame whose longer side is 36."""

    tick: int
    position: Vector
    orientation: Quaternion = (1.0, 0.0, 0.0, 0.0)
    focal: float = 50.0


@dataclass(frozen=True, kw_only=True)
class Leg:
    """One of several moves in a row: its span in ticks, its family, and the amounts asked for and delivered."""

    start: int
    end: int
    family: str
    asked: float = 0.0
    delivered: float = 0.0


@dataclass(frozen=True, kw_only=True)
class CameraPath:
    """Where the camera is over a shot. ``family`` is the move; ``asked`` and ``delivered`` its amount in the family's unit.

    ``legs``: the moves of a path that has several, in order (``family`` is then the first one's). ``carry``: how much of the camera's way along
    x the actors of the shot share (1: they travel along, as in a tracking shot).
    """

    keys: tuple[Key, ...]
    easing: Easing = "smooth"
    family: str = "static"
    asked: float = 0.0
    delivered: float = 0.0
    subject: Vector = (0.0, 0.0, 0.0)
    handheld: float = 0.0
    carry: float = 0.0
    legs: tuple[Leg, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What is behind and around the actors of a shot.

    ``photo``: the picture that the actors were cut from, its plate behind them.
    ``footage``: a clip, from ``start`` of the clip at ``rate`` times its speed.
    ``studio``: a lit sweep in ``colours``, or a ``surface`` (wood, marble …), seen from ``elevation`` degrees above as the things on it were.
    ``place``: a drawn place with time of day and weather; of a photo the ``weather`` is what falls before and behind its subject.

    Where ``place`` is named for a photo, its subject is put before that drawn place and not before its plate; in a studio it lies behind the table.

    A photo was taken by a pinhole at the origin of the world, 1.5 m above its ground, with a ``lens`` (mm, 35 mm equivalent) whose axis
    meets the picture at ``principal`` (shares of its width and height). Its subject stands ``near`` metres away, its plate ``far``.
    ``pinned``: the shot's first or last frame is that photo itself, fitted to the film. ``wider``: how much of its width the photo of a person
    is continued by on its left and its right, where it has no room for the film; ``principal`` is then a place in the continued one.
    ``behind``: another picture before which the photo's subject is put; the photo is then that of both, and ``principal`` a place in it. Where it
    is a clip, that is played from ``start`` at ``rate``. ``fitted``: the photo lies whole on a blurred copy of itself, as the film would cut it off.
    """

    kind: SettingKind
    source: Source | None = None
    start: int = 0
    rate: float = 1.0
    place: str = ""
    hour: str = "day"
    weather: str = "clear"
    mood: str = ""
    colours: tuple[str, ...] = ()
    principal: tuple[float, float] = (0.5, 0.5)
    lens: float = 50.0
    near: float = 1.0
    far: float = 3.0
    pinned: Literal["", "first", "last"] = ""
    surface: str = ""
    elevation: float = 0.0
    wider: tuple[float, float] = (0.0, 0.0)
    behind: Source | None = None
    fitted: bool = False

    @property
    def moved(self) -> bool:
        """Whether the subject of a photo is before something that its photo does not show."""
        return self.kind == "photo" and (self.behind is not None or bool(self.place))


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody or something in front of the camera: a picture with a role, standing at ``place``; ``height`` in metres of its cut-out."""

    name: str
    source: Source
    role: str
    place: Vector = (0.0, 0.0, 0.0)
    height: float = 1.0
    face: int = 0


@dataclass(frozen=True, kw_only=True)
class Shot:
    """[start, end) of the film under one camera; ``grade`` names its light and look, ``words`` are the shot's own words from the prompt."""

    start: int
    end: int
    camera: CameraPath
    setting: Setting
    seen: tuple[str, ...] = ()
    transition: Transition = "cut"
    grade: str = ""
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a made sound is made again: text, language, voice, the ticks it may take (0: its own length), seed and model hash.

    ``pitch`` and ``pace`` are shares of the voice's own, above 1 higher and slower.
    """

    text: str
    language: str
    voice: str
    length: int = 0
    seed: int = 0
    model: str = ""
    pitch: float = 1.0
    pace: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Line:
    """Speech: heard from ``start``; drawn from the same phones (ticks of the film). ``actor`` empty: a narrator off screen.

    ``source`` is a recording (from its tick ``offset``), else ``recipe`` is spoken. ``inputs`` is the hash of what the phones came from.
    ``sung`` lets the music keep its level under it.
    """

    start: int
    end: int
    actor: str
    text: str
    language: str
    phones: tuple[Phone, ...] = ()
    source: Source | None = None
    offset: int = 0
    recipe: Recipe | None = None
    inputs: str = ""
    sung: bool = False
    kind: Literal["line"] = "line"


@dataclass(frozen=True, kw_only=True)
class Pose:
    """How a person holds themselves at ``tick``, away from the photo: the head's ``yaw`` to the picture's right, ``pitch`` up and ``roll`` clockwise,
    degrees; ``brow`` −1…1 lifts the brows, ``lids`` 0…1 shuts the eyes; the trunk's ``sway`` to the right and ``bob`` down, in heights of the face,
    and the ``lean`` of the shoulders clockwise, degrees. Between two poses all of them go evenly.
    """

    tick: int
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    brow: float = 0.0
    lids: float = 0.0
    sway: float = 0.0
    bob: float = 0.0
    lean: float = 0.0


#: the most that each part of a pose may be, to either side
MOST = {"yaw": 20.0, "pitch": 16.0, "roll": 20.0, "brow": 1.0, "lids": 1.0, "sway": 1.0, "bob": 0.5, "lean": 15.0}


@dataclass(frozen=True, kw_only=True)
class Motion:
    """An actor moves so over [start, end), instead of as the voice asks: the lips alone still follow the phones.

    ``source`` is the clip that was followed, from tick ``offset`` of it; the ``poses`` are all that it takes to play. ``parts``: what they tell of;
    a ``head`` (yaw, pitch, roll) or ``face`` (brow, lids) that is not there keeps its own acting.
    """

    start: int
    end: int
    actor: str
    poses: tuple[Pose, ...]
    source: Source | None = None
    offset: int = 0
    parts: tuple[Literal["head", "face", "trunk"], ...] = ("head", "face", "trunk")
    kind: Literal["motion"] = "motion"


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A limb touches a surface at ``start``: a foot on gravel, a hand on a table. ``strength`` 0…1, ``place`` where in the world."""

    start: int
    actor: str
    limb: str
    surface: str
    strength: float = 0.7
    place: Vector = (0.0, 0.0, 0.0)
    kind: Literal["contact"] = "contact"


@dataclass(frozen=True, kw_only=True)
class Impact:
    """Something hits at ``start``: a ball, a door. ``energy`` 0…1."""

    start: int
    actor: str
    material: str
    energy: float = 0.7
    place: Vector = (0.0, 0.0, 0.0)
    kind: Literal["impact"] = "impact"


@dataclass(frozen=True, kw_only=True)
class Music:
    """Music over [start, end): a recording from its tick ``offset``, or composed in ``style`` from the score's seed. Beats are ticks of the film."""

    start: int
    end: int
    source: Source | None = None
    offset: int = 0
    style: str = ""
    tempo: float = 0.0
    beats: tuple[int, ...] = ()
    downbeats: tuple[int, ...] = ()
    sections: tuple[int, ...] = ()
    level: float = 0.0
    kind: Literal["music"] = "music"


@dataclass(frozen=True, kw_only=True)
class Ambience:
    """The air of a place over [start, end): ``rain``, ``sea``, ``street``, ``room`` …"""

    start: int
    end: int
    sound: str
    level: float = 0.0
    kind: Literal["ambience"] = "ambience"


@dataclass(frozen=True, kw_only=True)
class Effect:
    """A sound named in the prompt or given as a file, whose onset is at ``start``; ``place`` pans it, ``level`` in dB."""

    start: int
    sound: str
    source: Source | None = None
    place: Vector = (0.0, 0.0, 0.0)
    level: float = 0.0
    kind: Literal["effect"] = "effect"


@dataclass(frozen=True, kw_only=True)
class Caption:
    """Words on the picture over [start, end). ``style``: ``subtitle``, ``title`` (kinetic type) or ``lower third``. ``colour``: as
    #rrggbb; empty for white. ``free``: boxes x0 y0 x1 y1, shares of the frame, that a title covers as little as it can. ``top``: a subtitle stands
    at the top of the frame, where at the bottom it would cover a mouth. ``place``: where a title stands; empty for where it covers least."""

    start: int
    end: int
    text: str
    language: str = "en"
    style: str = "subtitle"
    colour: str = ""
    free: tuple[tuple[float, float, float, float], ...] = ()
    top: bool = False
    place: Literal["", Spot] = ""
    kind: Literal["caption"] = "caption"


@dataclass(frozen=True, kw_only=True)
class Logo:
    """A mark shown over [start, end): on the ``end`` card, or small over the picture at its ``place``."""

    start: int
    end: int
    source: Source
    place: Literal["end", Spot] = "end"
    kind: Literal["logo"] = "logo"


Cue = Line | Motion | Contact | Impact | Music | Ambience | Effect | Caption | Logo


@dataclass(frozen=True, kw_only=True)
class Score:
    """One film on one clock. Shots tile [0, length). ``mood`` names its mood and style, ``style`` is a picture whose tones and colours it takes,
    ``remarks`` say what was not honoured. ``opens``: the tick at which the picture has come out of the dark (0: it is there at once); ``closes`` and
    ``closed``: the ticks from which it goes into the dark, and at which all of it is dark (0: it stays). ``bars``: the ratio of the picture between
    black bars above and below it (0: there are none)."""

    length: int
    width: int
    height: int
    seed: int
    shots: tuple[Shot, ...]
    cast: tuple[Actor, ...] = ()
    cues: tuple[Cue, ...] = ()
    mood: str = ""
    style: Source | None = None
    watermark: str = ""
    opens: int = 0
    closes: int = 0
    closed: int = 0
    bars: float = 0.0
    remarks: tuple[str, ...] = ()
    request: dict[str, object] = field(default_factory=dict[str, object])
    version: int = VERSION
