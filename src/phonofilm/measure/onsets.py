"""Onset sync: whether what is heard to begin is seen in the same frame.

With a score every cue that is heard is looked for within ±500 ms of its place, by its strength and by what all cues have in common, never by how near
it is; without one, what is heard to begin is matched with what is seen to happen. Axes: n onsets, f frames, t steps of an envelope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.measure.events import Events, Seen
from phonofilm.measure.film import Asked, Film, Shown
from phonofilm.measure.finding import Event, Finding, Value, held, not_applicable
from phonofilm.measure.sights import seen_of
from phonofilm.measure.speaking import Mouth, begun, said
from phonofilm.measure.strikes import Strikes, first_stroke, mel_bands, strikes
from phonofilm.score.model import Contact, Effect, Impact, Line, Score

F64 = NDArray[np.float64]

MS = TICKS_PER_SECOND / 1000
SEARCH = TICKS_PER_SECOND // 2
TOGETHER = 60 * MS  # how closely cues share an offset
GRID = TICKS_PER_SECOND // 200  # 5 ms: what offsets are sought on
SIGNIFICANT = 4.0  # standard deviations by which a correlation stands over those of other offsets
LEAST = 3  # events from which an offset can be told
#: sounds that swell: their onset is no instant
SOFT = frozenset({"applause", "bird", "car_pass", "fire_crackle", "pour", "riser", "whoosh", "thunder", "splash", "typing", "phone_ring"})


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One cue: its tick in the score, when it is heard and seen, None with ``why`` where it is not."""

    name: str
    kind: str
    at: int
    heard: int | None = None
    seen: int | None = None
    why: str = ""


class Onsets:
    """The metric ``onsets``."""

    def __init__(self, asked: Asked) -> None:
        self._score = asked.score
        self._events = Events()
        self._mouth = Mouth(asked.score)

    def see(self, shown: Shown) -> None:
        """Look for what happens; and at the mouth while somebody should begin to speak."""
        self._events.see(shown)
        self._mouth.see(shown)

    def finding(self, film: Film) -> Finding:
        """The error of each cue, or of what is seen against what is heard."""
        if film.heard.sound is None:
            return not_applicable("onsets", film.heard.why or "the film has no sound")
        if film.num_frames < 2:
            return not_applicable("onsets", "nothing happens in one frame")
        heard = strikes(film.heard.mono)
        seen = self._events.found()
        if self._score is not None:
            answers = answered(self._score, film, heard, seen, self._mouth)
            if answers:
                return _against_score(film, answers, heard, seen)
        if not heard.at:
            return not_applicable("onsets", "nothing is heard to begin" + ("" if self._score is None else ", and the score has no cue that would"))
        if self._score is None and len(seen) < 1:
            return not_applicable("onsets", "nothing is seen to happen that a sound could belong to")
        return Finding(metric="onsets", values=tuple(_free(film, heard, seen)), events=tuple(_events(film, heard, seen)))


def answered(score: Score, film: Film, heard: Strikes, seen: list[Seen], mouth: Mouth) -> list[Answer]:
    """Every cue of a score that is heard: struck sounds by their onset, lines by the whole of their phones."""
    struck = [cue for cue in score.cues if isinstance(cue, Contact | Impact | Effect)]
    sharp = [cue for cue in struck if not (isinstance(cue, Effect) and cue.sound in SOFT)]
    ticks = [cue.start for cue in sharp]
    bands = mel_bands(film.heard.mono)
    common = shared_offset(ticks, heard)
    out: list[Answer] = []
    for cue, sight in zip(sharp, seen_of(ticks, score, film, seen), strict=True):
        tick = nearest(cue.start, common, heard)
        if tick is not None and isinstance(cue, Effect):
            tick = first_stroke(tick, [t for t in ticks if t != cue.start], heard, bands)
        name = cue.sound if isinstance(cue, Effect) else cue.surface if isinstance(cue, Contact) else cue.material
        why = "" if tick is not None else "nothing is heard to begin within half a second"
        out.append(Answer(name=name or cue.kind, kind=cue.kind, at=cue.start, heard=tick, seen=sight, why=why))
    for cue in score.cues:
        if isinstance(cue, Line) and cue.phones:
            out.append(_line(cue, film, bands, mouth))
    return sorted(out, key=lambda a: a.at)


