"""phonofilm keys: who may use the server."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from phonofilm.cli.show import as_json

_DATA = click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The server's data folder; by default this user's.")


@click.group("keys")
def command() -> None:
    """Make, list and revoke the keys of a server."""


@command.command("add")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, help="films:read, films:write or admin; by default the first two. Repeatable.")
@click.option("--max-queued", type=click.IntRange(0), default=0, help="Tasks that may wait; 0: any number.")
@click.option("--max-running", type=click.IntRange(0), default=0, help="Tasks that may run at a time; 0: any number.")
@click.option("--per-minute", type=click.IntRange(0), default=0, help="Requests in a minute; 0: as the server says.")
@_DATA
def add(name: str, scopes: tuple[str, ...], data: Path | None, **most: int) -> None:
    """Make a key for NAME and show it, this once."""
    with _store(data) as store:
        from phonofilm.server.keys import READ, WRITE, new_key

        secret = new_key(store.keys, name, scopes=scopes or (READ, WRITE), **most)
    click.echo(secret)
    click.echo("This is shown once; only its hash is kept.", err=True)


@command.command("list")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@_DATA
def list_(json_: bool, data: Path | None) -> None:
    """List the keys."""
    with _store(data) as store:
        keys = store.keys.all()
    if json_:
        as_json([{**vars(key)} for key in keys])
        return
    for key in keys:
        made = time.strftime("%Y-%m-%d", time.gmtime(key.created))
        click.echo(f"{key.id}  {made}  {'revoked' if key.revoked else 'active '}  {' '.join(key.scopes):24}  {key.name}")


@command.command("revoke")
@click.argument("id")
@_DATA
def revoke(id: str, data: Path | None) -> None:
    """End the key ID; see phonofilm keys list."""
    from phonofilm.errors import RequestError

    with _store(data) as store:
        if not store.keys.revoke(id):
            raise RequestError(f"There is no active key {id[:80]}. See phonofilm keys list.")
    click.echo(id)


@command.command("webhook-secret")
@_DATA
def webhook_secret(data: Path | None) -> None:
    """Show the secret that callbacks are signed with, for those who receive them."""
    from phonofilm.cli.serve import require_extra

    require_extra()
    from phonofilm.server.settings import data_dir, secret_of
    from phonofilm.server.webhooks import shown_secret

    click.echo(shown_secret(secret_of(data or data_dir(), "webhook-secret")))


@contextmanager
def _store(data: Path | None) -> Generator[Any, None, None]:
    from phonofilm.cli.serve import require_extra

    require_extra()
    from phonofilm.jobs.store import Store
    from phonofilm.server.settings import Settings, data_dir

    settings = Settings(data=data or data_dir())
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Store(settings.database)
    try:
        yield store
    finally:
        store.close()
