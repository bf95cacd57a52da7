"""Any film, ours or anybody's, in numbers: ``measure(path)`` looks it through once and lets every metric say what it found.

Independent of the renderer by contract: nothing here imports the engines, perception, voices or direction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from phonofilm.measure.document import Report
from phonofilm.measure.embedding import Embed, embedding
from phonofilm.measure.film import Asked
from phonofilm.measure.look import METRICS, look
from phonofilm.progress import Progress, quiet
from phonofilm.score.model import Score

__all__ = ["METRICS", "embedding", "measure"]


def measure(
    path: Path,
    *,
    score: Score | None = None,
    references: Mapping[str, Path] | None = None,
    only: Collection[str] = (),
    embed: Embed | None = None,
    progress: Progress = quiet,
) -> Report:
    """Everything that can be measured in a film, or only some metrics of ``METRICS``.

    ``score``: what it was played from; ``references``: pictures of who should be in it, by tag; ``embed``: a face recogniser (``embedding``).
    Raises ``ReferenceError_`` for what is no film and ``RequestError`` for an unknown metric or a recogniser that fails.
    """
    asked = Asked(score=score, references=dict(references or {}), embed=embed)
    return look(path, asked, only=only, progress=progress).report(progress=progress)
