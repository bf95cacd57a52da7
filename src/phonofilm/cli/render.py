"""phonofilm render: a score, edited or not, becomes a film."""

from __future__ import annotations

from pathlib import Path

import click

from phonofilm.cli.show import Bar, as_json, remarks_on


@click.command("render")
@click.argument("score", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-m", "--materials", "folders", multiple=True, type=click.Path(exists=True, path_type=Path), help="Where the score's files are.")
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("film.mp4"), show_default=True, help="The film.")
@click.option("--engine", default="stage", show_default=True, help="Who plays the score.")
@click.option("--workers", type=click.IntRange(0, 64), default=0, help="Threads that draw; 0: one a core.")
@click.option("--no-audio", is_flag=True, help="A film without sound.")
@click.option("--json", "json_", is_flag=True, help="The result as JSON.")
@click.option("--quiet", is_flag=True, help="No progress and no notes.")
def command(score: Path, folders: tuple[Path, ...], out: Path, engine: str, workers: int, no_audio: bool, json_: bool, quiet: bool) -> None:
    """Play SCORE (a score.json, or a bundle) into a film. Files are looked for beside it and in --materials, by their content."""
    from phonofilm.bundle import open_score
    from phonofilm.engines import make_engine
    from phonofilm.generate import render

    with Bar(quiet=quiet) as bar, open_score(score, folders, progress=bar) as (read, materials):
        played = make_engine(engine, workers=workers)
        film = render(read, materials, out, engine=played, sound=not no_audio, draft=bool(read.request.get("draft")), progress=bar)
    remarks_on(film.remarks, quiet=quiet or json_)
    if json_:
        as_json(film.facts())
    else:
        click.echo(out)
