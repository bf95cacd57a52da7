"""START HERE: a request becomes a film.

Request ──read──▶ Script ──direct──▶ Score ──engine──▶ chunks of picture and sound ──▶ film.mp4
   └────perceive────▶ Percepts ──┘
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.engines import make_engine
from phonofilm.engines.base import Engine
from phonofilm.errors import PhonofilmError, RequestError
from phonofilm.limits import profile
from phonofilm.linear import one_thread
from phonofilm.media import sandbox
from phonofilm.media.check import check
from phonofilm.media.provenance import provenance
from phonofilm.media.writer import FilmWriter
from phonofilm.perceive import perceive
from phonofilm.perceive.percepts import Sound
from phonofilm.progress import Progress, quiet
from phonofilm.prompt import read
from phonofilm.prompt.script import Script
from phonofilm.request import Reference, Request
from phonofilm.score.consent import require_for_percepts, require_for_roles, require_for_score
from phonofilm.score.direct import direct
from phonofilm.score.document import check as check_score
from phonofilm.score.document import score_hash
from phonofilm.score.materials import Materials
from phonofilm.score.model import Score
from phonofilm.score.speech import recorded, rehearse


@dataclass(frozen=True, kw_only=True, eq=False)
class Film:
    """A finished film: the file, the score that it was played from, and what was not honoured."""

    path: Path
    score: Score
    materials: Materials

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was read but not honoured, or honoured less than asked."""
        return self.score.remarks

    def facts(self) -> dict[str, object]:
        """The film in numbers, for JSON."""
        s = self.score
        return {
            "film": str(self.path), "seconds": s.length // TICKS_PER_SECOND, "width": s.width, "height": s.height, "seed": s.seed,
            "shots": len(s.shots), "score_sha256": score_hash(s), "remarks": list(s.remarks),
        }  # fmt: skip


def generate(request: Request, out: Path, *, engine: Engine | None = None, progress: Progress = quiet) -> Film:
    """Make one film. Raises an error of the tree in ``errors``; no half file is left."""
    engine = engine or make_engine(request.engine)
    score, materials = score_of(request, engine, progress=progress)
    try:
        return render(score, materials, out, engine=engine, sound=request.sound, draft=request.draft, progress=progress)
    except BaseException:
        materials.drop()
        raise


def score_of(request: Request, engine: Engine, *, progress: Progress = quiet) -> tuple[Score, Materials]:
    """The score of a request and what it is played with."""
    one_thread()
    remarks = list(check(request.references, request.limits))
    if len(request.references) > 1:
        sandbox.ahead()
    script = read(request.prompt, request.references)
    roles = {b.tag: b.role for b in script.bindings}
    for tag, role in roles.items():
        if role not in engine.capabilities.roles:
            remarks.append(f"@{tag} is read as {role.replace('_', ' ')}, which the engine {engine.capabilities.name} cannot use yet.")
    sounds = engine.capabilities.sounds
    remarks += [f"There is no sound for {w.sound!r} yet." for w in script.sounds if sounds is not None and w.sound not in sounds]
    require_for_roles(request, roles)
    with ThreadPoolExecutor(1) as beside:  # the voice speaks while references are looked at
        beside.submit(rehearse, script, request)
        percepts = perceive(
            request.references, roles, heard=partial(_listen, request, roles), voices=singers(script, request), wait=False, progress=progress
        )
    require_for_percepts(request, percepts)
    score = direct(script, percepts, request, progress=progress)
    score = replace(score, remarks=tuple(dict.fromkeys((*remarks, *score.remarks))))
    if request.strict and score.remarks:
        raise RequestError("--strict: " + " ".join(score.remarks))
    return score, Materials.of(percepts)


def singers(script: Script, request: Request) -> frozenset[str]:
    """The references whose music is listened to for a voice: those given as one, and any where nobody else speaks and a face could mouth it.

    Where consent is asked for, all: it is for every voice that is heard.
    """
    tags = frozenset(r.tag for r in request.references)
    given = frozenset(b.tag for b in script.bindings if b.role in ("voice", "timbre"))
    if profile(request.limits).consent:
        return tags
    spoken = bool(script.lines) or any(b.role == "voice" for b in script.bindings)
    return given if spoken or not any(b.role in ("face", "motion") for b in script.bindings) else tags


def _listen(request: Request, roles: Mapping[str, str], reference: Reference, sound: Sound) -> None:
    """Find the phones of the recording that speaks first while pictures are still looked at. What goes wrong is told when they are asked for."""
    if reference.tag == next((r.tag for r in request.references if r.kind == "audio" and roles.get(r.tag) == "voice"), ""):
        with suppress(PhonofilmError):
            recorded(reference, sound, "", request, sung=sound.kind == "singing")


def render(
    score: Score, materials: Materials, out: Path, *, engine: Engine, sound: bool = True, draft: bool = False, progress: Progress = quiet
) -> Film:
    """Play a score into a file: written whole, or not at all."""
    one_thread()
    check_score(score)
    require_for_score(score)
    metadata = provenance(engine=engine.capabilities.name, seed=score.seed, request=score.request, score_sha256=score_hash(score))
    film = FilmWriter(
        out, width=score.width, height=score.height, length=score.length, metadata=metadata, sound=sound, preset="draft" if draft else "film"
    )
    with film as writer:
        for chunk in engine.play(score, materials, progress=progress):
            writer.write(chunk)
    return Film(path=out, score=score, materials=materials)
