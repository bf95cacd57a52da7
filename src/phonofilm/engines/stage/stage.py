"""The stage: the built-in engine. It plays a score on a CPU from the user's own files, frames by threads, sound mixed up front."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import FRAMES_PER_SECOND, TICKS_PER_FRAME, TICKS_PER_SECOND, frame_at, frame_middle
from phonofilm.engines.base import Capabilities, Chunk
from phonofilm.engines.stage.acting import performances_of
from phonofilm.engines.stage.finish import Finish
from phonofilm.engines.stage.footage import Footage
from phonofilm.engines.stage.scene import Scene, build_scene, live
from phonofilm.engines.stage.sound.effects import supported
from phonofilm.engines.stage.sound.mix import Mix, mix
from phonofilm.engines.stage.style import Style
from phonofilm.media.colour import to_i420
from phonofilm.memory import give_back
from phonofilm.progress import Progress
from phonofilm.score.camera import FAMILIES
from phonofilm.score.materials import Materials, sources
from phonofilm.score.model import Line, Score, Shot

U8 = NDArray[np.uint8]
FIRST_FRAMES, CHUNK_FRAMES = 2, 6  # of the first chunk, so that coding begins soon, and of the others
#: frames of a shot after which nothing of the one before it is drawn any more: its longest crossing, and what may be in work
LINGER = 24
#: ticks in which a film comes out of the dark
OPENING = TICKS_PER_SECOND
#: frames over which one shot gives way to the next, by transition
CROSSING = {"cut": 0, "dissolve": 12, "dip": 10, "whip": 8, "push": 10}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The built-in engine; ``workers`` threads draw frames (0: one a core). The number of workers does not change a pixel."""

    workers: int = 0

    @property
    def capabilities(self) -> Capabilities:
        """What the stage can honour."""
        return Capabilities(
            name="stage",
            about="films your own pictures, clips and recordings on a CPU",
            roles=frozenset(
                "face product subject background logo first_frame last_frame footage edit_source motion camera style "
                "music voice timbre effect".split()
            ),
            moves=frozenset(FAMILIES),
            sounds=supported(),
        )

    def sound(self, score: Score, materials: Materials) -> Mix:
        """The whole film's sound, mixed from the cues."""
        heard = {s.sha256: materials.sound(s).samples for s in sources(score) if s.kind != "image" and s.sha256 in materials.sounds}
        lines = {k: materials.line(cue) for k, cue in enumerate(score.cues) if isinstance(cue, Line)}
        return mix(score, heard, lines)

    def play(self, score: Score, materials: Materials, *, progress: Progress) -> Iterator[Chunk]:
        """Yield the film in chunks of frames and samples. Closing the generator stops the work."""
        cv2.setNumThreads(1)
        num_workers = self.workers or min(4, os.cpu_count() or 1)
        pool = ThreadPoolExecutor(num_workers, thread_name_prefix="stage")
        try:
            progress("mixing the sound")
            sound = pool.submit(self.sound, score, materials)
            film = _Film(score, materials, performances_of(score, materials), Finish.of(score, materials), pool)
            waiting: deque[Future[None]] = deque()
            total = score.length // TICKS_PER_FRAME
            chunks: deque[U8] = deque()
            starts = {0, *range(FIRST_FRAMES, total, CHUNK_FRAMES)}
            start = done = begun = 0
            for frame in range(total):
                if frame in starts:
                    begun, long = frame, FIRST_FRAMES if frame == 0 else CHUNK_FRAMES
                    chunks.append(np.empty((min(long, total - frame), score.height * 3 // 2, score.width), np.uint8))
                waiting.append(film.submit(frame, chunks[-1][frame - begun]))
                while waiting and (len(waiting) > num_workers + 2 or frame == total - 1):
                    waiting.popleft().result()
                    done += 1
                    if done == start + len(chunks[0]):
                        span = slice(start * TICKS_PER_FRAME, done * TICKS_PER_FRAME)
                        yield Chunk(start=start * TICKS_PER_FRAME, frames=chunks.popleft(), sound=sound.result().samples[span])
                        if not start:
                            materials.begin()  # what later shots need, now that there is a picture to code
                        start = done
                        progress("filming", done / total)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def draw_frame(score: Score, materials: Materials, frame: int) -> U8:
    """One frame u8[h w 3] drawn on its own, the same pixels as in the film."""
    film = _Film(score, materials, performances_of(score, materials), Finish.of(score, materials), None)
    return film.picture(frame, film.footage(frame))


class _Film:
    """The scenes of a score, each built when its shot is near and dropped when it is over."""

    def __init__(self, score: Score, materials: Materials, performances: object, finish: Finish, pool: ThreadPoolExecutor | None) -> None:
        self.score, self.materials, self.performances, self.finish, self.pool = score, materials, performances, finish, pool
        self.scenes: dict[int, Future[Scene | Footage]] = {}
        self.style = Style.of(materials.picture(score.style).image) if score.style is not None else None

    def _index(self, frame: int) -> int:
        tick = frame_middle(frame)
        return next(k for k, shot in enumerate(self.score.shots) if shot.start <= tick < shot.end)

    def _scene(self, k: int) -> Future[Scene | Footage]:
        if k not in self.scenes:
            shot = self.score.shots[k]
            if self.pool is None:
                made: Future[Scene | Footage] = Future()
                made.set_result(self._build(shot))
            else:
                made = self.pool.submit(self._build, shot)
            self.scenes[k] = made
        return self.scenes[k]

    def _build(self, shot: Shot) -> Scene | Footage:
        if shot.setting.kind == "footage":
            return Footage.of(self.score, shot, self.materials)
        try:
            scene = build_scene(self.score, shot, self.materials, self.performances)  # pyright: ignore[reportArgumentType]
            return Footage.of(self.score, shot, self.materials, scene) if live(shot.setting) else scene
        finally:
            give_back()

    def footage(self, frame: int) -> dict[int, U8]:
        """The clip frames that a frame needs, read in order by the caller's thread, by shot."""
        found: dict[int, U8] = {}
        for k, _ in self._shots(frame):
            scene = self._scene(k)
            setting = self.score.shots[k].setting
            if setting.kind == "footage" or live(setting):
                made = scene.result()
                assert isinstance(made, Footage)
                found[k] = made.read(frame)
        return found

    def _shots(self, frame: int) -> list[tuple[int, float]]:
        """The shots that a frame shows, with the share of each: two while one gives way to the next."""
        k = self._index(frame)
        shot = self.score.shots[k]
        crossing = CROSSING[shot.transition] if k else 0
        gone = frame - frame_at(shot.start)
        if gone >= crossing:
            return [(k, 1.0)]
        return [(k - 1, 1.0), (k, (gone + 0.5) / crossing)]

    def submit(self, frame: int, out: U8) -> Future[None]:
        """Start to draw a frame into ``out``, I420; scenes of shots that are over are let go, the next one is begun a second ahead."""
        assert self.pool is not None
        k = self._index(frame)
        over = k if frame - frame_at(self.score.shots[k].start) >= LINGER else k - 1
        for old in [j for j in self.scenes if j < over]:
            del self.scenes[old]
        read = self.footage(frame)
        self._scene(k).result()
        if k + 1 < len(self.score.shots) and self.score.shots[k + 1].start - frame * TICKS_PER_FRAME < FRAMES_PER_SECOND * TICKS_PER_FRAME:
            self._scene(k + 1)
        return self.pool.submit(self._planar, frame, read, out)

    def _planar(self, frame: int, read: dict[int, U8], out: U8) -> None:
        to_i420(self.picture(frame, read), out)
        # a pinned shot is its photo as it is
        if self.style is not None and not any(self.score.shots[k].setting.pinned for k, _ in self._shots(frame)):
            out[:] = self.style.apply(out)

    def picture(self, frame: int, read: dict[int, U8]) -> U8:
        """A frame u8[h w 3]."""
        tick = frame_middle(frame)
        shots = self._shots(frame)
        drawn = [self.finish.graded(self._draw(k, tick, read), self.score.shots[k], frame) for k, _ in shots]
        image = drawn[0] if len(drawn) == 1 else crossed(drawn[0], drawn[1], shots[1][1], self.score.shots[shots[1][0]].transition)
        return self.finish.apply(darkened(image, self.score, tick), frame)

    def _draw(self, k: int, tick: int, read: dict[int, U8]) -> U8:
        scene = self._scene(k).result()
        width, height = self.score.width, self.score.height
        return scene.draw(read[k], tick, width, height) if isinstance(scene, Footage) else scene.draw(tick, width, height)


def darkened(image: U8, score: Score, tick: int) -> U8:
    """A picture on the film's way out of the dark at its beginning, or into it at its end."""
    level = 1.0
    if tick < score.opens:
        level = max(0.0, 1 - (score.opens - tick) / OPENING)
    elif score.closed and tick >= score.closes:
        level = 1 - min(1.0, (tick - score.closes) / max(1, score.closed - score.closes))
    return image if level >= 1 else cv2.convertScaleAbs(image, alpha=level * level * (3 - 2 * level))  # pyright: ignore[reportReturnType]


def crossed(before: U8, after: U8, share: float, how: str) -> U8:
    """Two pictures on the way from one shot to the next; ``share`` 0…1 of the way."""
    if how == "dip":
        picture, level = (before, 1 - 2 * share) if share < 0.5 else (after, 2 * share - 1)
        return cv2.convertScaleAbs(picture, alpha=max(level, 0.0))  # pyright: ignore[reportReturnType]
    if how in ("whip", "push"):
        soft = share * share * (3 - 2 * share)
        w = before.shape[1]
        gone = round(w * soft)
        out = np.concatenate([before[:, gone:], after[:, :gone]], axis=1)
        if how == "whip":
            length = max(1, int(w * 0.12 * 4 * share * (1 - share)))
            out = cv2.blur(out, (length, 1))
        return out  # pyright: ignore[reportReturnType]
    soft = share * share * (3 - 2 * share)
    return cv2.addWeighted(before, 1 - soft, after, soft, 0)  # pyright: ignore[reportReturnType]
