"""phonofilm cache: what was perceived and made before."""

from __future__ import annotations

import click


@click.group("cache", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Show the cache of percepts and spoken lines; purge empties it (model files stay)."""
    if ctx.invoked_subcommand is not None:
        return
    from phonofilm.perceive.cache import entries

    found = entries()
    for entry in found:
        click.echo(f"{entry.kind:9} {entry.bytes / 1e6:8.1f} MB  {entry.name}")
    click.echo(f"{len(found)} entries, {sum(e.bytes for e in found) / 1e6:.1f} MB")


@command.command("purge")
def purge_command() -> None:
    """Remove everything that was perceived in your files, and every made line."""
    from phonofilm.perceive.cache import purge

    click.echo(f"{purge()} entries removed")
