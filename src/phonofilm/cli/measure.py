"""phonofilm measure: a film in numbers."""

from __future__ import annotations

from pathlib import Path

import click

from phonofilm.cli.show import Bar, as_json
from phonofilm.score.model import Score

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("measure")
@click.argument("film", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--score", "score_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The score that it was played from (score.json)."
)
@click.option("-r", "--reference", "references", multiple=True, metavar="TAG=FILE", help="A picture of who is in it. Repeatable.")
@click.option(
    "--face-embedding", "recogniser", metavar="WHAT",
    help="A face recogniser that you have, asked beside ours: FILE.onnx, FILE.tflite or MODULE:FUNCTION (a crop u8[112 112 3] to a vector).",
)  # fmt: skip
@click.option("--only", multiple=True, metavar="METRIC", help="Only this metric. Repeatable.")
@click.option("--report", "report_file", type=click.Path(dir_okay=False, path_type=Path), help="The report with plots, as one HTML file.")
@click.option(
    "--calibrate", "calibrating", is_flag=True, help="Spoil the film in known ways instead, and see whether every metric answers as it must."
)
@click.option("--short", is_flag=True, help="With --calibrate: fewer questions.")
@click.option("--other-face", type=FILE, help="With --calibrate: a picture of somebody else.")
@click.option("--other-score", "other_score_file", type=FILE, help="With --calibrate: another film's score.")
@click.option("--curves", is_flag=True, help="With --json: every curve and event too.")
@click.option("--json", "json_", is_flag=True, help="The numbers as JSON.")
@click.option("--quiet", is_flag=True, help="No progress.")
def command(
    film: Path, score_file: Path | None, references: tuple[str, ...], recogniser: str | None, only: tuple[str, ...], report_file: Path | None,
    calibrating: bool, short: bool, other_face: Path | None, other_score_file: Path | None, curves: bool, json_: bool, quiet: bool,
) -> None:  # fmt: skip
    """Measure FILM, made here or anywhere: its container, sync, lips, beats, camera, identity, picture and sound.

    Exit status 1 where a goal is missed, or a question of the calibration is answered wrongly.
    """
    from dataclasses import asdict

    from phonofilm.measure import embedding, measure
    from phonofilm.measure.calibrate import calibrate
    from phonofilm.measure.report import write_report
    from phonofilm.measure.table import lines
    from phonofilm.media.reference import open_references

    score = None if score_file is None else read_score(score_file)
    given = {r.tag: r.path for r in open_references(references)}
    embed = None if recogniser is None else embedding(recogniser)
    if calibrating:
        with Bar(quiet=quiet) as bar:
            other = None if other_score_file is None else read_score(other_score_file)
            found = calibrate(film, score=score, references=given, other_face=other_face, other_score=other, embed=embed, short=short, progress=bar)
        if json_:
            as_json(asdict(found))
        for a in () if json_ else found.answers:
            mark = {True: "ok", False: "WRONG", None: "-"}[a.passed]
            click.echo(f"{mark:6} {a.metric:10} {a.done:30} must: {a.must:34} says: {a.says}")
        if not found.passed:
            raise click.exceptions.Exit(1)
        return
    with Bar(quiet=quiet) as bar:
        report = measure(film, score=score, references=given, only=only, embed=embed, progress=bar)
        if report_file is not None:
            bar(f"writing {report_file.name}")
            write_report(report, report_file)
    if json_:
        as_json(report.as_dict(curves=curves))
    else:
        for line in lines(report):
            click.echo(line)
    if not report.passed:
        raise click.exceptions.Exit(1)


def read_score(path: Path) -> Score:
    """A score document. Raises ``ScoreError``."""
    from phonofilm.errors import ScoreError, shown_name
    from phonofilm.score.document import loads

    try:
        return loads(path.read_text("utf-8"))
    except (UnicodeDecodeError, OSError) as e:
        raise ScoreError(f"{shown_name(path.name)} is no score document. Give the score.json of the film.") from e
