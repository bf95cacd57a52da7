"""What every metric is: it sees each frame once, in order, and then says what it found."""

from __future__ import annotations

from typing import Protocol

from phonofilm.measure.film import Asked, Film, Shown
from phonofilm.measure.finding import Finding


class Metric(Protocol):
    """Made anew for each film. ``see`` keeps only little things: the film may be long."""

    def __init__(self, asked: Asked) -> None: ...

    def see(self, shown: Shown) -> None:
        """Look at one frame."""
        ...

    def finding(self, film: Film) -> Finding:
        """All that was found, once every frame was seen."""
        ...
