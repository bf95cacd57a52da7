"""The reference pages that are generated from the code: ``python scripts/reference.py`` writes them, ``--check`` fails where one is not true."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import click

from phonofilm.cli.main import VERBS, cli
from phonofilm.score.camera import FAMILIES

PAGES = Path(__file__).resolve().parent.parent / "docs" / "reference"


def cli_page() -> str:
    """Every verb with its help text."""
    parts = ["# Command line\n\nGenerated from the code by `make docs`.\n"]
    top = click.Context(cli, info_name="phonofilm", max_content_width=110, terminal_width=110)
    for verb in VERBS:
        command: click.Command = import_module(f"phonofilm.cli.{verb}").command
        context = click.Context(command, info_name=verb, parent=top, max_content_width=110, terminal_width=110)
        parts.append(f"## phonofilm {verb}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def camera_page() -> str:
    """The families of camera moves with their default amplitudes."""
    rows = [
        "# Camera moves\n\nGenerated from the code by `make docs`. A share is of the subject's distance.\n",
        "| move | default | what it does |",
        "|---|---|---|",
    ]
    rows += [f"| {name.replace('_', ' ')} | {f.amount:g} {f.unit} | {f.about} |" for name, f in FAMILIES.items()]
    return "\n".join(rows) + "\n"


def pages() -> dict[str, str]:
    """File name to text."""
    return {"cli.md": cli_page(), "camera.md": camera_page()}


if __name__ == "__main__":
    PAGES.mkdir(exist_ok=True)
    for name, text in pages().items():
        path = PAGES / name
        if "--check" in sys.argv:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                sys.exit(f"docs/reference/{name} is not what the code says; run make docs")
        else:
            path.write_text(text, encoding="utf-8")
