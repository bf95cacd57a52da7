"""What every engine is: it plays a score and yields picture and sound of the same span of the same clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from phonofilm.progress import Progress
from phonofilm.score.materials import Materials
from phonofilm.score.model import Score


@dataclass(frozen=True, kw_only=True, eq=False)
class Chunk:
    """A span of film from tick ``start``. ``frames``: planar YUV 4:2:0, bt709 limited, u8[f h*3/2 w] (I420).

    ``sound``: f32[2000 f, 2].
    """

    start: int
    frames: NDArray[np.uint8]
    sound: NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What an engine can honour, checked before work. ``roles``: reference roles that it uses; ``sounds``: those that it can make (None: any)."""

    name: str
    about: str
    roles: frozenset[str]
    moves: frozenset[str]
    sounds: frozenset[str] | None = None
    max_seconds: int = 15


class Engine(Protocol):
    """An engine. ``play`` is a generator: closing it stops the work and frees every worker."""

    @property
    def capabilities(self) -> Capabilities: ...

    def play(self, score: Score, materials: Materials, *, progress: Progress) -> Iterator[Chunk]: ...
