"""A score with its files: found by content in folders, or carried together in one archive."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from phonofilm.errors import MissingMaterial, ScoreError
from phonofilm.media.reference import sha256_of
from phonofilm.media.writer import beside
from phonofilm.perceive import perceive
from phonofilm.progress import Progress
from phonofilm.request import Reference
from phonofilm.score.document import dumps, loads
from phonofilm.score.materials import Materials, sources
from phonofilm.score.model import Logo, Score, Source
from phonofilm.score.revise import revise

MOST_BYTES = 400_000_000
MOST_FILES = 200


def write_bundle(path: Path, score: Score, files: Mapping[str, Path]) -> None:
    """Score and files as one .zip, whole or not at all; ``files`` by sha256."""
    part = beside(path)
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(zipfile.ZipInfo("score.json", (1980, 1, 1, 0, 0, 0)), dumps(score))
            for source in sources(score):
                if source.sha256 not in files:
                    raise MissingMaterial(source.name, source.sha256)
                info = zipfile.ZipInfo(f"files/{source.sha256}{Path(source.name).suffix}", (1980, 1, 1, 0, 0, 0))
                archive.writestr(info, files[source.sha256].read_bytes())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def open_score(path: Path, folders: Sequence[Path], *, progress: Progress) -> Generator[tuple[Score, Materials]]:
    """The score of a file with its materials, perceived. Raises ScoreError, MissingMaterial."""
    with tempfile.TemporaryDirectory() as scratch:
        where = [path.parent, *folders]
        if zipfile.is_zipfile(path):
            text = _unpack(path, Path(scratch))
            where = [Path(scratch)]
        else:
            if path.stat().st_size > 20_000_000:
                raise ScoreError(f"{path.name} is too large for a score.")
            text = path.read_text(encoding="utf-8", errors="replace")
        score = loads(text)
        percepts = perceive(_references(score, where), _roles(score), progress=progress)
        score = revise(score, percepts)
        yield score, Materials.of(percepts)


def _unpack(path: Path, folder: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_FILES or sum(e.file_size for e in entries) > MOST_BYTES:
            raise ScoreError(f"{path.name} holds more than a bundle may ({MOST_FILES} files, {MOST_BYTES // 10**6} MB).")
        if "score.json" not in archive.namelist():
            raise ScoreError(f"{path.name} holds no score.json; make a bundle with: phonofilm score PROMPT --bundle FILE.zip")
        for k, entry in enumerate(entries):
            if entry.filename.startswith("files/") and not entry.is_dir():
                with archive.open(entry) as source, (folder / f"{k}{Path(entry.filename).suffix[:8]}").open("wb") as out:
                    shutil.copyfileobj(source, out)
        return archive.read("score.json").decode("utf-8", errors="replace")


def _references(score: Score, where: Sequence[Path]) -> list[Reference]:
    wanted = {s.sha256: s for s in sources(score)}
    found: dict[str, Path] = {}
    for place in where:
        files = sorted(p for p in place.iterdir() if p.is_file()) if place.is_dir() else [place]
        names = {s.name for s in wanted.values()}
        for file in sorted(files, key=lambda p: p.name not in names):
            if len(found) == len(wanted):
                break
            if file.stat().st_size <= MOST_BYTES:
                digest = sha256_of(file)
                if digest in wanted:
                    found.setdefault(digest, file)
    for sha, source in wanted.items():
        if sha not in found:
            raise MissingMaterial(source.name, sha)
    tags = {a.source.sha256: a.name for a in score.cast}
    return [Reference(tag=tags.get(sha, sha[:12]), path=found[sha], kind=source.kind, sha256=sha) for sha, source in wanted.items()]


def _roles(score: Score) -> dict[str, str]:
    roles = {a.name: a.role for a in score.cast}
    for cue in score.cues:
        if isinstance(cue, Logo):
            roles[_tag(score, cue.source)] = "logo"
    return roles


def _tag(score: Score, source: Source) -> str:
    return next((a.name for a in score.cast if a.source.sha256 == source.sha256), source.sha256[:12])
