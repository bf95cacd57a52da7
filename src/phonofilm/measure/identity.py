"""Whether a film keeps the faces that it was given: every frame against each picture of somebody, and every shot against the others.

See ``likeness`` for what is compared. Where no picture is given, the first face of the film stands for it. Axes: ``h w`` rows and columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.errors import PhonofilmError
from phonofilm.measure.cuts import Cuts
from phonofilm.measure.embedding import Embed, distance, vector
from phonofilm.measure.film import Asked, Film, Shown
from phonofilm.measure.finding import Finding, Series, Value, held, not_applicable
from phonofilm.measure.likeness import Model
from phonofilm.media.read import read_picture
from phonofilm.vision.face import FaceFinder, Mesh

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

LEAST_HEIGHT = 40.0  # pixels of a face that is compared
RECOGNISED = TICKS_PER_SECOND // 4  # from one look of the user's face recogniser to the next, at
MOST_FACES = 6  # faces
FIRST = "the first face of the film"


@dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """A face that the film should show: its tag, what it is compared by, its picture and its height there in pixels."""

    tag: str
    model: Model
    picture: U8
    landmarks: F32
    vector: F64 | None = None


@dataclass(kw_only=True, eq=False)
class Kept:
    """The steadiest face of a shot: its luma, landmarks there, and how far it is turned away."""

    luma: U8
    landmarks: F32
    turned: float
    start: int


@dataclass(kw_only=True, eq=False)
class Track:
    """The comparisons with one known face, frame by frame."""

    at: list[int] = field(default_factory=list[int])
    look: list[float | None] = field(default_factory=list["float | None"])
    shape: list[float] = field(default_factory=list[float])
    heights: list[float] = field(default_factory=list[float])
    known_at: list[int] = field(default_factory=list[int])
    known: list[float] = field(default_factory=list[float])


class Identity:
    """The metric ``identity``."""

    def __init__(self, asked: Asked) -> None:
        self._known, self._not = known_faces(asked.references)
        self._embed = asked.embed
        self._next_known = 0
        if self._embed is not None:
            self._known = [replace(k, vector=vector(self._embed, k.picture, k.landmarks)) for k in self._known]
        self._given = bool(self._known)
        self._tracks: dict[str, Track] = {k.tag: Track() for k in self._known}
        self._cuts = Cuts()
        self._shots: list[Kept | None] = [None]
        self._faces = 0

    def see(self, shown: Shown) -> None:
        """Compare the faces of a frame."""
        before = len(self._cuts.found)
        self._cuts.see(shown)
        now = len(self._cuts.found)
        if now > before:
            self._shots.append(None)
        elif now < before:  # it was only a flash
            self._shots.pop()
        faces = [m for m in shown.faces if _height(m.landmarks) >= LEAST_HEIGHT]
        if not faces:
            return
        self._faces += 1
        if not self._known:
            luma, points = cropped(shown.y, faces[0].landmarks)
            self._known = [Known(tag=FIRST, model=Model(luma, points), picture=luma, landmarks=points)]
            self._tracks = {FIRST: Track()}
        for known in self._known:
            self._compare(known, shown, faces)
        if self._embed is not None and self._given and shown.at >= self._next_known:
            self._next_known = shown.at + RECOGNISED
            self._recognise(self._embed, shown, faces)
        self._keep(shown, faces[0])

    def finding(self, film: Film) -> Finding:
        """How like the faces are."""
        if not self._faces:
            return not_applicable("identity", "no face of 40 pixels or more is seen")
        values: list[Value] = [Value(name=f"{tag}: not compared", value=why) for tag, why in self._not.items()]
        series: list[Series] = []
        finder = FaceFinder()
        for known in self._known:
            track = self._tracks[known.tag]
            values += _values(known, track, finder, self._given)
            series.append(Series(name=f"look against {known.tag}", unit="distance", at=tuple(track.at), values=tuple(track.look)))
            if self._embed is not None and self._given:
                values += _recognised(known, track)
                name = f"embedding against {known.tag}"
                series.append(Series(name=name, unit="cosine distance", at=tuple(track.known_at), values=tuple(track.known)))
            series.append(Series(name=f"shape against {known.tag}", unit="of its spread", at=tuple(track.at), values=tuple(track.shape)))
        values += self._between_shots()
        return Finding(metric="identity", values=tuple(values), series=tuple(series))

    def _compare(self, known: Known, shown: Shown, faces: list[Mesh]) -> None:
        found = [(known.model.compare(shown.y, m.landmarks), m) for m in faces]
        likest, mesh = min(found, key=lambda pair: (pair[0].look is None, pair[0].look or 0.0, pair[0].shape))
        track = self._tracks[known.tag]
        track.at.append(shown.at)
        track.look.append(likest.look)
        track.shape.append(likest.shape)
        track.heights.append(_height(mesh.landmarks))

    def _recognise(self, embed: Embed, shown: Shown, faces: list[Mesh]) -> None:
        """What the user's recogniser says of the faces, some times a second."""
        found = [vector(embed, shown.rgb, m.landmarks) for m in faces[:MOST_FACES]]
        for known in self._known:
            if known.vector is not None:
                self._tracks[known.tag].known_at.append(shown.at)
                self._tracks[known.tag].known.append(min(distance(known.vector, v) for v in found))

    def _keep(self, shown: Shown, mesh: Mesh) -> None:
        turned = abs(mesh.yaw) + abs(mesh.pitch)
        kept = self._shots[-1]
        if kept is None or turned < kept.turned - 2:
            luma, points = cropped(shown.y, mesh.landmarks)
            start = kept.start if kept else shown.at
            self._shots[-1] = Kept(luma=luma, landmarks=points, turned=turned, start=start)

    def _between_shots(self) -> list[Value]:
        shots = [s for s in self._shots if s is not None]
        looks: list[float] = []
        for k, one in enumerate(shots):
            model = Model(one.luma, one.landmarks)
            found = [model.compare(o.luma, o.landmarks).look for j, o in enumerate(shots) if j != k]
            looks += [min(near)] if (near := [f for f in found if f is not None]) else []
        why = "" if looks else "fewer than two shots show a face from a like side"
        return [
            Value(name="shots with a face", value=len(shots)),
            Value(name="look from shot to the likest other, worst", value=max(looks) if looks else None, unit="distance", why=why),
        ]


