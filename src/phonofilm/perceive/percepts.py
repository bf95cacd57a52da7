"""What was seen and heard in a reference. Axes: h w pixels, c channels, s samples. Pictures are RGB u8, mattes u8."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from phonofilm.perceive.later import Later

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]

SubjectKind = Literal["person", "animal", "object", "drawing", "none"]
SoundKind = Literal["speech", "singing", "music", "effect", "silence"]

WHOLE = frozenset({"background", "style", "first frame", "last frame", "logo"})  # roles whose picture is used as it is


@dataclass(frozen=True, kw_only=True, eq=False)
class Face:
    """One face of a picture.

    ``landmarks``: f32[478 3], x y in pixels of ``Picture.image``, z in the same unit, the MediaPipe mesh (468) and irises (10).
    ``box`` x0 y0 x1 y1; ``yaw`` positive to the picture's right, ``pitch`` positive up, ``roll`` positive clockwise, degrees; ``score`` 0…1.
    ``mouth_open``: inner lip gap by face height. ``glasses`` 0…1; ``masculine`` 0 (looks a woman's) … 1 (a man's).
    """

    landmarks: F32
    box: tuple[float, float, float, float]
    yaw: float
    pitch: float
    roll: float
    score: float
    mouth_open: float
    glasses: float = 0.0
    masculine: float = 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """A prepared picture: upright, sRGB, small ones enlarged (``scale`` times), its subject's matte, and the plate behind the subject.

    ``plate`` is the picture with the subject filled in from its surroundings. ``foreground`` u8[h w 3]: the subject's own colours, carried outwards
    over its edge: lay it with ``matte`` over anything (None only in hand-made pictures: then ``image`` serves). ``ground`` is the subject's contact
    line, a pixel row.
    ``palette``: colours as #rrggbb, most of the picture first. ``faces`` largest first. ``pose``: f32[33 4] x y z visibility, or None.
    ``beyond``: so many columns and rows the plate goes on beyond each border of the picture.
    """

    source: str
    image: U8
    matte: U8
    plate: U8
    scale: float
    subject: SubjectKind
    subject_box: tuple[int, int, int, int] | None
    ground: float
    faces: tuple[Face, ...]
    palette: tuple[str, ...]
    pose: F32 | None
    has_alpha: bool
    remarks: tuple[str, ...] = ()
    foreground: U8 | None = None
    beyond: tuple[int, int] = (0, 0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Sound:
    """A prepared recording: ``samples`` f32[s 2] at 48 kHz; ``speech`` its spans in ticks; beats, downbeats, sections and onsets in ticks, none
    where plainly somebody speaks.

    ``voice`` f32[s] is the singer's part of its beginning, drawn out of the music; None where nobody sings.
    """

    source: str
    samples: F32
    kind: SoundKind
    speech: tuple[tuple[int, int], ...]
    tempo: float
    beats: tuple[int, ...]
    downbeats: tuple[int, ...]
    sections: tuple[int, ...]
    onsets: tuple[int, ...]
    loudness: float
    remarks: tuple[str, ...] = ()
    voice: F32 | None = None


@dataclass(frozen=True, kw_only=True)
class CameraWay:
    """How the camera of a clip's longest shot moves: ``family`` of the score's moves (``handheld`` where it only sways; empty where it cannot be
    told, then ``why``), its ``amount`` in the family's unit, and ``pace``: how much of it is done at evenly spaced instants, 0…1.

    ``shake``: the unrest of a held camera in degrees, 0 on a stand. ``seconds``: how long that shot is. ``lens``: the one (mm) through which that
    amount shows what is seen in the clip, where nothing told its own; 0 where the amount does not hang on a lens.
    """

    family: str
    amount: float
    shake: float
    pace: tuple[float, ...]
    seconds: float
    lens: float = 0.0
    why: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Performer:
    """How the person of a clip's longest shot moves while in sight: ``frames`` rows of 24 a second from tick ``start`` of the clip; None where that
    cannot be told.

    ``head`` f32[n 3]: yaw to the picture's right, pitch up, roll clockwise, degrees, as filmed. ``lids`` f32[n]: how far the eyes are shut, 0…1.
    ``brow`` f32[n]: how far the brows are above their usual place, in heights of the face. ``trunk`` f32[n 3]: where the neck is, right and down of
    its usual place in heights of the face, and how the shoulders tilt clockwise beside usual, degrees. ``why``: why nothing can be told.
    """

    start: int
    frames: int
    head: F32 | None = None
    lids: F32 | None = None
    brow: F32 | None = None
    trunk: F32 | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Clip:
    """A prepared clip: a constant-rate 24 fps copy at ``path``; ``cuts`` and ``accents`` (motion peaks) in ticks of it; ``sound`` if it has one.

    ``camera``: how its camera moves, and ``performer``: how its person does, where that was asked.
    """

    source: str
    path: Path
    width: int
    height: int
    length: int
    cuts: tuple[int, ...]
    accents: tuple[int, ...]
    sound: Sound | None
    faces: int
    remarks: tuple[str, ...] = ()
    camera: CameraWay | None = None
    performer: Performer | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Percepts:
    """Everything perceived, by the tag of its reference.

    ``later``: pictures that are still to be finished, by ``source``: of those ``pictures`` holds all but ``plate`` (the picture itself stands in for
    it) and ``foreground``. ``copies``: clips whose copy is still to be written.
    """

    pictures: dict[str, Picture]
    sounds: dict[str, Sound]
    clips: dict[str, Clip]
    later: Mapping[str, Later[Picture]] = field(default_factory=dict[str, Later[Picture]])
    copies: Mapping[str, Later[Clip]] = field(default_factory=dict[str, Later[Clip]])

    def whole(self) -> Percepts:
        """The same with every picture and clip finished, as soon as it is."""
        for part in (*self.later.values(), *self.copies.values()):
            part.begin()
        pictures = {tag: self.later[p.source].result() if p.source in self.later else p for tag, p in self.pictures.items()}
        clips = {tag: self.copies[c.source].result() if c.source in self.copies else c for tag, c in self.clips.items()}
        return replace(self, pictures=pictures, clips=clips, later={}, copies={})
