"""phonofilm score: the score of a film, without filming it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from phonofilm.cli.asked import asked, request_of
from phonofilm.cli.show import Bar, remarks_on


@click.command("score")
@click.argument("prompt", required=False, default="")
@asked
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("score.json"), show_default=True, help="The score.")
@click.option("--bundle", type=click.Path(dir_okay=False, path_type=Path), help="Also write score and files as one archive (.zip).")
@click.option("--quiet", is_flag=True, help="No progress and no notes.")
def command(prompt: str, out: Path, bundle: Path | None, quiet: bool, **given: Any) -> None:
    """Write the score of PROMPT: plain JSON that can be read, edited and rendered."""
    from phonofilm.bundle import write_bundle
    from phonofilm.engines import make_engine
    from phonofilm.generate import score_of
    from phonofilm.media.outputs import put_text
    from phonofilm.score.document import dumps

    request = request_of(prompt, given)
    with Bar(quiet=quiet) as bar:
        score, _ = score_of(request, make_engine(request.engine, workers=given["workers"]), progress=bar)
    put_text(out, dumps(score))
    if bundle:
        write_bundle(bundle, score, {r.sha256: r.path for r in request.references})
    remarks_on(score.remarks, quiet=quiet)
    click.echo(out)
