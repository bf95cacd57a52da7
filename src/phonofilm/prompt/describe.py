"""A Script as text for people: what was read, where it stands in the prompt, and what was not understood."""

from __future__ import annotations

from collections.abc import Iterator

from phonofilm.clock import time_code
from phonofilm.prompt.script import CameraMove, Script, Span

_WHY = {"words": "from the words", "tag": "from its name", "kind": "from its kind of file"}


def describe(script: Script) -> str:
    """The reading, one finding a line, each with its characters ``[start–end]`` of the prompt."""
    return "\n".join(_rows(script))


def _rows(script: Script) -> Iterator[str]:
    yield f"language    {script.language}"
    for binding in script.bindings:
        places = " ".join(_place(m.span) for m in script.mentions if m.tag == binding.tag) or "not mentioned"
        yield f"reference   @{binding.tag}: {binding.role.replace('_', ' ')} ({_WHY[binding.why]}) {places}"
    for number, shot in enumerate(script.shots, start=1):
        times = f" {time_code(shot.start)}–{time_code(shot.end)}" if shot.start is not None and shot.end is not None else ""
        joined = f" after a {shot.transition}" if number > 1 and shot.transition != "cut" else ""
        setting = ", ".join(word.replace("_", " ") for word in (shot.place, shot.hour, shot.weather, *shot.framing) if word)
        yield f"shot {number:<6} {_place(shot.span)}{times}{joined}{': ' + setting if setting else ''}"
        for move in shot.moves:
            yield f"  camera    {_move(move)} {_place(move.span)}"
        for sound in script.sounds:
            if sound.shot == number - 1:
                at = f" at {time_code(sound.at)}" if sound.at is not None else " at the end" if sound.closing else ""
                at = (f" ×{sound.times}" if sound.times else "") + at
                yield f"  sound     {sound.sound.replace('_', ' ')}{' (lasting)' if sound.ambience else ''}{at} {_place(sound.span)}"
        for title in script.titles:
            if title.shot == number - 1:
                at = " on the end card" if title.card else " at the end" if title.closing else " at the beginning" if title.opening else ""
                at = f" at {time_code(title.at)}" if title.at is not None else at
                at += f" in {title.colour}" if title.colour else ""
                yield f"  title     “{title.text}”{at}{_stands(title.place, title.place_span)} {_place(title.span)}"
        for line in script.lines:
            if line.shot == number - 1:
                speaker = "narrator" if line.narration else line.speaker or "somebody"
                speaker += f" ({line.gender})" if line.gender else ""
                speaker += f" ({line.accent})" if line.accent else ""
                at = f" at {time_code(line.at)}" if line.at is not None else ""
                yield f"  line      {speaker} [{line.language}]{at}: “{line.text}” {_place(line.span)}"
    scene = script.scene
    if script.ratio:
        yield f"ratio       {script.ratio}"
    if script.seconds:
        yield f"length      {script.seconds} s"
    for name in ("place", "hour", "weather", "light", "mood", "style", "music", "surface"):
        if value := getattr(scene, name):
            yield f"{name:<11} {value}"
    for name, values in (("subjects", scene.subjects), ("actions", scene.actions), ("colours", scene.colours)):
        if values:
            yield f"{name:<11} {', '.join(values)}"
    if script.captions is not None:
        yield f"captions    {'yes' if script.captions else 'no'}{' in ' + script.captions_colour if script.captions_colour else ''}"
    if script.captions_place:
        yield f"captions    at the {script.captions_place}"
    if script.logo is not None:
        yield f"logo       {_stands(script.logo.place, script.logo.span)}{' at the end' if script.logo.closing else ''}"
    if script.joining:
        yield f"joined by   {script.joining}"
    if script.refused:
        yield f"refused     {', '.join(sorted(script.refused))}"
    if script.avoided:
        yield f"no          {', '.join(sorted(move.replace('_', ' ') for move in script.avoided))}"
    if script.bars:
        yield f"bars        {script.bars:g}:1"
    for remark in script.remarks:
        yield f"remark      {remark.text}{' ' + _place(remark.span) if remark.span else ''}"


def _move(move: CameraMove) -> str:
    manner = [f"speed ×{move.speed:g}"] if move.speed != 1 else []
    manner += [f"amount ×{move.amount:g}"] if move.amount != 1 else []
    manner += [f"{move.degrees:g}°"] if move.degrees else []
    return move.move.replace("_", " ") + (f" ({', '.join(manner)})" if manner else "")


def _stands(place: str, span: Span | None) -> str:
    if not place:
        return ""
    return f" {'as a' if place == 'lower third' else 'at the'} {place} {_place(span) if span else ''}".rstrip()


def _place(span: Span) -> str:
    return f"[{span[0]}–{span[1]}]"
