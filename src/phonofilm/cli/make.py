"""phonofilm make: a prompt and files in, a film out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from phonofilm.cli.asked import asked, request_of
from phonofilm.cli.show import Bar, as_json, remarks_on


@click.command("make")
@click.argument("prompt", required=False, default="")
@asked
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("film.mp4"), show_default=True, help="The film.")
@click.option("--score-out", type=click.Path(dir_okay=False, path_type=Path), help="Also write the score.")
@click.option("--stems", type=click.Path(file_okay=False, path_type=Path), help="Also write voice, music, effects and ambience as WAV files.")
@click.option("--captions", type=click.Path(dir_okay=False, path_type=Path), help="Also write what is said, as .srt or .vtt.")
@click.option("--poster", type=click.Path(dir_okay=False, path_type=Path), help="Also write a picture of the film.")
@click.option("--last-frame", type=click.Path(dir_okay=False, path_type=Path), help="Also write the last frame.")
@click.option("--again", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILM", help="Repeat the request of a film.")
@click.option("--variants", type=click.IntRange(1, 16), default=1, show_default=True, help="That many films, each with its own seed.")
@click.option("--json", "json_", is_flag=True, help="The result as JSON.")
@click.option("--quiet", is_flag=True, help="No progress and no notes.")
def command(prompt: str, out: Path, again: Path | None, variants: int, json_: bool, quiet: bool, **given: Any) -> None:
    """Make a film from PROMPT and your own files.

    \b
    phonofilm make "@face_photo says what is on @voiceover. Slow push in. Warm evening light." \\
        -r face_photo=alice.jpg -r voiceover=take3.wav -o film.mp4
    """
    from phonofilm.engines import make_engine
    from phonofilm.errors import RequestError
    from phonofilm.extras import Extras, write_extras
    from phonofilm.generate import generate
    from phonofilm.request import Request

    if again is not None:
        from phonofilm.again import options_of

        prompt, given = options_of(again, prompt, given)
    if not prompt.strip() and not given["refs"]:
        raise RequestError('There is neither a prompt nor a file. Say what the film shows, for example: phonofilm make "A beach at dusk"')
    request: Request = request_of(prompt, given)
    engine = make_engine(request.engine, workers=given["workers"])
    results: list[dict[str, object]] = []
    for k in range(variants):
        target = out if variants == 1 else out.with_stem(f"{out.stem}-{k + 1}")
        one = replace(request, seed=(request.seed + k) % 2**32)
        with Bar(quiet=quiet) as bar:
            film = generate(one, target, engine=engine, progress=bar)
            extras = Extras(
                score=given["score_out"], stems=given["stems"], captions=given["captions"], poster=given["poster"], last_frame=given["last_frame"]
            )
            write_extras(film, engine, extras)
        remarks_on(film.remarks if k == 0 else (), quiet=quiet or json_)
        results.append(film.facts())
        if not json_:
            click.echo(target)
    if json_:
        as_json(results[0] if variants == 1 else results)
