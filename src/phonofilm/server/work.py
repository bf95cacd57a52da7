"""What makes the film of a job, in a worker process (``phonofilm.jobs.process``).

Beside the film it leaves its score, a poster, captions, the last frame and the stems, and while it works shows what it looks like by now.
"""

from __future__ import annotations

import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from phonofilm.bundle import open_score
from phonofilm.clock import TICKS_PER_FRAME
from phonofilm.engines import make_engine
from phonofilm.engines.base import Capabilities, Chunk, Engine
from phonofilm.extras import Extras, write_extras
from phonofilm.generate import Film, generate, render
from phonofilm.jobs.job import Made, Wanted
from phonofilm.media.colour import from_i420
from phonofilm.media.outputs import poster
from phonofilm.progress import Progress
from phonofilm.request import Reference, Request
from phonofilm.score.materials import Materials
from phonofilm.score.model import Line, Score

PREVIEW_WIDTH, PREVIEW_QUALITY, PREVIEW_SECONDS = 480, 70, 0.7
SHEET_EVERY, SHEET_WIDTH, SHEET_COLUMNS = 12, 192, 6  # frames from one picture of the sheet to the next, pixels of the longer side, pictures in a row
#: how far the whole is when a step begins, by the first words of its name; filming runs to ``FILMED``
STEPS: tuple[tuple[str, float], ...] = (
    ("reading", 0.01), ("copy", 0.01), ("sound of", 0.02), ("faces", 0.03), ("matte", 0.04), ("motion", 0.04), ("plate", 0.06),
    ("listening", 0.08), ("planning", 0.10), ("mixing", 0.11), ("film", 0.12),
)  # fmt: skip
FILMED = 0.96


class Shown:
    """An engine whose film can be looked at while it is made."""

    def __init__(self, engine: Engine, preview: Callable[[bytes], None]) -> None:
        self._engine, self._preview = engine, preview
        self.pictures: list[NDArray[np.uint8]] = []  # small ones, a half second apart
        if hasattr(engine, "sound"):
            self.sound = engine.sound  # type: ignore[attr-defined]

    @property
    def capabilities(self) -> Capabilities:
        """Those of the engine."""
        return self._engine.capabilities

    def play(self, score: Score, materials: Materials, *, progress: Progress) -> Iterator[Chunk]:
        """What the engine plays; now and then the first frame of a chunk is shown."""
        shown = 0.0
        self.pictures.clear()
        for chunk in self._engine.play(score, materials, progress=progress):
            first = chunk.start // TICKS_PER_FRAME
            self.pictures += [_small(chunk.frames[k], SHEET_WIDTH) for k in range(-first % SHEET_EVERY, len(chunk.frames), SHEET_EVERY)]
            if time.monotonic() - shown >= PREVIEW_SECONDS:
                self._preview(jpeg(_small(chunk.frames[0])))
                shown = time.monotonic()
            yield chunk


