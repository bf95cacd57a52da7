"""phonofilm bench: a suite of requests, made by an engine and measured."""

from __future__ import annotations

from pathlib import Path

import click

from phonofilm.cli.show import Bar, as_json

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("bench")
@click.option("--suite", type=FOLDER, default=Path("benchmarks/suite"), show_default=True, help="The folder of the suite's requests.")
@click.option("--media", type=FOLDER, required=True, help="The folder of the files that they name.")
@click.option("--engine", default="stage", show_default=True, help="Who makes the films.")
@click.option("--workers", type=click.IntRange(0, 64), default=0, help="Threads that draw; 0: one a core.")
@click.option("--only", multiple=True, metavar="WORD", help="Only cases with this word in their name or group. Repeatable.")
@click.option(
    "-o", "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("bench"), show_default=True, help="Films, scores, results."
)
@click.option("--json", "json_", is_flag=True, help="The result as JSON.")
@click.option("--quiet", is_flag=True, help="No progress.")
def command(suite: Path, media: Path, engine: str, workers: int, only: tuple[str, ...], out: Path, json_: bool, quiet: bool) -> None:
    """Make every request of a suite with an engine and measure the films. Begun again, it goes on where it was.

    Exit status 1 where a case falls short.
    """
    import json
    import os
    import platform
    import time
    from dataclasses import asdict

    from phonofilm import __version__
    from phonofilm.engines import make_engine
    from phonofilm.errors import RequestError
    from phonofilm.media.outputs import put_text
    from phonofilm.suite import read_suite, run, summary

    cases = [c for c in read_suite(suite) if not only or any(word in c.name or word in c.group for word in only)]
    if not cases:
        raise RequestError(f"No case has {', '.join(map(repr, only))} in its name or group. Leave --only out for all.")
    rows = []
    with Bar(quiet=quiet) as bar:
        for number, row in enumerate(run(cases, make_engine(engine, workers=workers), media, out, progress=bar), start=1):
            rows.append(row)
            if not quiet and not json_:
                times = f"{row.made_seconds:6.1f} s {row.measured_seconds:6.1f} s"
                click.echo(f"[{number}/{len(cases)}] {row.state:8} {row.case:28} {times}  {'; '.join(row.short)}")
    result = {
        "date": time.strftime("%Y-%m-%d"), "machine": f"{platform.machine()}, {os.cpu_count()} cores", "engine": engine, "phonofilm": __version__,
        "groups": summary(rows), "cases": [asdict(r) for r in rows],
    }  # fmt: skip
    put_text(out / f"{engine}.json", json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    if json_:
        as_json(result)
    else:
        click.echo(f"{'group':14}{'passed':>8}{'short':>8}{'failed':>8}{'missing':>9}")
        for group, counted in summary(rows).items():
            click.echo(f"{group:14}{counted['passed']:8}{counted['short']:8}{counted['failed']:8}{counted['missing']:9}")
        click.echo(out / f"{engine}.json")
    if any(row.state in ("short", "failed") for row in rows):
        raise click.exceptions.Exit(1)
