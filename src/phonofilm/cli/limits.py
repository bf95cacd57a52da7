"""phonofilm limits: what files may be given."""

from __future__ import annotations

from dataclasses import asdict

import click

from phonofilm.cli.show import as_json


@click.command("limits")
@click.argument("name", required=False, default="local")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
def command(name: str, json_: bool) -> None:
    """Show the limits profile NAME: local (the default) or seedance."""
    from phonofilm.limits import describe_limits, profile

    found = profile(name)
    if json_:
        as_json(asdict(found))
    else:
        click.echo(describe_limits(found))
