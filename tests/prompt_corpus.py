"""The marked prompts under ``prompts/``, and how a reading is compared with a marking, field by field."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from phonofilm.prompt import read
from phonofilm.prompt.script import Script
from phonofilm.request import Reference

FOLDER = Path(__file__).parent / "prompts"
LANGUAGES = ("en", "zh", "yue", "ja", "ko", "es", "fr", "de")
Fields = dict[str, Any]


def prompts(language: str, *, aside: bool | None = None) -> list[Fields]:
    """The marked prompts of a language; only those kept aside, only the others, or all."""
    rows: list[Fields] = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))["prompt"]
    return [row for row in rows if aside is None or bool(row.get("aside")) == aside]


def traps() -> list[Fields]:
    """Prompts whose words only look like a move, a mention or a title."""
    return tomllib.loads((FOLDER / "traps.toml").read_text(encoding="utf-8"))["trap"]


def references(row: Fields) -> list[Reference]:
    """The files of a marked prompt."""
    pairs = [item.rsplit(":", 1) for item in row.get("refs", "").split()]
    return [Reference(tag=tag, path=Path(tag), kind=kind, sha256="") for tag, kind in pairs]  # type: ignore[arg-type]


def marked(row: Fields) -> Fields:
    """The marking as comparable fields."""
    lines = sorted(tuple(line.split("|", 2)) for line in row.get("lines", []))
    return {
        "roles": frozenset(row.get("roles", "").split()),
        "moves": row.get("moves", "").split(),
        "lines": lines,
        "sounds": frozenset(row.get("sounds", "").split()),
        "place": row.get("place", ""),
        "hour": row.get("hour", ""),
        "weather": row.get("weather", ""),
        "times": row.get("times", "").split(),
        "shots": row.get("shots", len(row.get("times", "x").split())),
        "titles": row.get("titles", []),
        "captions": row.get("captions", False),
        "refused": frozenset(row.get("refused", "").split()),
    }


def reading(script: Script) -> Fields:
    """A reading as comparable fields."""
    return {
        "roles": frozenset(f"{b.tag}:{b.role}" for b in script.bindings),
        "moves": [f"{index}:{move.move}" for index, shot in enumerate(script.shots) for move in shot.moves],
        "lines": sorted((line.language, line.speaker.lower(), line.text) for line in script.lines),
        "sounds": frozenset(s.sound for s in script.sounds),
        "place": script.scene.place,
        "hour": script.scene.hour,
        "weather": script.scene.weather,
        "times": [f"{s.start / 48000:g}-{s.end / 48000:g}" for s in script.shots if s.start is not None and s.end is not None],
        "shots": len(script.shots),
        "titles": [title.text for title in script.titles],
        "captions": script.captions is True,
        "refused": script.refused,
    }


def compare(row: Fields) -> Iterator[tuple[str, bool, Any, Any]]:
    """For each field that the marking or the reading fills: its name, whether they agree exactly, and both."""
    want, got = marked(row), reading(read(row["text"], references(row)))
    for name, expected in want.items():
        blank = 1 if name == "shots" else None
        if (expected and expected != blank) or (got[name] and got[name] != blank):
            yield name, expected == got[name], expected, got[name]


def accuracy(language: str, *, aside: bool) -> tuple[int, int]:
    """Fields read rightly, and fields that either side fills, over the prompts kept aside or over the others."""
    verdicts = [right for row in prompts(language, aside=aside) for _, right, _, _ in compare(row)]
    return sum(verdicts), len(verdicts)
