"""References -> Percepts: what is seen and heard in each file, cached by content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from phonofilm.perceive.percepts import Clip, Percepts, Picture, Sound
from phonofilm.progress import Progress, quiet
from phonofilm.request import Reference


def perceive(references: Sequence[Reference], roles: Mapping[str, str], *, progress: Progress = quiet) -> Percepts:
    """Everything seen and heard in the references, by tag; ``roles`` says what each is for (``face``, ``product``, ``logo``, ``music`` …).

    Raises:
        ReferenceError_: a file cannot be read.
        ModelMissing: a model file is not in the cache.
    """
    from phonofilm.perceive.picture import perceive_picture

    pictures: dict[str, Picture] = {}
    sounds: dict[str, Sound] = {}
    clips: dict[str, Clip] = {}
    for reference in references:
        if reference.kind == "image":
            pictures[reference.tag] = perceive_picture(reference.path, reference.sha256, progress, role=roles.get(reference.tag, ""))
        elif reference.kind == "audio":
            from phonofilm.perceive.sound import perceive_sound

            sounds[reference.tag] = perceive_sound(reference.path, reference.sha256, progress=progress)
        else:
            from phonofilm.perceive.clip import perceive_clip

            clips[reference.tag] = perceive_clip(reference.path, reference.sha256, progress)
    return Percepts(pictures=pictures, sounds=sounds, clips=clips)
