"""References -> Percepts: what is seen and heard in each file, cached by content."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from phonofilm.linear import one_thread
from phonofilm.memory import give_back
from phonofilm.perceive.later import Later
from phonofilm.perceive.percepts import WHOLE, Clip, Percepts, Picture, Sound
from phonofilm.progress import Progress, quiet
from phonofilm.request import Reference

if TYPE_CHECKING:
    from phonofilm.perceive.look import Look, Networks

AHEAD = 1  # pictures that are looked at before the one before them is cut out
VERSIONS = {"picture": 13, "sound": 8, "clip": 6, "camera": 1, "performer": 3}  # counted up whenever a perceiver gives other results

_FACES = ("face_detection", "face_detection_near", "face_landmark", "iris_landmark")
_HEARD = ("speech_activity", "beats_1", "beats_2", "beats_3", "unmix")
_MODELS = {
    "picture": (*_FACES, "face_gender", "pose_detection", "pose_landmark", "person_mask", "subject_matte", "upscale", "upscale_fast"),
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
    voices: Collection[str] | None = None,
    wait: bool = True,
    progress: Progress = quiet,
) -> Percepts:
    """Everything seen and heard in the references, by tag; ``roles`` says what each is for (``face``, ``product``, ``logo``, ``music`` …).

    ``heard`` is told of each recording as soon as it is prepared, in the thread that does so. ``voices``: the tags of those out of whose music a
    singer's voice is drawn (all, where None). Without ``wait`` pictures may still be finished as this returns (see ``Percepts.later``).

    Raises:
        ReferenceError_: a file cannot be read.
        ModelMissing: a model file is not in the cache.
    """
    one_thread()
    ended = Event()

    def told(step: str, done: float = 0.0) -> None:
        if ended.is_set():
            raise CancelledError
        progress(step, done)

    later: dict[str, Later[Picture]] = {}
    copies: dict[str, Later[Clip]] = {}
    pictures: dict[str, Picture] = {}
    clips: dict[str, Clip] = {}
    images = [r for r in references if r.kind == "image"]
    # what is heard, first looks, and what is finished of what is seen, one after another, for it takes memory; nobody waits for the last two
    ears, eyes, filler, hands = (ThreadPoolExecutor(1) for _ in range(4))
    try:
        listening = ears.submit(lambda: {r.tag: _heard(r, heard, voices is None or r.tag in voices, told) for r in references if r.kind == "audio"})
        looks = _looks(images, roles, eyes, told)
        looking = deque(islice(looks, 1 + AHEAD))
        watch = {r.tag: partial(_clip, r, roles.get(r.tag, ""), voices is None or r.tag in voices, told) for r in references if r.kind == "video"}
        watching = {tag: eyes.submit(watched) for tag, watched in watch.items()}
        for k, r in enumerate(images):
            pictures[r.tag], finish = _picture(r, roles.get(r.tag, ""), looking.popleft().result(), None if k else filler, told)
            looking.extend(islice(looks, 1))
            if finish is not None:
                later[pictures[r.tag].source] = Later(finish, hands)
                if not k:  # the first picture, which mostly opens the film, is finished at once
                    later[pictures[r.tag].source].begin()
        seen = {tag: watch[tag]() for tag in reversed(watch) if watching[tag].cancel()}  # those that nobody has begun to watch, the last first
        for tag in watch:
            clips[tag], finish = seen[tag] if tag in seen else watching[tag].result()
            if finish is not None:
                copies[clips[tag].source] = Later(finish, hands)
        percepts = Percepts(pictures=pictures, clips=clips, sounds=listening.result(), later=later, copies=copies)
        return percepts.whole() if wait else percepts
    except BaseException:
        ended.set()
        for pool in (ears, eyes, filler, hands):
            pool.shutdown(wait=False, cancel_futures=True)
        raise
    finally:
        ears.shutdown()
        eyes.shutdown()
        filler.shutdown(wait=False)
        give_back()


def _looks(references: Sequence[Reference], roles: Mapping[str, str], eyes: Executor, progress: Progress) -> Iterator[Future[Picture | Look]]:
    """For each picture what is known of it, else a first look at it, begun as it is asked for."""
    networks: list[Networks] = []

    def looked(reference: Reference, last: bool) -> Picture | Look:
        from phonofilm.perceive.cache import recall

        role = roles.get(reference.tag, "")
        found = recall(_entry(reference, role))
        if isinstance(found, Picture):
            return found
        from phonofilm.perceive.look import Networks, look

        kept = networks.pop() if networks else Networks()
        seen = look(reference.path, progress, role=role, networks=kept)
        if not last:  # they hold much memory
            networks.append(kept)
        return seen

    for reference in references:
        yield eyes.submit(looked, reference, reference is references[-1])


def _entry(reference: Reference, role: str) -> Path:
    from phonofilm.perceive.cache import entry_of

    return entry_of(
        "picture",
        reference.sha256,
        VERSIONS["picture"],
        models=_MODELS["picture"],
        parameters={"whole": role in WHOLE, "name": reference.path.name},
    )


def _picture(
    reference: Reference, role: str, known: Picture | Look, filler: Executor | None, progress: Progress
) -> tuple[Picture, Callable[[], Picture] | None]:
    """A picture, and what finishes it (its plate is begun by ``filler`` where one is given); None where it is finished."""
    if isinstance(known, Picture):
        return known, None
    from phonofilm.perceive.cache import keep
    from phonofilm.perceive.picture import sketch_picture

    sketch, finish = sketch_picture(known, reference.sha256, progress, role=role, other=filler)

    def finished() -> Picture:
        made = finish()
        keep(_entry(reference, role), made)
        return made

    return (finished(), None) if role in WHOLE else (sketch, finished)


def _heard(reference: Reference, tell: Callable[[Reference, Sound], None] | None, voice: bool, progress: Progress) -> Sound:
    sound = _sound(reference, voice, progress)
    if tell is not None:
        tell(reference, sound)
    return sound


def _sound(reference: Reference, voice: bool, progress: Progress) -> Sound:
    from phonofilm.perceive.cache import remembered

    def made(_: Path) -> Sound:
        from phonofilm.perceive.sound import perceive_sound

        return perceive_sound(reference.path, reference.sha256, voice=voice, progress=progress)

    return remembered(
        "sound",
        reference.sha256,
        VERSIONS["sound"],
        made,
        models=_MODELS["sound"],
        parameters={"name": reference.path.name, "voice": voice},
    )


def _clip(reference: Reference, role: str, voice: bool, progress: Progress) -> tuple[Clip, Callable[[], Clip] | None]:
    """A clip, and what finishes it; None where it is finished."""
    from phonofilm.perceive.cache import entry_of, keep, recall

    asked = {"camera": "camera", "motion": "performer"}.get(role, "")
    entry = entry_of(
        "clip",
        reference.sha256,
        VERSIONS["clip"],
        models=(*_MODELS["clip"], *(_MODELS[asked] if asked else ())),
        parameters={"name": reference.path.name, "voice": voice, **({asked: VERSIONS[asked]} if asked else {})},
    )
    found = recall(entry)
    if isinstance(found, Clip):
        return found, None
    from phonofilm.perceive.clip import sketch_clip

    sketch, finish = sketch_clip(reference.path, reference.sha256, progress, copy=entry.with_suffix(".mp4"), voice=voice, asked=asked)

    def finished() -> Clip:
        made = finish()
        keep(entry, made)
        return made

    return sketch, finished
