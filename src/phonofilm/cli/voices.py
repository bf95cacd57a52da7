"""phonofilm voices: who can speak."""

from __future__ import annotations

from dataclasses import asdict

import click

from phonofilm.cli.show import as_json


@click.command("voices")
@click.option("--language", default="", metavar="CODE", help="Only en, zh, yue, ja, ko, es, fr or de.")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
def command(language: str, json_: bool) -> None:
    """List the voices by language, gender and age."""
    from phonofilm.voice import voices

    found = [v for v in voices() if not language or v.language == language]
    if json_:
        as_json([asdict(v) for v in found])
        return
    for v in found:
        click.echo(f"{v.language:4} {v.name:16} {v.gender:7} {v.age:8} {v.about}")
