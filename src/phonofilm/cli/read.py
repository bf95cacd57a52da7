"""phonofilm read: how a prompt is read."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from phonofilm.cli.show import as_json


@click.command("read")
@click.argument("prompt")
@click.option("-r", "--ref", "refs", multiple=True, metavar="[TAG=]FILE", help="A reference; its tag is what @mentions call it. Repeatable.")
@click.option("--json", "json_", is_flag=True, help="The Script as JSON.")
def command(prompt: str, refs: tuple[str, ...], json_: bool) -> None:
    """Show how PROMPT is read: mentions, shots, moves, lines, sounds, scene, and what was not understood."""
    from phonofilm.prompt import read
    from phonofilm.prompt.describe import describe

    references: Any = ()
    if refs:
        from phonofilm.media.reference import open_references

        references = open_references(refs)
    script = read(prompt, references)
    if json_:
        as_json({**asdict(script), "refused": sorted(script.refused)})
    else:
        click.echo(describe(script))
