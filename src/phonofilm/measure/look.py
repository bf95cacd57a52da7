"""Looking a film through once, for some metrics or for all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from phonofilm.errors import ReferenceError_, RequestError
from phonofilm.measure.beats import Beats
from phonofilm.measure.camera import Camera
from phonofilm.measure.container import Container
from phonofilm.measure.document import Report
from phonofilm.measure.film import Asked, Film, Heard, frames_of, sound_of
from phonofilm.measure.finding import Finding
from phonofilm.measure.identity import Identity
from phonofilm.measure.lips import Lips
from phonofilm.measure.metric import Metric
from phonofilm.measure.onsets import Onsets
from phonofilm.measure.picture import Picture
from phonofilm.measure.sound import Sound
from phonofilm.media.probe import probe
from phonofilm.progress import Progress, quiet

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


@dataclass(frozen=True, kw_only=True, eq=False)
class Looked:
    """A film and the metrics that saw all of its frames. What one finds is found once."""

    film: Film
    metrics: Mapping[str, Metric]
    found: dict[str, Finding] = field(default_factory=dict[str, Finding])

    def finding(self, metric: str) -> Finding:
        """What a metric says. Raises ``KeyError`` for one that did not look."""
        if metric not in self.found:
            self.found[metric] = self.metrics[metric].finding(self.film)
        return self.found[metric]

    def report(self, *, progress: Progress = quiet) -> Report:
        """What all of them say."""
        findings: list[Finding] = []
        for k, name in enumerate(self.metrics):
            progress(f"measuring {name}", k / len(self.metrics))
            findings.append(self.finding(name))
        return Report(film=self.film, findings=tuple(findings))

    def report_of(self, metrics: Collection[str]) -> Report:
        """What some of them say."""
        return Report(film=self.film, findings=tuple(self.finding(m) for m in self.metrics if m in metrics))

    def with_sound(self, heard: Heard, *, path: Path | None = None) -> Looked:
        """The same frames under another sound, which ``path`` holds where it is a film of its own."""
        return Looked(film=replace(self.film, heard=heard, path=path or self.film.path), metrics=self.metrics)


def look(path: Path, asked: Asked, *, only: Collection[str] = (), progress: Progress = quiet) -> Looked:
    """Let metrics see every frame of a film. Raises ``ReferenceError_`` for what is no film and ``RequestError`` for an unknown metric."""
    unknown = sorted(set(only) - set(METRICS))
    if unknown:
        raise RequestError(f"There is no metric {unknown[0]!r}. Known: {', '.join(METRICS)}.")
    facts = probe(path)
    if facts.kind != "video":
        raise ReferenceError_(path.name, f"it is of the kind {facts.kind}; only films are measured", "Give a film.")
    metrics = {name: make(asked) for name, make in METRICS.items() if not only or name in only}
    times: list[int] = []
    size = (facts.width, facts.height)
    for shown in frames_of(path):
        for metric in metrics.values():
            metric.see(shown)
        times.append(shown.at)
        size = (shown.y.shape[1], shown.y.shape[0])
        progress(f"looking at {path.name}", min(len(times) / max(facts.frames, 1), 1.0))
    return Looked(film=Film(path=path, facts=facts, heard=sound_of(path, facts), asked=asked, times=tuple(times), size=size), metrics=metrics)
