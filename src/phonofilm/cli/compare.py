"""phonofilm compare: films side by side."""

from __future__ import annotations

from pathlib import Path

import click

from phonofilm.cli.show import Bar, as_json

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("compare")
@click.argument("films", nargs=-1, required=True, type=_FILE)
@click.option("--score", "scores", multiple=True, type=_FILE, help="The score of all of them, or one for each in their order.")
@click.option("-r", "--reference", "references", multiple=True, metavar="TAG=FILE", help="A picture of who is in them. Repeatable.")
@click.option("--only", multiple=True, metavar="METRIC", help="Only this metric. Repeatable.")
@click.option("--all", "every", is_flag=True, help="Every number, also those without a goal that are the same in all films.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="The comparison with plots, as one HTML file.")
@click.option("--json", "json_", is_flag=True, help="The numbers as JSON.")
@click.option("--quiet", is_flag=True, help="No progress.")
def command(
    films: tuple[Path, ...], scores: tuple[Path, ...], references: tuple[str, ...], only: tuple[str, ...], every: bool, report: Path | None,
    json_: bool, quiet: bool,
) -> None:  # fmt: skip
    """Measure FILMS, made here or anywhere, and put what was found side by side."""
    from phonofilm.cli.measure import read_score
    from phonofilm.errors import RequestError
    from phonofilm.measure import measure
    from phonofilm.measure.compare import as_dict, lines, write_comparison
    from phonofilm.media.reference import open_references

    if len(films) < 2:
        raise RequestError("Only several films can be compared. Give two or more, or use: phonofilm measure FILM")
    if len(scores) not in (0, 1, len(films)):
        raise RequestError(f"{len(scores)} scores for {len(films)} films: give one for all, or one for each.")
    asked = [read_score(score) for score in scores] * (len(films) if len(scores) == 1 else 1) or [None] * len(films)
    given = {r.tag: r.path for r in open_references(references)}
    with Bar(quiet=quiet) as bar:
        reports = [measure(film, score=score, references=given, only=only, progress=bar) for film, score in zip(films, asked, strict=True)]
        if report is not None:
            bar(f"writing {report.name}")
            write_comparison(reports, report)
    if json_:
        as_json(as_dict(reports))
    else:
        for line in lines(reports, every=every):
            click.echo(line)
