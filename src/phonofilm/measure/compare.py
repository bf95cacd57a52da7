"""Several films side by side: one table of what was found in each, for the terminal, as data, and as one HTML file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phonofilm.errors import RequestError, shown_name
from phonofilm.measure.document import Report
from phonofilm.measure.finding import Value
from phonofilm.measure.plots import strip, text, waveform
from phonofilm.measure.report import cuts_of, facts_of, mark, number, page, panels, pictures_of
from phonofilm.measure.table import shown
from phonofilm.media.outputs import put_text

_MARKS = {True: " ok", False: " ✗", None: ""}
_WIDEST = 22  # characters of a column on the terminal


@dataclass(frozen=True, kw_only=True)
class Row:
    """One value of one metric in every film: None where the metric does not apply to that film or has no such value there."""

    metric: str
    name: str
    goal: str
    values: tuple[Value | None, ...]

    @property
    def differs(self) -> bool:
        """Whether the films are not alike in it."""
        return len({None if v is None else (str(v.value), v.passed) for v in self.values}) > 1


def rows_of(reports: Sequence[Report]) -> tuple[Row, ...]:
    """What was found in any of the films, in the order in which it was found. Raises ``RequestError`` where there are not two of them."""
    if len(reports) < 2:
        raise RequestError("Only several films can be compared. Give two or more.")
    names: dict[tuple[str, str], str] = {}
    found: list[dict[tuple[str, str], Value]] = []
    for report in reports:
        here = {(f.metric, v.name): v for f in report.findings if f.applies for v in f.values}
        found.append(here)
        for key, value in here.items():
            names[key] = names.get(key, "") or value.goal
    metrics = list(dict.fromkeys(f.metric for report in reports for f in report.findings))
    ordered = sorted(names, key=lambda key: metrics.index(key[0]))
    return tuple(Row(metric=m, name=n, goal=names[m, n], values=tuple(here.get((m, n)) for here in found)) for m, n in ordered)


def called(reports: Sequence[Report]) -> tuple[str, ...]:
    """What the films are called: the names of their files, numbered where two have the same."""
    plain = [shown_name(r.film.path.name) for r in reports]
    return tuple(f"{name} ({k + 1})" if plain.count(name) > 1 else name for k, name in enumerate(plain))


def lines(reports: Sequence[Report], *, every: bool = False) -> Iterator[str]:
    """The table for a terminal: values with a goal and those that differ; ``every``: all of them."""
    rows = [row for row in rows_of(reports) if every or row.goal or row.differs]
    names = [_short(name) for name in called(reports)]
    cells = [[_cell(v) for v in row.values] for row in rows]
    label = max((len(row.name) for row in rows), default=0) + 2
    widths = [max([len(name), *(len(line[k]) for line in cells)]) for k, name in enumerate(names)]
    yield " " * label + "  ".join(f"{name:>{w}}" for name, w in zip(names, widths, strict=True)) + "  goal"
    metric = ""
    for row, line in zip(rows, cells, strict=True):
        if row.metric != metric:
            metric = row.metric
            yield f"{metric}:"
        yield (f"  {row.name:{label - 2}}" + "  ".join(f"{c:>{w}}" for c, w in zip(line, widths, strict=True)) + f"  {row.goal}").rstrip()
    for report, name in zip(reports, names, strict=True):
        for finding in report.findings:
            if not finding.applies:
                yield f"{name}: {finding.metric} does not apply ({finding.why})"


def as_dict(reports: Sequence[Report]) -> dict[str, Any]:
    """The comparison as JSON data."""
    return {"version": 1, "films": [report.as_dict() | {"called": name} for report, name in zip(reports, called(reports), strict=True)]}


def write_comparison(reports: Sequence[Report], path: Path) -> None:
    """One HTML file with the films side by side. Raises ``EncodeError`` where it cannot be written."""
    rows, names = rows_of(reports), called(reports)
    content = "".join([_head(reports, names), _films(reports, names), _table(rows, names), _plots(reports, names)])
    put_text(path, page("Films compared", content))


def _cell(value: Value | None) -> str:
    if value is None or value.value is None:
        return "-"
    return _short(shown(value)) + _MARKS[value.passed]


def _short(words: str) -> str:
    return words if len(words) <= _WIDEST else words[: _WIDEST - 1] + "…"


def _head(reports: Sequence[Report], names: Sequence[str]) -> str:
    marks: list[str] = []
    for report, name in zip(reports, names, strict=True):
        judged = [v.passed for f in report.findings for v in f.values if v.passed is not None]
        tone = "none" if not judged else "good" if all(judged) else "bad"
        marks.append(f'<li><span class="{tone}">{text(name)}: {sum(judged)} of {len(judged)} goals met</span></li>')
    return f'<p class="kicker">Films compared</p><h1>{len(reports)} films side by side</h1><ul class="verdict">{"".join(marks)}</ul>'


def _films(reports: Sequence[Report], names: Sequence[str]) -> str:
    cards: list[str] = []
    for report, name in zip(reports, names, strict=True):
        film = report.film
        sound = waveform(film.heard.mono, film.length, cuts=cuts_of(report)) if film.heard.sound is not None else ""
        facts = "".join(f"<li>{fact}</li>" for fact in facts_of(film))
        cards.append(f'<section class="card"><h3>{text(name)}</h3><ul class="facts">{facts}</ul>{strip(pictures_of(film, 12, 112))}{sound}</section>')
    return f'<h2>The films</h2><div class="pair small">{"".join(cards)}</div>'


def _table(rows: Sequence[Row], names: Sequence[str]) -> str:
    heads = "".join(f"<th>{text(name)}</th>" for name in names)
    out: list[str] = []
    metric = ""
    for row in rows:
        if row.metric != metric:
            metric = row.metric
            out.append(f'<tr class="head"><td colspan="{len(names) + 2}">{text(metric)}</td></tr>')
        cells = "".join(f"<td>{_both(value)}</td>" for value in row.values)
        out.append(f'<tr><td>{text(row.name)}</td>{cells}<td class="goal">{text(row.goal)}</td></tr>')
    table = f"<table><tr><th></th>{heads}<th>Goal</th></tr>{''.join(out)}</table>"
    return f'<h2>What was found</h2><section class="card"><div class="scroll">{table}</div></section>'


def _both(value: Value | None) -> str:
    if value is None:
        return "<small>does not apply</small>"
    verdict = f" {mark(value)}" if value.passed is not None else ""
    return number(value) + verdict


def _plots(reports: Sequence[Report], names: Sequence[str]) -> str:
    """Each plot of each film, those of one kind beside each other."""
    drawn: dict[str, list[str]] = {}
    for report, name in zip(reports, names, strict=True):
        for title, _, plot in panels(report):
            drawn.setdefault(title, []).append(f'<section class="card"><h3>{text(title)}</h3><p>{text(name)}</p>{plot}</section>')
    return "".join(["<h2>Over time</h2>", *(f'<div class="pair small">{"".join(cards)}</div><br>' for cards in drawn.values())]) if drawn else ""
