"""phonofilm engines: who can play a score here."""

from __future__ import annotations

import click

from phonofilm.cli.show import as_json


@click.command("engines")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
def command(json_: bool) -> None:
    """List the engines, what each can use and how long a film it makes."""
    from phonofilm.engines import engine_names, make_engine

    found = [make_engine(name).capabilities for name in engine_names()]
    if json_:
        as_json([{"name": c.name, "about": c.about, "roles": sorted(c.roles), "moves": sorted(c.moves), "max_seconds": c.max_seconds} for c in found])
        return
    for c in found:
        click.echo(f"{c.name:8} {c.about}; up to {c.max_seconds} s")
        click.echo(f"         roles: {', '.join(sorted(c.roles)) or 'none'}")
        click.echo(f"         moves: {', '.join(sorted(c.moves)) or 'none'}")
