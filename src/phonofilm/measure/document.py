"""A report as plain data, for JSON."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from phonofilm.measure.film import Film
from phonofilm.measure.finding import Finding

VERSION = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Report:
    """What was found in one film, by every metric that was asked."""

    film: Film
    findings: tuple[Finding, ...]

    def finding(self, metric: str) -> Finding:
        """The finding of a metric. Raises ``KeyError``."""
        return {f.metric: f for f in self.findings}[metric]

    @property
    def passed(self) -> bool:
        """Whether no goal was missed."""
        return all(f.passed is not False for f in self.findings)

    def as_dict(self, *, curves: bool = False) -> dict[str, Any]:
        """The report as JSON data; ``curves`` with every series and event."""
        film = self.film
        facts = {
            "name": film.path.name, "frames": film.num_frames, "length_ticks": film.length, "width": film.size[0], "height": film.size[1],
            "fps": round(film.facts.fps, 4), "sound": film.heard.sound is not None, "scored": film.asked.score is not None,
        }  # fmt: skip
        return {"version": VERSION, "film": facts, "passed": self.passed, "findings": {f.metric: _finding(f, curves) for f in self.findings}}


def _finding(finding: Finding, curves: bool) -> dict[str, Any]:
    if not finding.applies:
        return {"applies": False, "why": finding.why}
    values = {
        v.name: {k: _plain(x) for k, x in asdict(v).items() if k != "name" and x not in ("", None)} | {"value": _plain(v.value)}
        for v in finding.values
    }
    out: dict[str, Any] = {"applies": True, "passed": finding.passed, "values": values}
    if curves:
        out["series"] = [{"name": s.name, "unit": s.unit, "at": list(s.at), "values": [_plain(v) for v in s.values]} for s in finding.series]
        out["events"] = [asdict(e) for e in finding.events]
    return out


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 5) if math.isfinite(value) else None
    return value
