"""Beats: whether cuts and the starts and stops of what moves fall on the beats of the music.

Axes: t steps of the onset envelope, n beats. The tracker is this module's own: tempo by autocorrelation under a log-normal prior, beats by dynamic
programming (Ellis, 2007), bars by where the bass begins. Where no pulse is heard there is nothing to measure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.measure.events import Events, Seen
from phonofilm.measure.film import Asked, Film, Shown
from phonofilm.measure.finding import Event, Finding, Value, held, not_applicable
from phonofilm.measure.strikes import STEP, Strikes, strikes
from phonofilm.score.model import Music, Score

F64 = NDArray[np.float64]

RATE = TICKS_PER_SECOND / STEP  # steps a second
SLOWEST, FASTEST, USUAL, SPREAD = 50.0, 200.0, 115.0, 0.9  # beats a minute; octaves
TIGHT = 100.0  # how dear a beat is that comes too early or too late
SURE = 0.27  # autocorrelation of the onsets at the beat from which there is a pulse,
ON_BEAT = 1.5  # and how much stronger they are on the beats than elsewhere
LEAST = 3 * TICKS_PER_SECOND
CONTROL = TICKS_PER_SECOND // 10


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """Beats and downbeats in ticks, ``tempo`` a minute; ``regular`` the autocorrelation at the beat, ``on_beat`` how much more begins on the beats.

    ``downbeats`` is empty where the bars are not sure.
    """

    tempo: float
    beats: tuple[int, ...]
    downbeats: tuple[int, ...]
    regular: float
    on_beat: float

    @property
    def sure(self) -> bool:
        """Whether this is music with a pulse."""
        return len(self.beats) >= 4 and self.regular >= SURE and self.on_beat >= ON_BEAT


class Beats:
    """The metric ``beats``."""

    def __init__(self, asked: Asked) -> None:
        self._score = asked.score
        self._events = Events()

    def see(self, shown: Shown) -> None:
        """Look for a cut or an accent."""
        self._events.see(shown)

    def finding(self, film: Film) -> Finding:
        """Cuts and accents against the beats that are heard, and against those of the score."""
        if film.heard.sound is None:
            return not_applicable("beats", film.heard.why or "the film has no sound")
        if film.length < LEAST:
            return not_applicable("beats", f"a pulse takes {LEAST // TICKS_PER_SECOND} s to be told")
        scored = scored_beats(self._score)
        if self._score is not None and not scored:
            return not_applicable("beats", "the score has no music with beats")
        pulse = pulse_of(strikes(film.heard.mono))
        if not pulse.sure:
            return not_applicable("beats", f"no pulse is heard (regularity {pulse.regular:.2f}, {pulse.on_beat:.1f} times more on its beats)")
        return _finding(film, pulse, scored, self._events.found())


def scored_beats(score: Score | None) -> tuple[int, ...]:
    """The beats of a score's music, in ticks."""
    if score is None:
        return ()
    return tuple(sorted({b for cue in score.cues if isinstance(cue, Music) for b in cue.beats if cue.start <= b < cue.end}))


def pulse_of(heard: Strikes) -> Pulse:
    """The pulse of what begins in a sound."""
    envelope = _envelope(heard)
    nothing = Pulse(tempo=0.0, beats=(), downbeats=(), regular=0.0, on_beat=0.0)
    if len(envelope) < LEAST // STEP or not envelope.any():
        return nothing
    period, regular = _period(envelope)
    if not period:
        return nothing
    beats = _track(envelope, period)
    if len(beats) < 4:
        return nothing
    near = np.array([envelope[max(b - 6, 0) : b + 7].max() for b in beats])
    rest = np.mean([envelope[max(b + int(s * period) - 6, 0) :][:13].max(initial=0.0) for b in beats for s in (0.25, 0.4, 0.6, 0.75)])
    tempo = 60 * RATE / float(np.median(np.diff(beats)))
    return Pulse(
        tempo=tempo, beats=tuple(_placed(heard, int(b)) for b in beats), downbeats=_downbeats(heard, beats), regular=regular,
        on_beat=float(min(near.mean() / max(float(rest), 1e-9), 99.0)),
    )  # fmt: skip


