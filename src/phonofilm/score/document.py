"""The score as a JSON document: written, read back and checked, the same after a round trip."""

from __future__ import annotations

import hashlib
import json
import re
import types
from dataclasses import MISSING, fields, is_dataclass
from itertools import pairwise
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from phonofilm.errors import ScoreError
from phonofilm.phones import VISEMES
from phonofilm.score import model
from phonofilm.score.model import Cue, Score

_CUES: dict[str, type] = {get_args(get_type_hints(c)["kind"])[0]: c for c in get_args(Cue)}


def dumps(score: Score) -> str:
    """The document of a score: JSON, keys in the order of the fields, fields that have their default left out."""
    return json.dumps(_plain(score), ensure_ascii=False, indent=1) + "\n"


def score_hash(score: Score) -> str:
    """sha256 of the document."""
    return hashlib.sha256(dumps(score).encode()).hexdigest()


def loads(text: str) -> Score:
    """A score from its document.

    Raises:
        ScoreError: not JSON, an unknown or missing field, a value of another type, shots that do not tile the film.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: not JSON, or a number of thousands of digits
        raise ScoreError(f"The score is not JSON: {error}. Write one with: phonofilm score PROMPT") from error
    if not isinstance(data, dict):
        raise ScoreError("A score is a JSON object. Write one with: phonofilm score PROMPT")
    document = cast(dict[str, Any], data)
    if document.get("version", model.VERSION) != model.VERSION:
        raise ScoreError(f"The score has version {_shown(document.get('version'))}; this Phonofilm reads version {model.VERSION}.")
    score = cast(Score, _read(Score, document, "score"))
    check(score)
    return score


def check(score: Score) -> None:
    """Raises ScoreError where the parts of a score do not hold together."""
    if not 0 < score.length <= 60 * 48_000 or score.length % 2000:
        raise ScoreError(f"score.length is {score.length}; it must be whole frames of 2000 ticks, at most 60 s.")
    if not (64 <= score.width <= 4096 and 64 <= score.height <= 4096) or score.width % 2 or score.height % 2:
        raise ScoreError(f"score size is {score.width}×{score.height}; sides are even, 64 to 4096.")
    if score.bars and not 1 <= score.bars <= 10:
        raise ScoreError(f"score.bars is {score.bars}; write the ratio of the picture between them, 1 to 10, or 0 for no bars.")
    at = 0
    for k, shot in enumerate(score.shots):
        if shot.start != at or shot.end <= shot.start:
            raise ScoreError(f"score.shots[{k}] runs from {shot.start} to {shot.end}; it must begin at {at}, where the one before ends.")
        _check_camera(shot.camera, f"score.shots[{k}].camera")
        at = shot.end
    if at != score.length:
        raise ScoreError(f"The shots end at {at}, the score at {score.length}. Shots must tile the film.")
    names = {actor.name for actor in score.cast}
    for k, shot in enumerate(score.shots):
        for name in shot.seen:
            if name not in names:
                known = ", ".join(_shown(n) for n in sorted(names)[:12]) or "empty"
                raise ScoreError(f"score.shots[{k}].seen names {_shown(name)}, who is not in the cast ({known}).")
    for k, cue in enumerate(score.cues):
        if cue.start < 0 or cue.start >= score.length:
            raise ScoreError(f"score.cues[{k}] starts at {cue.start}, outside the film [0, {score.length}).")
        if isinstance(cue, model.Line) and any(p.viseme not in VISEMES or p.end < p.start for p in cue.phones):
            raise ScoreError(f"score.cues[{k}] has a phone with an unknown viseme or a negative length.")
        if isinstance(cue, model.Caption) and cue.colour and not re.fullmatch("#[0-9a-fA-F]{6}", cue.colour):
            raise ScoreError(f"score.cues[{k}].colour is {_shown(cue.colour)}; write it as #rrggbb.")
        if isinstance(cue, model.Motion):
            _check_motion(cue, f"score.cues[{k}]", names)


def _check_camera(path: model.CameraPath, where: str) -> None:
    if not path.keys:
        raise ScoreError(f"{where} has no keys; give at least one.")
    for a, b in pairwise(path.keys):
        if b.tick <= a.tick:
            raise ScoreError(f"{where} has its keys out of order: tick {b.tick} after {a.tick}.")
    for key in path.keys:
        if not 1 <= key.focal <= 2000:
            raise ScoreError(f"{where} has a focal length of {key.focal} mm; it must be 1 to 2000.")
        if not 0.5 < sum(v * v for v in key.orientation) < 2:
            raise ScoreError(f"{where} has an orientation that is no unit quaternion: {list(key.orientation)}.")


def _check_motion(cue: model.Motion, where: str, names: set[str]) -> None:
    if cue.actor not in names:
        raise ScoreError(f"{where}.actor is {_shown(cue.actor)}, who is not in the cast.")
    if cue.end <= cue.start:
        raise ScoreError(f"{where} runs from {cue.start} to {cue.end}; it must end after it starts.")
    if not cue.poses:
        raise ScoreError(f"{where} has no poses; give at least one.")
    for a, b in pairwise(cue.poses):
        if b.tick <= a.tick:
            raise ScoreError(f"{where} has its poses out of order: tick {b.tick} after {a.tick}.")
    for pose in cue.poses:
        for name, most in model.MOST.items():
            if abs(getattr(pose, name)) > most:
                raise ScoreError(f"{where} has a {name} of {getattr(pose, name)} at tick {pose.tick}; at most {most} can be drawn.")


def _shown(value: Any) -> str:
    """A value as a message may show it: short."""
    told = repr(value)
    return told if len(told) <= 80 else f"{told[:60]}…"


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        out: dict[str, Any] = {}
        for f in fields(value):
            item = getattr(value, f.name)
            default = f.default if f.default is not MISSING else f.default_factory() if f.default_factory is not MISSING else MISSING
            told = _plain(item)
            if f.name in ("kind", "version") or default is MISSING or told != _plain(default):
                out[f.name] = told
        return out
    if isinstance(value, tuple | list):
        return [_plain(v) for v in cast(list[Any], value)]
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in cast(dict[str, Any], value).items()}
    return round(value, 9) if isinstance(value, float) else value


def _read(kind: Any, value: Any, where: str) -> Any:
    origin = get_origin(kind)
    if kind is Any or kind is object:
        return value
    if origin in (Union, types.UnionType):
        if value is None and type(None) in get_args(kind):
            return None
        options = [k for k in get_args(kind) if k is not type(None)]
        if len(options) > 1:
            name = cast(dict[str, Any], value).get("kind") if isinstance(value, dict) else None
            if not isinstance(name, str) or name not in _CUES:
                raise ScoreError(f"{where}.kind is {_shown(name)}; cues are {', '.join(sorted(_CUES))}.")
            return _read(_CUES[name], value, where)
        return _read(options[0], value, where)
    if origin is Literal:
        if value not in get_args(kind):
            raise ScoreError(f"{where} is {_shown(value)}; it must be one of {', '.join(map(str, get_args(kind)))}.")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise ScoreError(f"{where} must be a list.")
        items = cast(list[Any], value)
        inner = get_args(kind)
        if inner[-1] is Ellipsis:
            return tuple(_read(inner[0], v, f"{where}[{k}]") for k, v in enumerate(items))
        if len(items) != len(inner):
            raise ScoreError(f"{where} must hold {len(inner)} values, not {len(items)}.")
        return tuple(_read(t, v, f"{where}[{k}]") for k, (t, v) in enumerate(zip(inner, items, strict=True)))
    if origin is dict:
        if not isinstance(value, dict):
            raise ScoreError(f"{where} must be an object.")
        return cast(dict[str, Any], value)
    if is_dataclass(kind):
        return _read_object(cast(type, kind), value, where)
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        if value != value or abs(value) > 1e9:
            raise ScoreError(f"{where} is {_shown(value)}, which is no usable number.")
        return float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ScoreError(f"{where} is {_shown(value)}; it must be {getattr(kind, '__name__', kind)}.")
    return value


def _read_object(kind: type, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise ScoreError(f"{where} must be an object.")
    document = cast(dict[str, Any], value)
    hints = get_type_hints(kind)
    known = {f.name: f for f in fields(kind)}
    for name in document:
        if name not in known:
            raise ScoreError(f"{where} has an unknown field {_shown(name)}. Known: {', '.join(known)}.")
    for name, f in known.items():
        if name not in document and f.default is MISSING and f.default_factory is MISSING:
            raise ScoreError(f"{where} lacks {name!r}.")
    return kind(**{name: _read(hints[name], item, f"{where}.{name}") for name, item in document.items()})
