"""One reference clip, prepared: its 24 fps copy, cuts, motion accents, faces and sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import frame_start
from phonofilm.errors import ReferenceError_, shown_name
from phonofilm.media.read import glance, read_frames, read_sound, transcode_clip
from phonofilm.perceive.camera_way import camera_way, longest_shot
from phonofilm.perceive.percepts import CameraWay, Clip, Performer, Sound
from phonofilm.perceive.performer import SIDE as PERFORMER_SIDE
from phonofilm.perceive.performer import performer
from phonofilm.perceive.points import SIDE
from phonofilm.perceive.sound import hear
from phonofilm.progress import Progress, quiet
from phonofilm.vision.face import FaceFinder
from phonofilm.vision.flow import flow, warp
from phonofilm.vision.tensors import THREADS

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

SEEN_WIDTH = 192  # frames are compared at this width
FACE_EVERY = 12  # frames between two looks for faces
FACE_SIDE = 640
LEAST_SHOT = 5  # frames
CUT = 0.28  # least change of the histogram and of what flow cannot explain, to be a cut


def perceive_clip(path: Path, sha256: str, progress: Progress = quiet, *, copy: Path, voice: bool = True, asked: str = "") -> Clip:
    """Everything seen and heard in a clip; its constant-rate copy is written to ``copy`` (``.mp4``). ``asked``: and how its ``camera`` moves, or
    its ``performer``. ``voice``: whether a singer's is drawn out of its music.

    Raises:
        ReferenceError_: it cannot be read.
        ModelMissing: a model file is not in the cache.
    """
    return sketch_clip(path, sha256, progress, copy=copy, voice=voice, asked=asked)[1]()


def sketch_clip(path: Path, sha256: str, progress: Progress, *, copy: Path, voice: bool = True, asked: str = "") -> tuple[Clip, Callable[[], Clip]]:
    """All of ``perceive_clip`` that a film is directed by, and what finishes it: its copy, which is written before where something is ``asked``."""
    cv2.setNumThreads(THREADS)
    name = path.name
    progress(f"motion of {name}", 0.0)
    seen = glance(path, every=FACE_EVERY, wide=SEEN_WIDTH, side=FACE_SIDE)
    progress(f"motion of {name}", 0.3)
    cuts, motion = changes(iter(seen.small))
    way: CameraWay | None = None
    person: Performer | None = None
    if asked:
        transcode_clip(path, copy)
        progress(f"{asked} of {name}", 0.6)
        shot = longest_shot(cuts, len(motion))
        side = SIDE if asked == "camera" else min(PERFORMER_SIDE, max(seen.width, seen.height))
        frames = _seen_frames(copy, seen.width, seen.height, side)
        way, person = (camera_way(frames, shot), None) if asked == "camera" else (None, performer(frames, shot))
    progress(f"faces of {name}", 0.7)
    faces = _faces(seen.large)
    remarks = list(seen.remarks)
    sound: Sound | None = None
    if seen.sound:
        try:
            progress(f"sound of {name}", 0.8)
            samples, _ = read_sound(path, most=seen.length)
            sound = hear(np.pad(samples, ((0, seen.length - len(samples)), (0, 0))), sha256, voice=voice)
        except ReferenceError_ as e:
            remarks.append(f"{shown_name(name)}: its sound is left out: {e.problem}.")
    progress(f"faces of {name}", 1.0)
    sketch = Clip(
        source=sha256,
        path=copy,
        width=seen.width,
        height=seen.height,
        length=seen.length,
        cuts=tuple(frame_start(k) for k in cuts),
        accents=tuple(frame_start(k) for k in accents(motion, cuts)),
        sound=sound,
        faces=faces,
        remarks=tuple(remarks),
        camera=way,
        performer=person,
    )

    def finish() -> Clip:
        if not asked:
            transcode_clip(path, copy)
        return sketch

    return sketch, finish


def changes(frames: Iterator[U8]) -> tuple[list[int], F32]:
    """Cuts (index of each shot's first frame, but not 0) and how much moves in each frame, in widths of the picture a frame.

    A cut changes the colours at once *and* cannot be explained as motion; a flash, a fast pan or a fade does only one of both.
    """
    distances: list[float] = [0.0]
    unexplained: list[float] = [0.0]
    motion: list[float] = [0.0]
    before: U8 | None = None
    tones: list[F32] = []
    for frame in frames:
        now = _tones(frame)
        if before is not None:
            moved = flow(before, frame)
            left = np.abs(warp(frame, moved).astype(np.int16) - before).mean() / 64
            spread = before.std() / 64 + 0.15
            distances.append(float(0.5 * np.abs(now - tones[-1]).sum()))
            unexplained.append(float(left / spread))
            size = np.hypot(moved[..., 0], moved[..., 1])
            motion.append(float(np.percentile(size, 75)) / frame.shape[1])
        before = frame
        tones.append(now)
    change = np.sqrt(np.clip(distances, 0, 1) * np.clip(unexplained, 0, 1))
    cuts: list[int] = []
    for k in range(1, len(change)):
        around = np.concatenate([change[max(1, k - 8) : k], change[k + 1 : k + 9]])
        usual = float(np.median(around)) if around.size else 0.0
        flash = any(np.abs(later - tones[k - 1]).sum() < distances[k] for later in tones[k + 1 : k + 4])
        if (
            change[k] > CUT
            and not flash
            and change[k] > 3 * usual
            and change[k] >= change[max(1, k - 2) : k + 3].max()
            and k - ([0, *cuts][-1]) >= LEAST_SHOT
        ):
            cuts.append(k)
    speed = np.asarray(motion, np.float32)
    for k in cuts:
        speed[k] = speed[k - 1]
    return cuts, speed


def accents(motion: F32, cuts: list[int]) -> list[int]:
    """Frames in which the motion peaks: a turn, a kick, a hand that stops. At least a quarter of a second apart."""
    if len(motion) < 5:
        return []
    smooth = np.convolve(np.pad(motion, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    base = np.asarray(cv2.blur(smooth[None].astype(np.float32), (25, 1)))[0]
    strong = float(np.percentile(smooth, 90))
    found: list[int] = []
    for k in range(2, len(smooth) - 2):
        peak = smooth[k] == smooth[k - 2 : k + 3].max() and smooth[k] > 1.4 * base[k] and smooth[k] > 0.5 * strong and smooth[k] > 0.002
        if peak and k not in cuts and (not found or k - found[-1] >= 6):
            found.append(k)
    return found


def _tones(frame: U8) -> F32:
    """Colour histogram of a frame, f32[512], summing to 1."""
    codes = (frame >> 5).astype(np.int32)
    flat = (codes[..., 0] << 6) + (codes[..., 1] << 3) + codes[..., 2]
    return (np.bincount(flat.ravel(), minlength=512) / flat.size).astype(np.float32)


def _seen_frames(path: Path, width: int, height: int, side: int) -> Iterator[U8]:
    """The frames of a clip with a longer side of ``side`` pixels."""
    scale = side / max(width, height)
    return read_frames(path, size=(max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)))


def _faces(frames: U8) -> int:
    """The most faces seen at once in frames u8[n h w 3]."""
    finder = FaceFinder()
    counts = [len(finder.find(f, thorough=False)) for f in frames]
    return int(np.percentile(counts, 90, method="nearest")) if counts else 0
