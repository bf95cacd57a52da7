"""The statements of consent that the operator of an installation can ask for: one for each face and each voice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from phonofilm.errors import ConsentMissing
from phonofilm.limits import profile
from phonofilm.perceive.percepts import Percepts
from phonofilm.request import Request
from phonofilm.score.model import Line, Score

#: what a reference with such a role holds of a person
OF_PEOPLE = {"face": "a face", "voice": "a voice", "timbre": "a voice"}


def require_for_roles(request: Request, roles: Mapping[str, str]) -> None:
    """Before work: a file that is given as a face or a voice has a statement. Raises ``ConsentMissing``."""
    _require(request, {tag: OF_PEOPLE[role] for tag, role in roles.items() if role in OF_PEOPLE})


def require_for_percepts(request: Request, percepts: Percepts) -> None:
    """Whatever a file is called: what was seen to hold a face, or heard to hold a voice, has one. Raises ``ConsentMissing``."""
    seen = {tag: "a face" for tag, picture in percepts.pictures.items() if picture.faces}
    heard = {tag: "a voice" for tag, sound in percepts.sounds.items() if sound.kind in ("speech", "singing")}
    clips = {tag: "a face" if clip.faces else "a voice" for tag, clip in percepts.clips.items() if clip.faces or (clip.sound and clip.sound.speech)}
    _require(request, seen | heard | clips)


def require_for_score(score: Score) -> None:
    """Before a score is played: its faces and recordings of voices have one in the request that it keeps. Raises ``ConsentMissing``."""
    if not profile("local").consent:
        return
    stated = cast(dict[str, str], score.request.get("consent", {}))
    references = cast(list[dict[str, Any]], score.request.get("references", []))
    agreed = {reference["sha256"] for reference in references if stated.get(str(reference["tag"]), "").strip()}
    faces = [(actor.source, actor.name, "a face") for actor in score.cast if actor.role == "face"]
    voices = [(cue.source, "voice", "a voice") for cue in score.cues if isinstance(cue, Line) and cue.source]
    for source, name, what in (*faces, *voices):
        if source.sha256 not in agreed:
            raise ConsentMissing(source.name, next((str(r["tag"]) for r in references if r["sha256"] == source.sha256), name), what)


def _require(request: Request, people: Mapping[str, str]) -> None:
    if profile(request.limits).consent:
        for reference in request.references:
            if reference.tag in people and reference.tag not in request.consent:
                raise ConsentMissing(reference.path.name, reference.tag, people[reference.tag])