def _line(cue: Line, film: Film, bands: NDArray[np.float32], mouth: Mouth) -> Answer:
    spoken = [p for p in cue.phones if p.viseme != "sil"]
    if not spoken:
        return Answer(name=cue.text[:40], kind="line", at=cue.start, why="the line has no phones")
    begins = spoken[0].start
    offset, _ = said(spoken, bands)
    heard = None if offset is None else begun(bands, begins + offset)
    if heard is None and offset is not None:
        heard = begins + offset
    drawn, why = mouth.offset(cue, film)
    missing = "its phones are not heard in the sound" if offset is None else ""
    return Answer(
        name=cue.text[:40], kind="line", at=begins, heard=heard,
        seen=None if drawn is None else begins + drawn, why="; ".join(w for w in (missing, why) if w),
    )  # fmt: skip


def shared_offset(ticks: Sequence[int], heard: Strikes) -> float:
    """The offset in ticks that the cues have in common: where their onsets, each by its strength, fall together within ±``SEARCH``."""
    offsets = np.array([a - t for t in ticks for a in heard.at if abs(a - t) <= SEARCH], np.float64)
    weights = np.array([s for t in ticks for a, s in zip(heard.at, heard.strength, strict=True) if abs(a - t) <= SEARCH])
    if not len(offsets):
        return 0.0
    grid = np.arange(-SEARCH, SEARCH + 1, GRID)
    votes = (weights[None] * np.exp(-0.5 * ((grid[:, None] - offsets[None]) / (12 * MS)) ** 2)).sum(axis=1)
    best = float(grid[int(np.argmax(votes))])
    close = np.abs(offsets - best) < 25 * MS
    return float((offsets[close] * weights[close]).sum() / weights[close].sum()) if close.any() else best


def nearest(tick: int, common: float, heard: Strikes) -> int | None:
    """The onset of a cue: the strongest within ±``SEARCH`` once each is weighed by how far it is from the common offset."""
    best, found = 0.0, None
    for at, strength in zip(heard.at, heard.strength, strict=True):
        if abs(at - tick) <= SEARCH:
            weighed = strength * (0.3 + 0.7 * float(np.exp(-0.5 * ((at - tick - common) / TOGETHER) ** 2)))
            if weighed > best:
                best, found = weighed, at
    return found


def error(film: Film, heard: int, seen: int) -> float:
    """Milliseconds from a sound's onset to the frame that shows its event: 0 inside its time on screen, positive where it is heard late."""
    frame = int(np.searchsorted(film.times, seen, side="right")) - 1
    start = film.times[max(frame, 0)]
    end = film.times[frame + 1] if frame + 1 < len(film.times) else film.length
    # a frame shows its middle: what happened in the half frame before it is first seen in it
    start -= (end - start) // 2
    return (heard - start) / MS if heard < start else (heard - end) / MS if heard >= end else 0.0


def _against_score(film: Film, answers: list[Answer], heard: Strikes, seen: list[Seen]) -> Finding:
    told = [a for a in answers if a.heard is not None]
    to_score = np.array([error(film, a.heard, a.at) for a in answers if a.heard is not None])
    to_seen = np.array([error(film, a.heard, a.seen) for a in answers if a.heard is not None and a.seen is not None])
    undrawn = [a for a in answers if a.seen is None and a.kind != "line"]
    nothing = "; ".join(sorted({a.why for a in answers if a.why})) or "nothing was found"
    values = [
        Value(name="cues", value=len(answers)),
        held("answered", len(told) / len(answers), "", "answered", why=nothing),
        Value(
            name="offset",
            value=float(np.median([a.heard - a.at for a in told if a.heard is not None])) / MS if told else None,
            unit="ms",
            why=nothing,
        ),
        Value(name="median error to the score", value=_median(to_score), unit="ms", why=nothing),
        held("95th percentile of error to the score", _high(to_score), "ms", "onset error", why=nothing),
        Value(name="cues seen and heard", value=len(to_seen)),
        Value(name="cues not drawn", value=len(undrawn), why=", ".join(sorted({a.name for a in undrawn}))),
        Value(name="median error of picture to sound", value=_median(to_seen), unit="ms", why="no cue is seen"),
        held("95th percentile of picture to sound", _high(to_seen), "ms", "onset error", why="no cue is seen"),
    ]
    events = [Event(name=a.name, kind=a.kind, at=a.at, seen=a.seen, heard=a.heard, text="; ".join(_remarks(a))) for a in answers]
    return Finding(metric="onsets", values=(*values, *_correlated(film, heard, seen)), events=(*events, *_events(film, heard, seen)))


def _remarks(answer: Answer) -> list[str]:
    undrawn = answer.seen is None and answer.kind != "line"
    return [w for w in (answer.why, "not drawn" if undrawn else "") if w]


