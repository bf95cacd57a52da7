"""Directing: a Script and Percepts become a Score. Everything timed is decided here, once."""

from __future__ import annotations

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.perceive.percepts import Percepts
from phonofilm.progress import Progress
from phonofilm.prompt.script import Script
from phonofilm.request import LONGEST, RATIOS, SHORTEST, SIZES, Request
from phonofilm.score.arrange import pieces_of
from phonofilm.score.casting import add_music, presenters_of, speech_of
from phonofilm.score.dark import dark_of
from phonofilm.score.document import dumps, loads
from phonofilm.score.draft import Draft
from phonofilm.score.model import Score, Source
from phonofilm.score.moving import add_motion
from phonofilm.score.shots import shot_of, undrawn, unseen_place
from phonofilm.score.speech import film_length, source_of
from phonofilm.score.wishes import add_logo, add_sounds, add_words


def direct(script: Script, percepts: Percepts, request: Request, *, progress: Progress) -> Score:
    """The score of a request. Pure but for the voices, which speak written lines to know how long they take."""
    draft = Draft(
        request=request, script=script, percepts=percepts,
        references={r.tag: r for r in request.references}, size=film_size(request, script, percepts),
    )  # fmt: skip
    draft.remarks += [r.text for r in script.remarks]
    for part in (*percepts.pictures.values(), *percepts.sounds.values(), *percepts.clips.values()):
        draft.remarks += part.remarks
    presenters = presenters_of(draft)
    progress("listening to the voices")
    speech = speech_of(draft, presenters)
    music_tag = next(iter(draft.tagged("music")), None)
    music = draft.sound(music_tag) if music_tag else None
    length = film_length(request, script, percepts, speech.length, music)
    draft.remarks += speech.remarks
    draft.remarks += unkept_measures(request, script, length)
    draft.cues += [line for line in speech.lines if line.start < length]
    add_music(draft, length, music_tag, music, presenters)
    progress("planning the shots")
    pieces = pieces_of(draft, presenters, length)
    shots = tuple(shot_of(draft, k, piece) for k, piece in enumerate(pieces))
    draft.remarks += (*unseen_place(draft, shots), *undrawn(draft, shots))
    if "cuts" in script.refused and len(shots) > 1:
        draft.remarks.append(f"The prompt asks for no cuts; the film has {len(shots)} shots, one for each thing that it shows in turn.")
    add_motion(draft, presenters, pieces, shots, length)
    add_sounds(draft, pieces, shots, length)
    dark = dark_of(draft, pieces, length)
    add_words(draft, presenters, pieces, shots, length, dark)
    add_logo(draft, pieces, length)
    score = Score(
        length=length, width=draft.size[0], height=draft.size[1], seed=request.seed, shots=shots, cast=tuple(draft.cast.values()),
        cues=tuple(sorted(draft.cues, key=lambda c: (c.start, c.kind))),
        mood=f"{script.scene.mood} {script.scene.style}".strip(), style=style_of(draft), watermark=request.watermark,
        opens=dark.opens, closes=dark.closes, closed=dark.closed, bars=bars_of(draft),
        remarks=tuple(dict.fromkeys(draft.remarks)), request=kept_request(request),
    )  # fmt: skip
    return loads(dumps(score))  # what is played is what the document says, to the last digit


def bars_of(draft: Draft) -> float:
    """The ratio of the picture between the bars that the words ask for; 0 where they ask for none, or the film is as wide itself."""
    asked, (width, height) = draft.script.bars, draft.size
    if asked and asked <= 1.01 * width / height:
        draft.remarks.append(f"The bars of {asked:g}:1 are left out: the film itself is {width / height:.2f}:1.")
        return 0.0
    return asked


def style_of(draft: Draft) -> Source | None:
    """The picture whose look the film takes: the first that is given as style."""
    tag = next((t for t in draft.tagged("style") if t in draft.percepts.pictures), None)
    if tag is None:
        return None
    draft.remarks.append(f"@{tag}: the film takes its tones and colours; its strokes and forms cannot be taken over.")
    return source_of(draft.references[tag])


def film_size(request: Request, script: Script, percepts: Percepts) -> tuple[int, int]:
    """Width and height: the ratio that the request asks for, else the prompt, else the nearest to the first frame, footage or picture."""
    ratio = request.ratio if request.ratio != "adaptive" else script.ratio or "adaptive"
    if ratio == "adaptive":
        first = [b.tag for b in script.bindings if b.role in ("first_frame", "edit_source")]
        aspect = 16 / 9
        for tag in [*first, *percepts.clips, *percepts.pictures]:
            if tag in percepts.clips:
                aspect = percepts.clips[tag].width / percepts.clips[tag].height
                break
            if tag in percepts.pictures:
                height, width = percepts.pictures[tag].image.shape[:2]
                aspect = width / height
                break
        ratio = min(RATIOS, key=lambda r: abs(_aspect(r) / aspect - 1) + abs(aspect / _aspect(r) - 1))
    return SIZES["480p" if request.draft else request.resolution][ratio]


def unkept_measures(request: Request, script: Script, length: int) -> tuple[str, ...]:
    """Remarks where the film is not of the ratio or the length that its prompt names."""
    remarks: list[str] = []
    if script.ratio and request.ratio not in ("adaptive", script.ratio):
        remarks.append(f"The prompt names the ratio {script.ratio}; the film has {request.ratio}, as the request says.")
    if script.seconds and length != script.seconds * TICKS_PER_SECOND:
        why = "as the request says" if request.seconds else "for what it holds" if SHORTEST <= script.seconds <= LONGEST else "as films can have"
        remarks.append(f"The prompt names a length of {script.seconds} s; the film has {length // TICKS_PER_SECOND} s, {why}.")
    return tuple(remarks)


def _aspect(ratio: str) -> float:
    width, height = ratio.split(":")
    return int(width) / int(height)


def kept_request(request: Request) -> dict[str, object]:
    """What of a request a film keeps to be made again: no paths, files by name and hash."""
    return {
        "prompt": request.prompt,
        "references": [{"tag": r.tag, "file": r.path.name, "sha256": r.sha256, "kind": r.kind} for r in request.references],
        "seconds": request.seconds, "ratio": request.ratio, "resolution": request.resolution, "seed": request.seed,
        "transcripts": dict(request.transcripts), "draft": request.draft, "sound": request.sound,
        **({"consent": dict(request.consent)} if request.consent else {}),
    }  # fmt: skip
