"""References -> Percepts: what is seen and heard in each file, cached by content."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from phonofilm.perceive.percepts import Clip, Percepts, Picture, Sound
from phonofilm.progress import Progress, quiet
from phonofilm.request import Reference

VERSIONS = {"picture": 6, "sound": 5, "clip": 3, "camera": 1, "performer": 1}  # counted up whenever a perceiver gives other results

_FACES = ("face_detection", "face_detection_near", "face_landmark", "iris_landmark")
_HEARD = ("speech_activity", "beats_1", "beats_2", "beats_3", "unmix")
_MODELS = {
    "picture": (*_FACES, "pose_detection", "pose_landmark", "person_mask", "subject_matte", "upscale", "upscale_fast"),
    "sound": _HEARD,
    "clip": (*_FACES, *_HEARD),
    "camera": ("person_mask",),
    "performer": ("pose_detection", "pose_landmark"),
}


def perceive(
    references: Sequence[Reference],
    roles: Mapping[str, str],
    *,
    heard: Callable[[Reference, Sound], None] | None = None,
    progress: Progress = quiet,
) -> Percepts:
    """Everything seen and heard in the references, by tag; ``roles`` says what each is for (``face``, ``product``, ``logo``, ``music`` …).

    ``heard`` is told of each recording as soon as it is prepared, in the thread that does so.

    Raises:
        ReferenceError_: a file cannot be read.
        ModelMissing: a model file is not in the cache.
    """
    with ThreadPoolExecutor(1) as other:  # what is heard, while pictures are looked at
        listening = other.submit(lambda: {r.tag: _heard(r, heard, progress) for r in references if r.kind == "audio"})
        pictures = {r.tag: _picture(r, roles.get(r.tag, ""), progress) for r in references if r.kind == "image"}
        clips = {r.tag: _clip(r, roles.get(r.tag, ""), progress) for r in references if r.kind == "video"}
        sounds = listening.result()
    return Percepts(pictures=pictures, sounds=sounds, clips=clips)


def _picture(reference: Reference, role: str, progress: Progress) -> Picture:
    from phonofilm.perceive.cache import remembered
    from phonofilm.perceive.picture import WHOLE, perceive_picture

    return remembered(
        "picture",
        reference.sha256,
        VERSIONS["picture"],
        lambda _: perceive_picture(reference.path, reference.sha256, progress, role=role),
        models=_MODELS["picture"],
        parameters={"whole": role in WHOLE, "name": reference.path.name},
    )


def _heard(reference: Reference, tell: Callable[[Reference, Sound], None] | None, progress: Progress) -> Sound:
    sound = _sound(reference, progress)
    if tell is not None:
        tell(reference, sound)
    return sound


def _sound(reference: Reference, progress: Progress) -> Sound:
    from phonofilm.perceive.cache import remembered
    from phonofilm.perceive.sound import perceive_sound

    return remembered(
        "sound",
        reference.sha256,
        VERSIONS["sound"],
        lambda _: perceive_sound(reference.path, reference.sha256, progress=progress),
        models=_MODELS["sound"],
        parameters={"name": reference.path.name},
    )


def _clip(reference: Reference, role: str, progress: Progress) -> Clip:
    from phonofilm.perceive.cache import remembered
    from phonofilm.perceive.clip import perceive_clip

    asked = {"camera": "camera", "motion": "performer"}.get(role, "")
    return remembered(
        "clip",
        reference.sha256,
        VERSIONS["clip"],
        lambda stem: perceive_clip(reference.path, reference.sha256, progress, copy=stem.with_name(stem.name + ".mp4"), asked=asked),
        models=(*_MODELS["clip"], *(_MODELS[asked] if asked else ())),
        parameters={"name": reference.path.name, **({asked: VERSIONS[asked]} if asked else {})},
    )
