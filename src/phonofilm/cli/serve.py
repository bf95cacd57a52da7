"""phonofilm serve: the studio and the interfaces, on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; 0.0.0.0: everywhere, which wants --keys.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free one.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The folder of tasks and films; by default this user's data folder.")
@click.option("--workers", type=click.IntRange(0, 64), default=1, show_default=True, help="Films that are made at a time.")
@click.option("--public-url", default="", metavar="URL", help="The address that clients use, where that is another one.")
@click.option("--keys/--no-keys", "keys", default=None, help="Whether every request needs a key; by default only where others can reach it.")
@click.option("--no-keys-wide", is_flag=True, help="Let everyone who can reach it use it.")
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="A name that it answers to besides localhost. Repeatable.")
@click.option("--allow-private", "private", multiple=True, metavar="NETWORK", help="A network (10.0.0.0/8) that references may come from.")
@click.option("--engine", default="stage", show_default=True, help="Who makes films for models that name no engine.")
@click.option("--limits", default="seedance", show_default=True, metavar="PROFILE", help="What files may be given; see phonofilm limits.")
@click.option("--max-queued", type=click.IntRange(1, 100_000), default=100, show_default=True, help="Tasks of one key that may wait.")
@click.option("--per-minute", type=click.IntRange(0, 1_000_000), default=0, help="Requests of one key in a minute; 0: any number.")
@click.option("--inline-bytes", type=click.IntRange(0, 100_000_000), default=0, help="Films up to this size are answered as data: addresses.")
@click.option("--expired-as-failed", is_flag=True, help="For clients that do not know the state expired.")
@click.option("--strict", is_flag=True, help="Refuse fields that are not known.")
@click.option("--webhook-secret", default="", envvar="PHONOFILM_WEBHOOK_SECRET", metavar="whsec_…", help="Signs callbacks; by default one is made.")
@click.option(
    "--log", "log", type=click.Choice(["debug", "info", "warning", "error"]), default="info", show_default=True, help="JSON lines on stderr."
)
def command(keys: bool | None, no_keys_wide: bool, data: Path | None, log: str, webhook_secret: str, **given: Any) -> None:
    """Serve the studio and the interfaces that clients already speak, until Ctrl-C.

    \b
    phonofilm serve
    phonofilm keys add laptop && phonofilm serve --host 0.0.0.0
    """
    from phonofilm.errors import RequestError

    require_extra()
    from phonofilm.server.logs import set_up
    from phonofilm.server.run import serve
    from phonofilm.server.settings import Settings, data_dir
    from phonofilm.server.webhooks import read_secret

    if webhook_secret:
        try:
            read_secret(webhook_secret)
        except ValueError as e:
            raise RequestError("--webhook-secret is no whsec_ and base64.") from e
    settings = Settings(data=data or data_dir(), webhook_secret=webhook_secret, **given)
    wide = not settings.loopback
    if wide and not no_keys_wide and keys is False:
        raise RequestError(f"{settings.host} can be reached by others, and no keys are asked for. Say --no-keys-wide if everyone may use it.")
    needed = keys if keys is not None else wide and not no_keys_wide
    settings = with_keys(settings, needed)
    set_up(log)
    serve(settings, ready=_greet)


def with_keys(settings: Any, needed: bool) -> Any:
    """The settings, with keys asked for or not. Raises ``RequestError`` where they are needed and there is none."""
    from dataclasses import replace

    from phonofilm.errors import RequestError
    from phonofilm.jobs.store import Store

    if not needed:
        return settings
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Store(settings.database)
    try:
        if not any(key.revoked is None for key in store.keys.all()):
            raise RequestError("Keys are asked for, and there is none. Make one first: phonofilm keys add NAME")
    finally:
        store.close()
    return replace(settings, keys=True)


def require_extra() -> None:
    """Raises ``MissingError`` where the server's libraries are not installed."""
    from importlib.util import find_spec

    from phonofilm.errors import MissingError

    if any(find_spec(name) is None for name in ("fastapi", "uvicorn", "sqlalchemy", "httpx2", "python_multipart", "prometheus_client")):
        raise MissingError('The server needs its extra. Install it with: pip install "phonofilm[server]"')


def _greet(settings: Any) -> None:
    base = settings.local_url
    click.echo(f"Studio     {base}/")
    click.echo(f"Interface  {base}/api/v3  (Ark; document at {base}/openapi.json)")
    if settings.public_url:
        click.echo(f"Public     {settings.base_url}/")
    click.echo(f"Keys       {'needed' if settings.keys else 'not needed'}. Data in {settings.data}. Stop with Ctrl-C.")
