"""How a prompt is read, as spans that a page can colour.

``start`` and ``end`` count characters; ``start16`` and ``end16`` count as JavaScript does (UTF-16 units), where an emoji is two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from phonofilm.errors import PhonofilmError, UnknownMention
from phonofilm.prompt import read
from phonofilm.prompt.script import Script, Span
from phonofilm.request import Reference

MOST_WRONG = 12  # mentions of nothing that are told one by one


def reading(prompt: str, references: Sequence[Reference]) -> dict[str, Any]:
    """The reading of a prompt for JSON; what cannot be read is a remark with ``error`` true, for people are still typing.

    A mention of no reference is read as a plain word, so that the rest is read all the same.
    """
    masked, wrong = prompt, list[dict[str, Any]]()
    while True:
        try:
            script = read(masked, references)
            break
        except PhonofilmError as error:
            text = str(error)
            span = _at(text, masked) if isinstance(error, UnknownMention) else None
            wrong.append({"text": text, "error": True, "code": error.code, **(_place(prompt, span) if span else {})})
            if span is None or masked[span[0]] != "@" or len(wrong) > MOST_WRONG:
                return {"language": "", "spans": [], "remarks": wrong, "roles": {}}
            masked = f"{masked[: span[0]]} {masked[span[0] + 1 :]}"
    spans = [{**_place(prompt, span), "kind": kind, "label": label, **more} for span, kind, label, more in sorted(_spans(script, prompt))]
    told = [r for r in script.remarks if not _in(r.span, wrong)]
    remarks = [{"text": r.text, "error": False, **(_place(prompt, r.span) if r.span else {})} for r in told]
    return {
        "language": script.language, "spans": spans,
        "remarks": wrong + remarks,
        "roles": {b.tag: b.role for b in script.bindings}, "shots": [_shot(shot, prompt) for shot in script.shots],
        "scene": {k: v for k, v in asdict(script.scene).items() if v}, "refused": sorted(script.refused),
    }  # fmt: skip


def _spans(script: Script, prompt: str) -> Iterator[tuple[Span, str, str, dict[str, Any]]]:
    roles = {b.tag: b.role for b in script.bindings}
    for mention in script.mentions:
        yield mention.span, "mention", roles[mention.tag].replace("_", " ") if mention.tag in roles else "", {"tag": mention.tag}
    for shot in script.shots:
        for move in shot.moves:
            yield move.span, "move", move.move.replace("_", " "), {}
    for line in script.lines:
        label = "narration" if line.narration else line.speaker or "speech"
        yield line.span, "line", f"{label} ({line.language})", {}
    for sound in script.sounds:
        yield sound.span, "sound", sound.sound.replace("_", " "), {"ambience": sound.ambience}
    for kind, words in (("subject", script.scene.subjects), ("action", script.scene.actions)):
        for word in words:
            at = prompt.find(word) if word else -1
            if at >= 0:
                yield (at, at + len(word)), kind, word, {}


def _shot(shot: Any, prompt: str) -> dict[str, Any]:
    timed = {"from": shot.start, "to": shot.end} if shot.start is not None or shot.end is not None else {}
    return {**_place(prompt, shot.span), **timed, "transition": shot.transition, "framing": list(shot.framing)}


def _in(span: Span | None, wrong: Sequence[dict[str, Any]]) -> bool:
    return span is not None and any(one["start"] <= span[0] and span[1] <= one["end"] for one in wrong)


def _at(text: str, prompt: str) -> Span | None:
    """Where an unknown mention stands, from the error's own "(character N)"."""
    _, found, rest = text.partition("(character ")
    number = rest.partition(")")[0]
    if not found or not number.isdigit() or int(number) >= len(prompt):
        return None
    start = int(number)
    end = start + 1
    while end < len(prompt) and (prompt[end].isalnum() or prompt[end] == "_"):
        end += 1
    return start, end


def _place(prompt: str, span: Span) -> dict[str, int]:
    start, end = span
    return {"start": start, "end": end, "start16": _utf16(prompt[:start]), "end16": _utf16(prompt[:end])}


def _utf16(text: str) -> int:
    return len(text) + sum(ord(c) > 0xFFFF for c in text)
