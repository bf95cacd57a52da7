"""phonofilm limits: what files may be given."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import cast

import click

from phonofilm.cli.show import as_json
from phonofilm.clock import seconds


@click.command("limits")
@click.argument("name", required=False, default="local")
@click.option("--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Check an operator's file and show its profiles.")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
def command(name: str, file: Path | None, json_: bool) -> None:
    """Show the limits profile NAME: local (the default), seedance, or one of the file that PHONOFILM_LIMITS names."""
    from phonofilm.limits import profile, profiles, read_profiles

    known = profiles() if file is None else read_profiles(file)
    found = profile(name, known)
    if json_:
        as_json(_plain(asdict(found)))
    else:
        click.echo(f"{name} (of {', '.join(known)})")
        for row, value in asdict(found).items():
            if isinstance(value, dict):
                click.echo(f"{row}:")
                for rule, allowed in cast(dict[str, object], value).items():
                    click.echo(f"  {rule:22} {_shown(allowed, rule)}")
            else:
                click.echo(f"{row:24} {_shown(value, row)}")


def _plain(value: object) -> object:
    """The same with sorted lists for sets, which JSON has not."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in cast(dict[str, object], value).items()}
    return sorted(cast(frozenset[str], value)) if isinstance(value, frozenset) else value


def _shown(value: object, rule: str = "") -> str:
    """A rule's value for a person: spans as least to most, ticks as seconds, bytes as megabytes."""
    if value is None:
        return "any"
    if rule == "consent":
        return "required" if value else "none"
    if isinstance(value, tuple):
        return " to ".join(_shown(v, rule) for v in cast(tuple[object, ...], value))
    if isinstance(value, list | set | frozenset):
        return ", ".join(sorted(str(v) for v in cast(list[object], value)))
    if rule in ("length", "together") and isinstance(value, int):
        return f"{seconds(value):g} s"
    if rule == "bytes" and isinstance(value, int):
        return f"{value / 1e6:g} MB"
    return str(value)
