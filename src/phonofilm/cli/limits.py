"""phonofilm limits: what files may be given."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast

import click

from phonofilm.cli.show import as_json
from phonofilm.clock import seconds


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
                    click.echo(f"  {rule:22} {_shown(allowed, rule)}")
            else:
                click.echo(f"{row:24} {_shown(value)}")


def _shown(value: object, rule: str = "") -> str:
    """A rule's value for a person: spans as least to most, ticks as seconds, bytes as megabytes."""
    if value is None:
        return "any"
    if isinstance(value, tuple):
        return " to ".join(_shown(v, rule) for v in cast(tuple[object, ...], value))
    if isinstance(value, list | set | frozenset):
        return ", ".join(sorted(str(v) for v in cast(list[object], value)))
    if rule in ("length", "together") and isinstance(value, int):
        return f"{seconds(value):g} s"
    if rule == "bytes" and isinstance(value, int):
        return f"{value / 1e6:g} MB"
    return str(value)