def _free(film: Film, heard: Strikes, seen: list[Seen]) -> list[Value]:
    """What is seen against what is heard, with no score to say what belongs together."""
    strong = [a for a, s in zip(heard.at, heard.strength, strict=True) if s > 0.25]
    frame = film.step / MS
    matched = [min((abs(error(film, a, film.times[e.frame])) for a in heard.at), default=1e9) for e in seen]
    claimed = [min((abs(error(film, a, film.times[e.frame])) for e in seen), default=1e9) for a in strong]
    later = [min((abs(error(film, a + SEARCH // 2, film.times[e.frame])) for a in heard.at), default=1e9) for e in seen]
    close = [m for m in matched if m <= SEARCH / MS / 2]
    return [
        Value(name="events seen", value=len(seen)),
        Value(name="onsets heard", value=len(heard.at)),
        Value(name="recall", value=float(np.mean([m <= frame for m in matched])) if matched else None, why="nothing is seen to happen"),
        Value(name="recall 250 ms later", value=float(np.mean([m <= frame for m in later])) if later else None, why="nothing is seen to happen"),
        Value(name="precision", value=float(np.mean([c <= frame for c in claimed])) if claimed else None, why="nothing strong is heard"),
        Value(name="median error", value=_median(np.array(close)), unit="ms", why="nothing seen is heard"),
        *_correlated(film, heard, seen),
    ]


def _correlated(film: Film, heard: Strikes, seen: list[Seen]) -> list[Value]:
    """The offset at which what is heard and what is seen correlate best: positive where the sound is late."""
    names = ("correlated offset", "correlation", "correlation margin")
    found = offset_of(film, heard, seen)
    if isinstance(found, str):
        return [Value(name=n, value=None, unit="ms" if n == names[0] else "", why=found) for n in names]
    return [Value(name=n, value=v, unit="ms" if n == names[0] else "") for n, v in zip(names, found, strict=True)]


def offset_of(film: Film, heard: Strikes, seen: list[Seen]) -> tuple[float, float, float] | str:
    """Milliseconds by which the sound is late, the correlation there and its margin over the next peak; or why that cannot be told."""
    if len(seen) < LEAST or len(heard.at) < LEAST:
        return f"fewer than {LEAST} events are seen and heard"
    bins = film.length // GRID + 1
    sound, picture = np.zeros(bins), np.zeros(bins)
    for at, strength in zip(heard.at, heard.strength, strict=True):
        sound[min(at // GRID, bins - 1)] += strength
    frame = film.step / GRID
    for event in seen:
        # an event that frame k shows first happened between the middles of frames k-1 and k
        happened = (film.times[event.frame] + (film.middle(event.frame) - film.times[event.frame]) - film.step // 2) / GRID
        picture[int(np.clip(round(happened), 0, bins - 1))] += 0.3 + 0.7 * event.strength
    width = max(frame / 2, 2.0)
    t = np.arange(-int(3 * width), int(3 * width) + 1)
    bell = np.exp(-0.5 * (t / width) ** 2)
    a, b = np.convolve(sound, bell, "same"), np.convolve(picture, bell, "same")
    lags = np.arange(-2 * SEARCH // GRID, 2 * SEARCH // GRID + 1)
    scale = float(np.linalg.norm(a) * np.linalg.norm(b)) or 1.0
    values = np.array([float((a[max(k, 0) : bins + min(k, 0)] * b[max(-k, 0) : bins - max(k, 0)]).sum()) for k in lags]) / scale
    inside = np.abs(lags) <= SEARCH // GRID
    best = int(np.flatnonzero(inside)[np.argmax(values[inside])])
    apart = np.abs(lags - lags[best]) > 3 * width
    if values[best] < float(values[apart].mean()) + SIGNIFICANT * max(float(values[apart].std()), 0.02):
        return "what is seen and what is heard do not go together at any offset"
    rest = values[apart & inside]
    around = values[best - 1 : best + 2]
    bend = float(around[0] - 2 * around[1] + around[2]) if len(around) == 3 else 0.0
    fine = 0.5 * float(around[0] - around[2]) / bend if bend < 0 else 0.0
    return (float(lags[best]) + fine) * GRID / MS, float(values[best]), float(values[best] - rest.max(initial=0.0))


def _events(film: Film, heard: Strikes, seen: list[Seen]) -> list[Event]:
    out = [Event(name="onset", kind="onset", at=a, heard=a) for a, s in zip(heard.at, heard.strength, strict=True) if s > 0.25]
    return out + [Event(name=e.kind, kind=e.kind, at=film.times[e.frame], seen=film.times[e.frame]) for e in seen]


def _median(values: F64) -> float | None:
    return float(np.median(np.abs(values))) if len(values) else None


def _high(values: F64) -> float | None:
    return float(np.percentile(np.abs(values), 95)) if len(values) else None
