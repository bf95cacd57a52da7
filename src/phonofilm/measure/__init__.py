"""Any film, ours or anybody's, in numbers: ``measure(path)`` looks it through once and lets every metric say what it found.

Independent of the renderer by contract: nothing here imports the engines, perception, voices or direction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from phonofilm.errors import ReferenceError_, RequestError
from phonofilm.measure.beats import Beats
from phonofilm.measure.camera import Camera
from phonofilm.measure.container import Container
from phonofilm.measure.document import Report
from phonofilm.measure.film import Asked, Film, frames_of, sound_of
from phonofilm.measure.identity import Identity
from phonofilm.measure.lips import Lips
from phonofilm.measure.metric import Metric
from phonofilm.measure.onsets import Onsets
from phonofilm.measure.picture import Picture
from phonofilm.measure.sound import Sound
from phonofilm.media.probe import probe
from phonofilm.progress import Progress, quiet
from phonofilm.score.model import Score

METRICS: dict[str, Callable[[Asked], Metric]] = {
    "container": Container,
    "onsets": Onsets,
    "lips": Lips,
    "beats": Beats,
    "camera": Camera,
    "identity": Identity,
    "picture": Picture,
    "sound": Sound,
}


def measure(
    path: Path,
    *,
    score: Score | None = None,
    references: Mapping[str, Path] | None = None,
    only: Collection[str] = (),
    progress: Progress = quiet,
) -> Report:
    """Everything that can be measured in a film, or only some metrics of ``METRICS``.

    ``score``: what it was played from; ``references``: pictures of who should be in it, by tag. Raises ``ReferenceError_`` for what is no film and
    ``RequestError`` for an unknown metric.
    """
    unknown = sorted(set(only) - set(METRICS))
    if unknown:
        raise RequestError(f"There is no metric {unknown[0]!r}. Known: {', '.join(METRICS)}.")
    facts = probe(path)
    if facts.kind != "video":
        raise ReferenceError_(path.name, f"it is of the kind {facts.kind}; only films are measured", "Give a film.")
    asked = Asked(score=score, references=dict(references or {}))
    metrics = {name: make(asked) for name, make in METRICS.items() if not only or name in only}
    times: list[int] = []
    size = (facts.width, facts.height)
    for shown in frames_of(path):
        for metric in metrics.values():
            metric.see(shown)
        times.append(shown.at)
        size = (shown.y.shape[1], shown.y.shape[0])
        progress(f"looking at {path.name}", min(len(times) / max(facts.frames, 1), 1.0))
    film = Film(path=path, facts=facts, heard=sound_of(path, facts), asked=asked, times=tuple(times), size=size)
    findings = []
    for k, (name, metric) in enumerate(metrics.items()):
        progress(f"measuring {name}", k / len(metrics))
        findings.append(metric.finding(film))
    return Report(film=film, findings=tuple(findings))
