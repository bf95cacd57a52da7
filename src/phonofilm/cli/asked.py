"""The options that say what is asked for, shared by make and score, and the Request they become."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from phonofilm.errors import RequestError
from phonofilm.request import RATIOS, SIZES, Reference, Request

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("-r", "--ref", "refs", multiple=True, metavar="[TAG=]FILE", help="A reference; its tag is what @mentions call it. Repeatable."),
    click.option("--seconds", default="auto", show_default=True, metavar="4…15|auto", help="Length; auto: from words, voice, music or time codes."),
    click.option("--ratio", type=click.Choice([*RATIOS, "adaptive"]), default="adaptive", show_default=True, help="Adaptive: by words or picture."),
    click.option("--resolution", type=click.Choice(list(SIZES)), default="1080p", show_default=True, help="Size."),
    click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="The same request and seed give the same film."),
    click.option("--transcript", "transcripts", multiple=True, metavar="TAG=TEXT|FILE", help="The words of a recording: better lips, and captions."),
    click.option("--consent", "consents", multiple=True, metavar="TAG=TEXT|FILE", help="Who in it agreed, and to what; written into the film."),
    click.option("--limits", "limits", default="local", show_default=True, metavar="PROFILE", help="What files may be given; see phonofilm limits."),
    click.option("--strict", is_flag=True, help="Refuse a request that cannot be honoured to the letter."),
    click.option("--draft", is_flag=True, help="Small and quick, to look at."),
    click.option("--no-audio", is_flag=True, help="A film without sound."),
    click.option("--watermark", default="", metavar="TEXT|PNG", help="A visible mark."),
    click.option("--engine", default="stage", show_default=True, help="Who plays the score; see phonofilm engines."),
    click.option("--workers", type=click.IntRange(0, 64), default=0, help="Threads that draw; 0: one a core. Never changes the film."),
)  # fmt: skip


def asked(command: Command) -> Command:
    """The options of a request, on a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def request_of(prompt: str, given: dict[str, Any]) -> Request:
    """The Request of a prompt and the options; files are opened and known by their content."""
    from phonofilm.media.reference import open_references

    seconds = given["seconds"].strip().lower()
    if seconds != "auto" and not seconds.isdigit():
        raise RequestError(f"--seconds is {given['seconds']!r}; give whole seconds from 4 to 15, or auto.")
    if seconds.isdigit() and int(seconds) == 0:
        raise RequestError("--seconds is 0; give whole seconds from 4 to 15, or auto.")
    references = open_references(given["refs"])
    return Request(
        prompt=prompt, references=references, seconds=0 if seconds == "auto" else int(seconds), ratio=given["ratio"],
        resolution=given["resolution"], seed=given["seed"], engine=given["engine"], sound=not given["no_audio"], draft=given["draft"],
        transcripts=_by_tag("--transcript", given["transcripts"], references), consent=_by_tag("--consent", given["consents"], references),
        watermark=given["watermark"], limits=given["limits"], strict=given["strict"],
    )  # fmt: skip


def _by_tag(option: str, items: Sequence[str], references: Sequence[Reference]) -> dict[str, str]:
    """Texts that were given as TAG=TEXT or TAG=FILE."""
    tags = {r.tag for r in references}
    texts: dict[str, str] = {}
    for item in items:
        tag, sign, text = item.partition("=")
        tag = tag.removeprefix("@")
        if not sign or tag not in tags:
            raise RequestError(f"{option} {item[:60]!r}: write TAG=TEXT or TAG=FILE; tags: {', '.join(sorted(tags)) or 'none given'}.")
        texts[tag] = _text(text)
    return texts


def _text(text: str) -> str:
    """The words themselves, or those of a text file."""
    if len(text) < 400 and "\n" not in text and "\0" not in text:
        path = Path(text)
        if path.suffix.lower() in (".txt", ".srt", ".vtt", ".md") and path.is_file():
            if path.stat().st_size > 200_000:
                raise RequestError(f"{path.name} is too long; a film holds 15 seconds of speech.")
            return path.read_text(encoding="utf-8", errors="replace").strip()
    return text.strip()
