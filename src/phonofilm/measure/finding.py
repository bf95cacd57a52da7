"""What a metric found: numbers with units and goals, series for plots, events; or why it does not apply."""

from __future__ import annotations

from dataclasses import dataclass

from phonofilm.measure.thresholds import GOALS


@dataclass(frozen=True, kw_only=True)
class Value:
    """A number (or a word) with its unit. ``goal`` says what it should be, ``passed`` whether it is; ``why`` explains a missing number."""

    name: str
    value: float | int | str | bool | None
    unit: str = ""
    goal: str = ""
    passed: bool | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Series:
    """A curve over the film: values at ticks; None where there was nothing to measure."""

    name: str
    unit: str
    at: tuple[int, ...]
    values: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something at a tick: of a ``kind`` (cut, onset, beat, line, impact …), with the ticks at which it is seen and heard where both were sought."""

    name: str
    kind: str
    at: int
    seen: int | None = None
    heard: int | None = None
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """All that one metric has to say of a film. ``applies`` False: only ``why``."""

    metric: str
    applies: bool = True
    why: str = ""
    values: tuple[Value, ...] = ()
    series: tuple[Series, ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def passed(self) -> bool | None:
        """Whether every goal is met; None where there is none to meet."""
        judged = [v.passed for v in self.values if v.passed is not None]
        return all(judged) if judged else None

    def number(self, name: str) -> float | int | str | bool | None:
        """A value by its name. Raises ``KeyError``."""
        return {v.name: v.value for v in self.values}[name]


def held(name: str, value: float | int | None, unit: str, goal: str, *, why: str = "") -> Value:
    """A value held against a row of ``GOALS``; what could not be measured is neither passed nor failed."""
    row = GOALS[goal]
    return Value(name=name, value=value, unit=unit, goal=row.text, passed=None if value is None else row.met(value), why=why)


def not_applicable(metric: str, why: str) -> Finding:
    """A metric that has nothing to measure in this film."""
    return Finding(metric=metric, applies=False, why=why)
