"""phonofilm limits: what files may be given."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast

import click

from phonofilm.cli.show import as_json


@click.command("limits")
@click.argument("name", required=False, default="local")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
def command(name: str, json_: bool) -> None:
    """Show the limits profile NAME: local (the default) or seedance."""
    from phonofilm.limits import PROFILES, profile

    found = profile(name)
    if json_:
        as_json(asdict(found))
    else:
        click.echo(f"{name} (of {', '.join(PROFILES)})")
        for row, value in asdict(found).items():
            if isinstance(value, dict):
                click.echo(f"{row}:")
                for rule, allowed in cast(dict[str, object], value).items():
                    click.echo(f"  {rule:22} {_shown(allowed)}")
            else:
                click.echo(f"{row:24} {_shown(value)}")


def _shown(value: object) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(v) for v in sorted(cast(list[object], value), key=str))
    return str(value)
