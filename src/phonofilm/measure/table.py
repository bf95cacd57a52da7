"""A report as lines of text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.errors import shown_name
from phonofilm.measure.document import Report
from phonofilm.measure.finding import Value

_NOTHING = 5e-6  # less is shown as 0
_MARKS = {True: "ok", False: "FALLS SHORT", None: ""}


def lines(report: Report) -> Iterator[str]:
    """One line a value, by metric; what does not apply says why."""
    film = report.film
    size = f"{film.size[0]}x{film.size[1]}"
    yield f"{shown_name(film.path.name)}: {film.num_frames} frames, {size}, {film.facts.fps:.5g} fps, {film.length / TICKS_PER_SECOND:.2f} s"
    for finding in report.findings:
        if not finding.applies:
            yield f"{finding.metric}: does not apply ({finding.why})"
            continue
        yield f"{finding.metric}:"
        wide = min(max((len(v.name) for v in finding.values), default=0), 64)
        for value in finding.values:
            number, goal, mark = shown(value), value.goal, _MARKS[value.passed]
            yield f"  {value.name:{wide}} {number:>16}  {goal:16} {mark}".rstrip()


def shown(value: Value) -> str:
    """A value with its unit as people read it."""
    if value.value is None:
        return f"- ({value.why})" if value.why else "-"
    if isinstance(value.value, bool):
        return "yes" if value.value else "no"
    if isinstance(value.value, float):
        return f"{value.value + 0.0:.4g} {value.unit}".strip() if abs(value.value) >= _NOTHING else f"0 {value.unit}".strip()
    return f"{value.value} {value.unit}".strip()