def sheet(pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Pictures of one size, ``u8[h w 3]``, in rows of ``SHEET_COLUMNS``; what is left of the last row is black."""
    rows = -(-len(pictures) // SHEET_COLUMNS)
    whole = [*pictures, *[np.zeros_like(pictures[0])] * (rows * SHEET_COLUMNS - len(pictures))]
    return np.vstack([np.hstack(whole[row * SHEET_COLUMNS : (row + 1) * SHEET_COLUMNS]) for row in range(rows)])


def _small(frame: NDArray[np.uint8], most: int = PREVIEW_WIDTH) -> NDArray[np.uint8]:
    width, height = frame.shape[1], frame.shape[0] * 2 // 3
    scale = min(1.0, most / max(width, height))
    return from_i420(frame, (round(width * scale), round(height * scale)))


def jpeg(rgb: NDArray[np.uint8], quality: int = PREVIEW_QUALITY) -> bytes:
    """A picture ``u8[h w 3]`` as JPEG."""
    done, data = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return data.tobytes()


def whole(progress: Callable[[str, float], None]) -> Progress:
    """Steps as shares of the whole, which never goes back."""
    most = 0.0

    def tell(step: str, done: float = 0.0) -> None:
        nonlocal most
        share = next((at for name, at in STEPS if step.startswith(name)), 0.0)
        if step.startswith("film"):
            share += (FILMED - share) * done
        most = max(most, share)
        progress(step, most)

    return tell


def make(
    wanted: Wanted,
    given: Mapping[str, Path],
    out: Path,
    progress: Callable[[str, float], None],
    preview: Callable[[bytes], None],
) -> Made:
    """Make the film of a job and what goes beside it. Raises an error of the tree."""
    engine = Shown(make_engine(wanted.engine), preview)
    tell = whole(progress)
    progress("reading the prompt", 0.0)
    if wanted.score:
        film = _again(wanted, given, out, engine, tell)
    else:
        film = generate(_request(wanted, given), out / "film.mp4", engine=engine, progress=tell)
    progress("finishing", FILMED)
    files = beside(film, engine, out, last_frame=wanted.last_frame)
    if engine.pictures:
        (out / "sheet.jpg").write_bytes(jpeg(sheet(engine.pictures)))
        files["spritesheet"] = "sheet.jpg"
    facts = {k: v for k, v in film.facts().items() if k not in ("film", "remarks")}
    return Made(files=files, facts={**facts, "bytes": film.path.stat().st_size}, remarks=film.remarks)


def _request(wanted: Wanted, given: Mapping[str, Path]) -> Request:
    references = tuple(Reference(tag=g.tag, path=given[g.tag], kind=g.kind, sha256=g.sha256) for g in wanted.given)
    return Request(
        prompt=wanted.prompt, references=references, seconds=wanted.seconds, ratio=wanted.ratio, resolution=wanted.resolution, seed=wanted.seed,
        engine=wanted.engine, transcripts=wanted.transcripts, consent=wanted.consent, sound=wanted.sound, draft=wanted.draft,
        watermark=wanted.watermark, limits=wanted.limits,
    )  # fmt: skip


def _again(wanted: Wanted, given: Mapping[str, Path], out: Path, engine: Engine, tell: Progress) -> Film:
    """Play the score of a job, with its files."""
    with tempfile.TemporaryDirectory(dir=out) as folder:
        path = Path(folder) / "score.json"
        path.write_text(wanted.score, "utf-8")
        with open_score(path, list(given.values()), progress=tell) as (score, materials):
            return render(score, materials, out / "film.mp4", engine=engine, sound=wanted.sound, draft=wanted.draft, progress=tell)


def beside(film: Film, engine: Engine, out: Path, *, last_frame: bool) -> dict[str, str]:
    """Write what goes beside a film; the names of all files by what they are."""
    files = {"film": "film.mp4", "score": "score.json", "poster": "poster.jpg"}
    (out / "poster.jpg").write_bytes(jpeg(poster(film.path, film.score.length // 3 // TICKS_PER_FRAME * TICKS_PER_FRAME), 85))
    stems = out / "stems" if film.score.cues and hasattr(engine, "sound") else None
    spoken = any(isinstance(cue, Line) and cue.text for cue in film.score.cues)
    extras = Extras(
        score=out / "score.json",
        captions=out / "captions.vtt" if spoken else None,
        stems=stems,
        last_frame=out / "last_frame.png" if last_frame else None,
    )
    write_extras(film, engine, extras)
    if spoken:
        write_extras(film, engine, Extras(captions=out / "captions.srt"))
        files |= {"captions_vtt": "captions.vtt", "captions_srt": "captions.srt"}
    if last_frame:
        files["last_frame"] = "last_frame.png"
    if stems:
        with zipfile.ZipFile(out / "stems.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for path in sorted(stems.iterdir()):
                archive.write(path, path.name)
        shutil.rmtree(stems)
        files["stems"] = "stems.zip"
    return files
