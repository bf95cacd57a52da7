"""Engines by name: one table, and one entry-point group for those of others."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points

from phonofilm.engines.base import Engine
from phonofilm.errors import EngineMissing

GROUP = "phonofilm.engines"


def _stage(workers: int) -> Engine:
    from phonofilm.engines.stage.stage import Stage

    return Stage(workers=workers)


def _test(workers: int) -> Engine:
    from phonofilm.engines.test import TestEngine

    return TestEngine()


ENGINES: dict[str, Callable[[int], Engine]] = {"stage": _stage, "test": _test}


def engine_names() -> tuple[str, ...]:
    """Names of the engines that can be used here."""
    return (*ENGINES, *(point.name for point in entry_points(group=GROUP) if point.name not in ENGINES))


def make_engine(name: str, *, workers: int = 0) -> Engine:
    """An engine by name. Raises EngineMissing."""
    if name in ENGINES:
        return ENGINES[name](workers)
    for point in entry_points(group=GROUP):
        if point.name == name:
            return point.load()(workers)
    raise EngineMissing(name, known=engine_names())
