"""Progress of long work, as data: anything callable with a step, a share and a note can listen."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called as work goes on. ``step`` names it ("faces of alice.jpg"), ``done`` is 0…1 of that step."""

    def __call__(self, step: str, done: float = 0.0) -> None: ...


def quiet(step: str, done: float = 0.0) -> None:
    """Listen to nothing."""
