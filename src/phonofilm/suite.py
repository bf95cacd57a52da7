"""A suite of fixed requests, made by any engine and measured: what ``phonofilm bench`` runs.

A suite is a folder of TOML files, each with ``[[case]]`` tables: ``name``, ``prompt``, ``references`` (tag = name of a file in the media
folder, without its ending), ``seconds``, ``ratio``, ``resolution``, ``seed``, and ``must``: the metrics that have to apply and to meet their goals.
"""

from __future__ import annotations

import hashlib
import json
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

from phonofilm.engines.base import Engine
from phonofilm.errors import PhonofilmError, RequestError
from phonofilm.generate import generate
from phonofilm.measure import METRICS, measure
from phonofilm.media.outputs import put_text
from phonofilm.media.reference import open_references
from phonofilm.progress import Progress, quiet
from phonofilm.request import Request
from phonofilm.score.document import dumps

_FIELDS = {"name", "prompt", "references", "seconds", "ratio", "resolution", "seed", "must"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One request of a suite; ``group`` is the file that it stands in."""

    name: str
    group: str
    prompt: str
    references: Mapping[str, str] = field(default_factory=dict[str, str])
    seconds: int = 0
    ratio: str = "adaptive"
    resolution: str = "480p"
    seed: int = 0
    must: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """A hash of all that the film of this case depends on, its files apart."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Row:
    """What came of one case. ``state``: passed, short (a goal was missed or a metric did not apply), failed (no film), missing (a file is not there).

    ``short`` names what fell short; ``values`` are the numbers by metric.
    """

    case: str
    group: str
    state: str
    short: tuple[str, ...] = ()
    made_seconds: float = 0.0
    measured_seconds: float = 0.0
    remarks: tuple[str, ...] = ()
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])


def read_suite(folder: Path) -> tuple[Case, ...]:
    """The cases of a folder's TOML files. Raises ``RequestError`` for what is no suite."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise RequestError(f"There is no suite in {folder.name!r}: it holds no TOML file. Give the folder of a suite.")
    cases = [case for file in files for case in _cases(file)]
    names = [c.name for c in cases]
    twice = next((n for n in names if names.count(n) > 1), None)
    if twice:
        raise RequestError(f"The suite has two cases named {twice!r}. Rename one.")
    return tuple(cases)


def _cases(file: Path) -> Iterator[Case]:
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as e:
        raise RequestError(f"{file.name} is no TOML file: {e}.") from e
    for raw in cast(list[dict[str, Any]], table.get("case", [])):
        name = str(raw.get("name", "?"))
        unknown = sorted(set(raw) - _FIELDS) + sorted(set(raw.get("must", ())) - set(METRICS))
        if unknown or not {"name", "prompt"} <= set(raw):
            raise RequestError(f"{file.name}: the case {name!r} has an unknown or missing field{': ' + unknown[0] if unknown else ''}.")
        given: dict[str, Any] = raw | {"group": file.stem, "must": tuple(raw.get("must", ()))}
        yield Case(**given)


def run(cases: Iterable[Case], engine: Engine, media: Path, out: Path, *, progress: Progress = quiet) -> Iterator[Row]:
    """Make and measure each case, one after the other. What ``out`` already holds of the same case is not done again."""
    out.mkdir(parents=True, exist_ok=True)
    for case in cases:
        kept = out / f"{case.name}.{case.key}.json"
        if kept.is_file():
            yield Row(**_tuples(json.loads(kept.read_text("utf-8"))))
            continue
        row = _played(case, engine, media, out, progress)
        if row.state in ("passed", "short"):
            put_text(kept, json.dumps(asdict(row), ensure_ascii=False, indent=1) + "\n")
        yield row


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"short": tuple(row["short"]), "remarks": tuple(row["remarks"])}


def _played(case: Case, engine: Engine, media: Path, out: Path, progress: Progress) -> Row:
    found = {tag: _file(media, name) for tag, name in case.references.items()}
    given = {tag: path for tag, path in found.items() if path is not None}
    if len(given) < len(found):
        absent = sorted(name for tag, name in case.references.items() if tag not in given)
        return Row(case=case.name, group=case.group, state="missing", short=tuple(f"no file {name}.* in the media folder" for name in absent))
    film = out / f"{case.name}.mp4"
    began = time.perf_counter()
    try:
        references = open_references([f"{tag}={path}" for tag, path in given.items()])
        request = Request(
            prompt=case.prompt, references=references, seconds=case.seconds, ratio=case.ratio, resolution=case.resolution, seed=case.seed,
            engine=engine.capabilities.name,
        )  # fmt: skip
        made = generate(request, film, engine=engine, progress=progress)
        put_text(out / f"{case.name}.score.json", dumps(made.score))
        ended = time.perf_counter()
        faces = {actor.name: given[actor.name] for actor in made.score.cast if actor.role == "face" and actor.name in given}
        report = measure(film, score=made.score, references=faces, progress=progress)
    except PhonofilmError as e:
        return Row(case=case.name, group=case.group, state="failed", short=(f"{e.code}: {e}",))
    short = [f"{m}: does not apply ({report.finding(m).why})" for m in case.must if not report.finding(m).applies]
    for finding in (report.finding(m) for m in case.must):
        short += [f"{finding.metric}: {v.name} is {v.value} {v.unit}, not {v.goal}" for v in finding.values if v.passed is False]
    values = {f.metric: {v.name: v.value for v in f.values} for f in report.findings if f.applies}
    return Row(
        case=case.name, group=case.group, state="short" if short else "passed", short=tuple(short), made_seconds=round(ended - began, 2),
        measured_seconds=round(time.perf_counter() - ended, 2), remarks=made.remarks, values=values,
    )  # fmt: skip


def _file(media: Path, name: str) -> Path | None:
    return next((p for p in sorted(media.glob(f"{name}.*")) if p.is_file()), None)


def summary(rows: Iterable[Row]) -> dict[str, dict[str, int]]:
    """How many cases of each group ended in which state."""
    counted: dict[str, dict[str, int]] = {}
    for row in rows:
        group = counted.setdefault(row.group, {"passed": 0, "short": 0, "failed": 0, "missing": 0})
        group[row.state] += 1
    return counted
