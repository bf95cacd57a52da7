"""Lips against speech: by how much they are late, how well they follow, whether they close where they must.

Read twice, by a face tracker and by pixels; a goal is met only if the pixels bear the tracker out.
Against the phones of a score, where there is one, and against the sound itself.
Natural lips open a little before the voice: on film 0 to 60 ms early is what a person does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.measure.alike import STEP, Peak, alike, correlation, likeness, on_grid, peak, swing
from phonofilm.measure.articulation import LEAST_SYLLABLES, asked_openness, heard_level, heard_openness, num_syllables
from phonofilm.measure.film import Asked, Film, Shown
from phonofilm.measure.finding import Finding, Series, Value, held, not_applicable
from phonofilm.measure.mouth import Mouth, Mouths, Reading, by_pixels
from phonofilm.phones import Phone, is_bilabial
from phonofilm.score.model import Line

F64 = NDArray[np.float64]

LEAST_STIR = 0.008  # of the face's height: lips that stir by less do not speak
SHUT = 0.2  # of the wide opening: below it lips count as closed
_ROOM = 14_400  # ticks around a line that belong to it: 300 ms
_PHONES = (0.45, 0.12)  # least correlation and margin of an answer: against phones,
_PIXELS = (0.25, 0.04)  # and of the pixels that bear it out,
_AGREE, _BESIDE = 30.0, 3  # within so many ms, which are so many steps
#: against the sound: the least correlation of both readings' mean is the first by the root of the seconds that are compared, at most the second;
#: the third is its margin. Lips under somebody else's speech reach that in one of fifty films (docs/measuring.md)
_SOUND = (1.0, 0.55, 0.12)


@dataclass(frozen=True, kw_only=True, eq=False)
class Speaker:
    """The lips that speak, as curves f64[t]: ``opening`` by landmarks (share of the face's height), ``pixels`` in standard deviations."""

    mouths: tuple[Mouth, ...]
    opening: F64
    pixels: F64

    @property
    def readings(self) -> list[Reading]:
        """All readings, in order."""
        return sorted((r for m in self.mouths for r in m.readings), key=lambda r: r.index)

    @property
    def stirring(self) -> float:
        """How far the lips open and close: 95th less 5th percentile of the opening."""
        known = self.opening[np.isfinite(self.opening)]
        return float(np.quantile(known, 0.95) - np.quantile(known, 0.05)) if known.size else 0.0


class Lips:
    """The metric ``lips``."""

    def __init__(self, asked: Asked) -> None:
        self._lines = [c for c in asked.score.cues if isinstance(c, Line) and c.phones] if asked.score else []
        self._mouths = Mouths()

    def see(self, shown: Shown) -> None:
        """Read the mouths of a frame."""
        self._mouths.see(shown)

    def finding(self, film: Film) -> Finding:
        """Offsets, correlations, closures and openings."""
        least = max(TICKS_PER_SECOND // max(film.step, 1), 8)
        mouths = [m for m in self._mouths.all if len(m.readings) >= least]
        lines = [line for line in self._lines if line.actor]
        if not mouths:
            return not_applicable("lips", "no face whose mouth can be read is seen for a second")
        if self._lines and not lines:
            return not_applicable("lips", "whoever speaks is a narrator off screen")
        if film.heard.sound is None and not lines:
            return not_applicable("lips", film.heard.why)
        heard = heard_openness(film.heard.mono)
        if not lines and num_syllables(heard) < LEAST_SYLLABLES:
            return not_applicable("lips", f"no speech is heard: fewer than {LEAST_SYLLABLES} syllables")
        phones = [p for line in lines for p in line.phones]
        told = _within(asked_openness(phones, film.length, film.step), lines) if lines else None
        speaker = choose(mouths, heard if told is None else told, film)
        values: list[Value] = [_who(speaker, mouths), Value(name="frames with that mouth", value=len(speaker.readings) / film.num_frames)]
        series = [_series("mouth opening", "of face height", speaker.opening, film), _series("mouth opening by pixels", "σ", speaker.pixels, film)]
        if told is not None:
            values += _judged(peaks(speaker, told), "phones", ("lip offset", "lip correlation"), must=True)
            series.append(_series("opening asked by the phones", "", told, film))
        if film.heard.sound is not None:
            voice = _within(heard, lines) if lines else heard
            values += _by_sound(speaker, voice)
            level = _within(heard_level(film.heard.mono), lines) if lines else heard_level(film.heard.mono)
            values.append(_control(speaker, level))
            series.append(_series("opening heard in the voice", "", heard, film))
        said = np.ones(len(speaker.opening), bool) if told is None else np.isfinite(told)
        values += closures(speaker, phones, film, said) if phones else [replace(_wide(speaker, said), goal="", passed=None)]
        return Finding(metric="lips", values=tuple(values), series=tuple(series))


def choose(mouths: Sequence[Mouth], told: F64, film: Film) -> Speaker:
    """Whose lips follow best what is told, by how unlikely their correlation is: few readings are alike by chance.

    Shots in which only others are seen stay out unless their lips follow too, at the same offset.
    """
    reference = swing(told)
    ranked: list[tuple[float, F64 | None, Speaker]] = []
    for mouth in mouths:
        speaker = speaker_of((mouth,), film)
        curve = likeness(swing(speaker.opening), reference) if speaker.stirring >= LEAST_STIR else None
        ranked.append((-1.0 if curve is None else float(curve.max()) * len(mouth.readings) ** 0.5, curve, speaker))
    ranked.sort(key=lambda row: -row[0])
    _, best, first = ranked[0]
    at = int(best.argmax()) if best is not None else 0
    near = slice(max(at - _BESIDE, 0), at + _BESIDE + 1)
    taken, used = list(first.mouths), {r.index for r in first.readings}
    for _, curve, speaker in ranked[1:]:
        own = {reading.index for reading in speaker.readings}
        follows = best is not None and curve is not None and float(curve[near].max()) >= 0.2
        if follows and len(own & used) <= 0.1 * len(own):
            taken += speaker.mouths
            used |= own
    return speaker_of(tuple(taken), film)


def speaker_of(mouths: tuple[Mouth, ...], film: Film) -> Speaker:
    """The curves of one or several mouths, each frame standing for its middle."""
    hole, length = 4 * film.step, film.length
    size = length // STEP + 1
    opening, pixels = np.full(size, np.nan), np.full(size, np.nan)
    for mouth in mouths:
        at = [film.middle(r.index) for r in mouth.readings]
        a = on_grid(at, [r.opening for r in mouth.readings], length, hole)
        b = on_grid(at, by_pixels(mouth.readings, film.step).tolist(), length, hole)
        opening, pixels = np.where(np.isnan(opening), a, opening), np.where(np.isnan(pixels), b, pixels)
    return Speaker(mouths=mouths, opening=opening, pixels=pixels)


def peaks(speaker: Speaker, told: F64) -> tuple[Peak, Peak]:
    """Where the lips follow phones best by the tracker, and by pixels. The tracker's offset is taken back where the pixels do not bear it out."""
    reference = swing(told)
    tracker = alike(swing(speaker.opening), reference, least=_PHONES[0], margin=_PHONES[1])
    pixels = alike(speaker.pixels, reference, least=_PIXELS[0], margin=_PIXELS[1])
    if tracker.offset is not None and pixels.offset is None:
        why = f"the tracker says {tracker.offset:.0f} ms, the pixels do not bear it out: {pixels.why}"
        return replace(tracker, offset=None, why=why), pixels
    return _agreed(tracker, pixels), pixels


def peaks_by_sound(speaker: Speaker, told: F64) -> tuple[Peak, Peak]:
    """The same against the sound, which tells less: what both readings together must reach depends on how long they are compared."""
    opening, reference = swing(speaker.opening), swing(told)
    by_tracker, by_pixel = likeness(opening, reference), likeness(speaker.pixels, reference)
    if by_tracker is None or by_pixel is None:
        none = Peak(offset=None, why="less than a second of both can be compared, or one of them stands still")
        return none, none
    tracker, pixels = peak(by_tracker, least=0, margin=0), peak(by_pixel, least=0, margin=0)
    n = min(len(opening), len(reference))
    seconds = float((np.isfinite(opening[:n]) & np.isfinite(reference[:n])).sum()) * STEP / TICKS_PER_SECOND
    together = peak((by_tracker + by_pixel) / 2, least=min(_SOUND[0] / seconds**0.5, _SOUND[1]), margin=_SOUND[2])
    if together.offset is None:
        return replace(tracker, offset=None, why=f"of tracker and pixels together {together.why} in {seconds:.1f} s"), pixels
    return _agreed(tracker, pixels), pixels


def _agreed(tracker: Peak, pixels: Peak) -> Peak:
    if tracker.offset is None or (pixels.offset is not None and abs(pixels.offset - tracker.offset) <= _AGREE):
        return tracker
    says = pixels.why if pixels.offset is None else f"{pixels.offset:.0f} ms"
    return replace(tracker, offset=None, why=f"the tracker says {tracker.offset:.0f} ms, the pixels {says}")


def _judged(found: tuple[Peak, Peak], name: str, goals: tuple[str, str], *, must: bool) -> list[Value]:
    """``must``: the score says that these lips speak, so that no answer is a bad one; else it is none at all."""
    tracker, pixels = found
    late = held(f"lips late against {name}", tracker.offset, "ms", goals[0], why=tracker.why)
    r = held(f"correlation with {name}", tracker.correlation, "", goals[1], why=tracker.why)
    if tracker.offset is None:
        late, r = replace(late, passed=False if must else None), replace(r, passed=False if must else None)
    return [
        late,
        Value(name=f"lips late against {name}, by pixels", value=pixels.offset, unit="ms", why=pixels.why),
        r,
        Value(name=f"correlation with {name}, by pixels", value=pixels.correlation, why=pixels.why),
        Value(name=f"margin over the next peak ({name})", value=tracker.margin, why=tracker.why),
    ]


def _by_sound(speaker: Speaker, voice: F64) -> list[Value]:
    if speaker.stirring < LEAST_STIR:
        why = f"the lips stir by {speaker.stirring:.1%} of the face's height; less than {LEAST_STIR:.1%} is no speech"
        return [Value(name=name, value=None, why=why) for name in ("lips late against the sound", "correlation with the sound")]
    return _judged(peaks_by_sound(speaker, voice), "the sound", ("lip offset by sound", "lip correlation by sound"), must=False)


def closures(speaker: Speaker, phones: Sequence[Phone], film: Film, said: NDArray[np.bool_]) -> list[Value]:
    """Bilabials that close, open vowels that do not, and how the vowels differ. Phones are taken on the film's clock, as the score has them.

    ``said`` b[t] marks the curve's steps at which somebody speaks.
    """
    frames = [(film.middle(r.index), r) for r in speaker.readings]
    half = film.step // 2

    def during(phone: Phone) -> list[Reading]:
        return [r for at, r in frames if phone.start - half <= at < phone.end + half]

    def core(phone: Phone) -> list[Reading]:
        quarter = (phone.end - phone.start) // 4
        return [r for at, r in frames if phone.start + quarter - half <= at < phone.end - quarter + half]

    wide = _wide(speaker, said).value
    wide = float(wide) if isinstance(wide, float) else 0.0
    shut = SHUT * wide
    lips = [min(r.opening for r in seen) < shut for p in phones if is_bilabial(p) and (seen := during(p))]
    dark = _dips(speaker, [p for p in phones if is_bilabial(p)])
    vowels = [p for p in phones if p.viseme in ("aa", "E", "O") and p.end - p.start >= film.step]
    falsely = [max(r.opening for r in seen) < shut for p in vowels if (seen := core(p))]

    def typical(viseme: str, what: str) -> float | None:
        found = [float(np.median([getattr(r, what) for r in seen])) for p in phones if p.viseme == viseme and (seen := core(p))]
        return float(np.median(found)) if len(found) >= 2 else None

    none = "the line has none"
    ratio = _ratio(typical("aa", "opening"), typical("I", "opening"))
    round_ = _ratio(typical("U", "width"), typical("I", "width"))
    closed = held("bilabials seen closed", _share(lips), "", "bilabials closed", why=none)
    if closed.passed and dark is not None and dark < 0.8:
        closed = replace(closed, passed=False, why="the pixels do not bear it out")
    return [
        Value(name="bilabials", value=len(lips)),
        closed,
        Value(name="bilabials seen closed, by pixels", value=dark, why="" if dark is not None else none),
        held("open vowels seen closed", _share(falsely), "", "false closures", why=none),
        Value(name="opening of /a/ over /i/", value=ratio, why="" if ratio else "fewer than two of each"),
        Value(name="width of /u/ over /i/", value=round_, why="" if round_ else "fewer than two of each"),
        _wide(speaker, said),
    ]


def _dips(speaker: Speaker, phones: Sequence[Phone]) -> float | None:
    """Share of phones at which the opening by pixels is in the lower half of its range (5th to 95th percentile).

    Not below its median: lips that are closed for most of a line are all on one side of that, and noise decides.
    """
    curve = speaker.pixels
    known = curve[np.isfinite(curve)]
    if not known.size:
        return None
    spans = [curve[max(p.start // STEP - 2, 0) : p.end // STEP + 3] for p in phones]
    half = float(np.percentile(known, (5, 95)).mean())
    lows = [float(np.nanmin(span)) < half for span in spans if np.isfinite(span).any()]
    return _share(lows)


def _control(speaker: Speaker, level: F64) -> Value:
    r = correlation(swing(speaker.opening), swing(level))
    return Value(name="correlation with loudness (control)", value=r, why="" if r is not None else "too little of both")


def _wide(speaker: Speaker, said: NDArray[np.bool_]) -> Value:
    known = speaker.opening[np.isfinite(speaker.opening) & said]
    return held("opening, 95th percentile", float(np.quantile(known, 0.95)) if known.size else None, "of face height", "wide opening")


def _who(speaker: Speaker, mouths: Sequence[Mouth]) -> Value:
    x, y = speaker.mouths[0].first_seen
    text = f"at {x:.0%} from the left, {y:.0%} from the top"
    return Value(name="speaking face", value=text if len(mouths) == 1 else f"{text}, the best of {len(mouths)}")


def _within(row: F64, lines: Sequence[Line]) -> F64:
    """A curve where lines are spoken, with some room around; NaN elsewhere."""
    keep = np.zeros(len(row), bool)
    for line in lines:
        keep[max(line.start - _ROOM, 0) // STEP : (line.end + _ROOM) // STEP + 1] = True
    return np.where(keep, row, np.nan)


def _series(name: str, unit: str, row: F64, film: Film) -> Series:
    at = tuple(film.middle(k) for k in range(film.num_frames))
    values = [float(row[t // STEP]) if t // STEP < len(row) else float("nan") for t in at]
    return Series(name=name, unit=unit, at=at, values=tuple(v if np.isfinite(v) else None for v in values))


def _share(flags: Sequence[bool]) -> float | None:
    return float(np.mean(flags)) if flags else None


def _ratio(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a / max(b, 1e-3)