def known_faces(references: Mapping[str, Path]) -> tuple[list[Known], dict[str, str]]:
    """The faces of pictures, and why others have none. The largest face of a picture counts."""
    finder = FaceFinder() if references else None
    known: list[Known] = []
    missing: dict[str, str] = {}
    for tag, path in references.items():
        try:
            picture = read_picture(path).rgb
        except (PhonofilmError, OSError):
            missing[tag] = "it is no picture"
            continue
        found = finder.find(picture) if finder else []
        if not found:
            missing[tag] = "no face is seen in it"
            continue
        luma = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
        known.append(Known(tag=tag, model=Model(luma, found[0].landmarks), picture=picture, landmarks=found[0].landmarks))
    return known, missing


def at_height(known: Known, height: float, finder: FaceFinder) -> float | None:
    """The look's distance of a picture from itself with the face only ``height`` pixels high: what the size alone costs."""
    factor = height / _height(known.landmarks)
    h, w = known.picture.shape[:2]
    small = np.asarray(cv2.resize(known.picture, (max(round(w * factor), 8), max(round(h * factor), 8)), interpolation=cv2.INTER_AREA), np.uint8)
    if small.ndim == 2:
        return None
    where = known.landmarks[:, :2].mean(0) * factor
    meshes = finder.find(small)
    if not meshes:
        return None
    mesh = min(meshes, key=lambda m: float(np.linalg.norm(m.landmarks[:, :2].mean(0) - where)))
    return known.model.compare(np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8), mesh.landmarks).look


def cropped(luma: U8, landmarks: F32) -> tuple[U8, F32]:
    """A face alone: its luma and its landmarks there."""
    low, high = landmarks[:468, :2].min(0), landmarks[:468, :2].max(0)
    room = 0.1 * (high - low)
    h, w = luma.shape
    x0, y0 = (max(int(v), 0) for v in low - room)
    x1, y1 = min(int(high[0] + room[0]) + 2, w), min(int(high[1] + room[1]) + 2, h)
    moved = landmarks.copy()
    moved[:, :2] -= np.array([x0, y0], np.float32)
    return np.ascontiguousarray(luma[y0 : max(y1, y0 + 2), x0 : max(x1, x0 + 2)]), moved


def _values(known: Known, track: Track, finder: FaceFinder, given: bool) -> list[Value]:
    looks = [v for v in track.look if v is not None]
    tag = known.tag
    why = "" if looks else "no face is turned as that one is" if track.at else "no face is seen"
    middle = float(np.median(looks)) if looks else None
    out = [held(f"{tag}: look, median", middle, "distance", "face look", why=why)]
    if not given:
        out = [Value(name=f"{tag}: look, median", value=middle, unit="distance", why=why)]
    goal = held("", 0.0, "", "face look").goal
    from_size = at_height(known, float(np.median(track.heights)), finder) if given and track.heights else None
    return [
        *out,
        Value(name=f"{tag}: look, 95th percentile", value=float(np.quantile(looks, 0.95)) if looks else None, unit="distance", why=why),
        Value(
            name=f"{tag}: look of the picture itself at that size",
            value=from_size,
            unit="distance",
            why="" if from_size is not None else "not comparable",
        ),
        Value(name=f"{tag}: frames with a look {goal}", value=_near(looks), why=why),
        Value(name=f"{tag}: shape, median", value=float(np.median(track.shape)) if track.shape else None, unit="of its spread", why=why),
        Value(name=f"{tag}: frames compared", value=len(looks)),
    ]


def _recognised(known: Known, track: Track) -> list[Value]:
    why = "" if track.known else "no face is seen"
    middle = float(np.median(track.known)) if track.known else None
    return [
        held(f"{known.tag}: embedding, median", middle, "cosine distance", "face embedding", why=why),
        Value(name=f"{known.tag}: embedding, farthest", value=max(track.known, default=None), unit="cosine distance", why=why),
    ]


def _near(looks: list[float]) -> float | None:
    return float(np.mean([held("", v, "", "face look").passed is True for v in looks])) if looks else None


def _height(landmarks: F32) -> float:
    return float(np.linalg.norm(landmarks[10, :2] - landmarks[152, :2]))