def _envelope(heard: Strikes) -> F64:
    """What begins, the bass as much as all else, without its slow swell: f64[t]."""
    parts = [f.astype(np.float64) / max(float(np.percentile(f, 99)) if len(f) else 0.0, 0.5) for f in (heard.flux, heard.low)]
    both = np.minimum(parts[0], 2) + np.minimum(parts[1], 2)
    both = ndimage.gaussian_filter1d(both, 3.0)
    return np.maximum(both - ndimage.uniform_filter1d(both, round(RATE), mode="nearest"), 0.0)


def _period(envelope: F64) -> tuple[float, float]:
    """Steps from one beat to the next, and how regular they are (0…1)."""
    centred = envelope - envelope.mean()
    size = 1 << int(np.ceil(np.log2(2 * len(centred))))
    auto = np.fft.irfft(np.abs(np.fft.rfft(centred, size)) ** 2)[: len(centred)]
    if auto[0] <= 0:
        return 0.0, 0.0
    auto = auto / auto[0] * len(centred) / np.maximum(len(centred) - np.arange(len(centred)), len(centred) / 3)
    lags = np.arange(round(RATE * 60 / FASTEST), min(round(RATE * 60 / SLOWEST), len(auto) // 2))
    if not len(lags):
        return 0.0, 0.0
    smooth = ndimage.maximum_filter1d(auto, 7)
    own = np.zeros(len(lags))
    for times, weight in ((1, 1.0), (2, 0.6), (4, 0.4)):
        at = lags * times
        own += weight * np.where(at < len(auto) * 0.8, smooth[np.minimum(at, len(auto) - 1)], 0.5 * smooth[lags])
    prior = np.exp(-0.5 * (np.log2(60 * RATE / lags / USUAL) / SPREAD) ** 2)
    best = int(np.argmax(own * prior))
    k = int(lags[best])
    window = auto[max(k - 3, 0) : k + 4]
    k = max(k - 3, 0) + int(np.argmax(window))
    bend = auto[k - 1] - 2 * auto[k] + auto[k + 1] if 0 < k < len(auto) - 1 else 0.0
    fine = 0.5 * (auto[k - 1] - auto[k + 1]) / bend if bend < 0 else 0.0
    return k + float(np.clip(fine, -0.5, 0.5)), float(np.clip(auto[k], 0, 1))


def _track(envelope: F64, period: float) -> NDArray[np.int64]:
    """The beats, in steps: strong onsets about one period apart."""
    strength = ndimage.gaussian_filter1d(envelope, period / 32) / max(float(envelope.std()), 1e-9)
    total, back = strength.copy(), np.full(len(strength), -1)
    reach = np.arange(round(period / 2), round(2 * period) + 1)
    dear = TIGHT * np.log(reach / period) ** 2
    for t in range(int(reach[0]), len(strength)):
        some = reach[reach <= t]
        before = total[t - some] - dear[: len(some)]
        k = int(np.argmax(before))
        if before[k] > 0:
            total[t], back[t] = strength[t] + before[k], t - some[k]
    last = len(total) - round(period)
    at = last + int(np.argmax(total[last:]))
    beats = [at]
    while back[at] >= 0:
        at = int(back[at])
        beats.append(at)
    beats.reverse()
    strong = np.array([strength[max(b - 4, 0) : b + 5].max() for b in beats])
    loud = np.nonzero(strong > 0.25 * np.median(strong))[0]  # none before the music begins or after it ends
    return np.array(beats[int(loud[0]) : int(loud[-1]) + 1] if len(loud) else [], np.int64)


def _placed(heard: Strikes, step: int) -> int:
    """The onset that a beat stands for, where there is one within 35 ms; else the beat itself."""
    tick = step * STEP
    near = [(s, a) for a, s in zip(heard.at, heard.strength, strict=True) if abs(a - tick) < 0.035 * TICKS_PER_SECOND]
    return max(near)[1] if near else tick


def _downbeats(heard: Strikes, beats: NDArray[np.int64]) -> tuple[int, ...]:
    """The first beats of the bars where the bass says so clearly, in ticks."""
    if len(beats) < 12:
        return ()
    low = np.array([float(heard.low[max(b - 6, 0) : b + 10].max(initial=0.0)) for b in beats])
    spread = float(low.std()) or 1.0
    best: tuple[float, int, int] = (0.0, 4, 0)
    for metre in (3, 4):
        for phase in range(metre):
            ones = low[phase::metre]
            others = np.delete(low, np.arange(phase, len(low), metre))
            best = max(best, (float(ones.mean() - others.mean()) / spread, metre, phase))
    strength, metre, phase = best
    return tuple(_placed(heard, int(b)) for b in beats[phase::metre]) if strength > 0.8 else ()


def away(at: int, until: int, beats: tuple[int, ...]) -> float:
    """Milliseconds from the time of a frame [at, until) to the nearest beat: 0 where the beat lies inside it, negative where the frame is early."""
    offs = [at - b if b < at else until - b if b >= until else 0 for b in beats]
    return min(offs, key=abs) * 1000 / TICKS_PER_SECOND if offs else float("inf")


def _finding(film: Film, pulse: Pulse, scored: tuple[int, ...], seen: list[Seen]) -> Finding:
    cuts, accents = [e for e in seen if e.kind == "cut"], [e for e in seen if e.kind != "cut"]
    values = [
        Value(name="tempo", value=pulse.tempo, unit="a minute"),
        Value(name="beats heard", value=len(pulse.beats)),
        Value(name="regularity", value=pulse.regular),
        Value(name="cuts", value=len(cuts)),
        Value(name="accents", value=len(accents)),
    ]
    kinds = (("cuts", cuts, True), ("accents", accents, False))
    for name, events, judged in kinds:
        share, typical = against(film, events, pulse.beats)
        why = f"no {name} are seen"
        if judged:
            values.append(held(f"{name} on beats", share, "", "cuts on beats", why=why))
        else:
            values.append(Value(name=f"{name} on beats", value=share, why=why))
        values.append(Value(name=f"{name} on beats 100 ms later", value=against(film, events, tuple(b + CONTROL for b in pulse.beats))[0], why=why))
        values.append(Value(name=f"{name} from beats", value=typical, unit="ms", why=why))
    if pulse.downbeats:
        values.append(Value(name="cuts on downbeats", value=against(film, cuts, pulse.downbeats)[0], why="no cuts are seen"))
    if scored:
        hits = [min(abs(b - h) for h in pulse.beats) <= film.step for b in scored if pulse.beats[0] <= b <= pulse.beats[-1]]
        values.append(Value(name="cuts on the score's beats", value=against(film, cuts, scored)[0], why="no cuts are seen"))
        values.append(Value(name="the score's beats heard", value=float(np.mean(hits)) if hits else None, why="none falls between the heard ones"))
    events = [Event(name="beat", kind="beat", at=b, heard=b) for b in pulse.beats]
    events += [Event(name=e.kind, kind=e.kind, at=film.times[e.frame], seen=film.times[e.frame]) for e in seen]
    return Finding(metric="beats", values=tuple(values), events=tuple(sorted(events, key=lambda e: e.at)))


def against(film: Film, events: list[Seen], beats: tuple[int, ...]) -> tuple[float | None, float | None]:
    """The share of events that are seen within one frame of a beat, and the median distance in ms; None where nothing is seen."""
    if not events or not beats:
        return None, None
    offs = [abs(away(film.times[e.frame], _end(film, e.frame), beats)) for e in events]
    frame = film.step * 1000 / TICKS_PER_SECOND
    return float(np.mean([o <= frame + 0.1 for o in offs])), float(np.median(offs))


def _end(film: Film, frame: int) -> int:
    return film.times[frame + 1] if frame + 1 < len(film.times) else film.length
