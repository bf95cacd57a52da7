"""Calibration: a film that is in sync is spoilt in known ways, and every metric has to answer as it must.

A question is asked only where it has a meaning: the film must have what is to be spoilt. What could not be asked says why.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from phonofilm.measure.distort import KINDS, distort
from phonofilm.measure.document import Report
from phonofilm.measure.embedding import Embed
from phonofilm.measure.film import Asked, sound_of
from phonofilm.measure.finding import Finding
from phonofilm.measure.look import Looked, look
from phonofilm.measure.swap import swap_face
from phonofilm.media.probe import probe
from phonofilm.progress import Progress, quiet
from phonofilm.score.model import Score

SHIFTS = (-320, -160, -80, -40, -20, 20, 40, 80, 160, 320)
FEW_SHIFTS = (-160, 40)
WITHIN = 10.0  # ms: how exactly a shift of the sound is to be found again


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One question put to a metric: what was ``done`` to the film, what it ``must`` say and what it ``says``.

    ``passed`` None: the question was not asked, ``says`` why.
    """

    metric: str
    done: str
    must: str
    says: str
    passed: bool | None


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """All answers; ``curves`` by metric: pairs of the sound's shift and what was found of it, ms."""

    answers: tuple[Answer, ...]
    curves: Mapping[str, tuple[tuple[float, float | None], ...]]

    @property
    def passed(self) -> bool:
        """Whether every question that was asked was answered as it must be."""
        return all(a.passed is not False for a in self.answers)


def calibrate(
    film: Path, *, score: Score | None = None, references: Mapping[str, Path] | None = None, other_face: Path | None = None,
    other_score: Score | None = None, embed: Embed | None = None, short: bool = False, progress: Progress = quiet,
) -> Calibration:  # fmt: skip
    """Put every question that this film allows. ``other_face``: a picture of somebody else; ``other_score``: that of another film;
    ``embed``: a face recogniser.

    ``short`` asks fewer. Raises ``ReferenceError_`` for what is no film.
    """
    with tempfile.TemporaryDirectory(prefix="phonofilm-") as scratch:
        bench = _Bench(
            film=film, asked=Asked(score=score, references=dict(references or {}), embed=embed), folder=Path(scratch), other_face=other_face,
            other_score=other_score, shifts=FEW_SHIFTS if short else SHIFTS, progress=progress,
        )  # fmt: skip
        progress("measuring the film as it is")
        plain = look(film, bench.asked, progress=progress)
        bench = replace(bench, looked=plain)
        as_it_is = plain.report()
        answers: list[Answer] = []
        curves: dict[str, tuple[tuple[float, float | None], ...]] = {}
        for row, curve in _shifted(bench, plain):
            answers.append(row)
            if curve is not None:
                curves[row.metric] = (*curves.get(row.metric, ()), curve)
        for ask in SPOILT[: 3 if short else None]:
            answers += ask(bench, as_it_is)
    return Calibration(answers=tuple(answers), curves=curves)


@dataclass(frozen=True, kw_only=True)
class _Bench:
    film: Path
    asked: Asked
    folder: Path
    other_face: Path | None
    other_score: Score | None
    shifts: Sequence[int]
    progress: Progress
    looked: Looked | None = None

    def spoilt(self, kind: str, amount: float, *metrics: str) -> Report:
        """The report of the film spoilt in one way, by some metrics."""
        self.progress(f"{kind} {amount:g}")
        path = distort(self.film, self.folder / "spoilt.mp4", kind=kind, amount=amount)
        if self.looked is not None and KINDS[kind].see is None:  # the picture is as it was: what was seen in it need not be seen again
            return self.looked.with_sound(sound_of(path, probe(path)), path=path).report_of(metrics)
        return look(path, self.asked, only=metrics).report()


#: what a metric calls the time by which the sound is late (+1) or early (-1) of the picture
_LATE = {"lips": ("lips late against the sound", -1), "onsets": ("offset", 1)}


def _shifted(bench: _Bench, plain: Looked) -> Iterator[tuple[Answer, tuple[float, float | None] | None]]:
    """The sound earlier and later. The picture stays, so it is looked at once; the sound is read from each film that was written."""
    for metric, (name, _) in _LATE.items():
        base = _number(plain.finding(metric), name)
        if base is None:
            why = _why(plain.finding(metric), name)
            yield Answer(metric=metric, done="sound shifted", must="the shift found again", says=f"not asked: {why}", passed=None), None
    for ms in bench.shifts:
        bench.progress(f"shift {ms:g} ms")
        path = distort(bench.film, bench.folder / "shifted.mp4", kind="shift", amount=ms)
        moved = plain.with_sound(sound_of(path, plain.film.facts))
        for metric, (name, sign) in _LATE.items():
            base, found = _number(plain.finding(metric), name), _number(moved.finding(metric), name)
            if base is None:
                continue
            by = None if found is None else sign * (found - base)
            says = "no offset" if by is None else f"{by:+.0f} ms"
            passed = by is not None and abs(by - ms) <= WITHIN
            yield Answer(metric=metric, done=f"sound {ms:+d} ms", must=f"{ms:+d} ± {WITHIN:g} ms", says=says, passed=passed), (ms, by)


def _still(bench: _Bench, plain: Report) -> list[Answer]:
    """A still picture under the film's sound."""
    report = bench.spoilt("freeze", 1.0, "lips", "picture", "camera")
    out = [_compared("picture", "picture frozen", "frozen share ≥ 0.95", report, "frozen share", lambda v: v >= 0.95)]
    spoke = _number(plain.finding("lips"), "lips late against the sound") is not None
    if spoke:
        lips = report.finding("lips")
        found = _number(lips, "lips late against the sound")
        good = lips.applies and any(v.passed and v.name.startswith(("lips late", "correlation")) for v in lips.values)
        says = "a good score" if good else f"{found:.0f} ms" if found is not None else f"no offset: {_why(lips, 'lips late against the sound')}"
        out.append(Answer(metric="lips", done="picture frozen", must="no offset and no goal met", says=says, passed=found is None and not good))
    moves = _text(report.finding("camera"), "moves")
    out.append(
        Answer(metric="camera", done="picture frozen", must="static", says=moves or "no move", passed=set(moves.split(", ")) <= {"static", ""})
    )
    return out


def _silent(bench: _Bench, plain: Report) -> list[Answer]:
    if not plain.finding("sound").applies:
        return [Answer(metric="sound", done="silenced", must="silence", says="not asked: the film has no sound", passed=None)]
    report = bench.spoilt("silence", 1.0, "sound", "lips", "onsets", "beats")
    out = [_compared("sound", "silenced", "silent share ≥ 0.99", report, "silent share", lambda v: v >= 0.99)]
    for metric in ("lips", "onsets", "beats"):
        finding = report.finding(metric)
        met = [
            v.name
            for v in finding.values
            if v.passed and v.name not in ("opening, 95th percentile", "bilabials seen closed", "open vowels seen closed")
        ]
        if metric == "lips" and bench.asked.score is not None:  # against the phones of its score a film needs no sound
            met = [name for name in met if "sound" in name]
        out.append(Answer(metric=metric, done="silenced", must="no goal of sync met", says=", ".join(met) or "none met", passed=not met))
    return out


def _other_face(bench: _Bench, plain: Report) -> list[Answer]:
    must = "its look beyond the goal"
    if bench.other_face is None or not bench.asked.references:
        return [Answer(metric="identity", done="face exchanged", must=must, says="not asked: no reference and other face were given", passed=None)]
    looks = [v for v in plain.finding("identity").values if v.name.endswith((": look, median", ": embedding, median"))]
    bench.progress("another face")
    path = swap_face(bench.film, bench.folder / "other.mp4", other=bench.other_face)
    found = look(path, bench.asked, only=("identity",)).report().finding("identity")
    out: list[Answer] = []
    for own in looks:
        other = next((v for v in found.values if v.name == own.name), None)
        says = (
            f"{own.value:.3g} before, {other.value:.3g} after"
            if other and isinstance(other.value, float) and isinstance(own.value, float)
            else "none"
        )
        out.append(Answer(metric="identity", done="as it is", must="its look within the goal", says=str(own.value), passed=own.passed is True))
        out.append(Answer(metric="identity", done="face exchanged", must=must, says=says, passed=other is not None and other.passed is False))
    return out or [Answer(metric="identity", done="face exchanged", must=must, says="not asked: no face is compared", passed=None)]


def _soft(bench: _Bench, plain: Report) -> list[Answer]:
    report = bench.spoilt("blur", 2.0, "picture")
    before = _number(plain.finding("picture"), "edge width") or math.inf
    return [_compared("picture", "blurred by 2 px", "edges ≥ 1.3 times as wide", report, "edge width", lambda v: v >= 1.3 * before)]


def _exchanged_score(bench: _Bench, plain: Report) -> list[Answer]:
    must = "goals missed"
    if bench.other_score is None or bench.asked.score is None:
        return [Answer(metric="lips", done="another film's score", must=must, says="not asked: no score and other score were given", passed=None)]
    bench.progress("another score")
    report = look(bench.film, replace(bench.asked, score=bench.other_score), only=("lips", "container", "onsets")).report()
    out: list[Answer] = []
    for metric in ("lips", "onsets"):
        if plain.finding(metric).passed is not True:
            continue
        finding = report.finding(metric)
        missed = [f"{v.name} {v.value}" for v in finding.values if v.passed is False]
        says = "; ".join(missed) or finding.why or "every goal met"
        out.append(Answer(metric=metric, done="another film's score", must=must, says=says, passed=bool(missed) or not finding.applies))
    frames = _number(report.finding("container"), "frames beyond the score")
    lasts = bench.other_score.length != bench.asked.score.length
    if lasts:
        out.append(
            Answer(metric="container", done="another film's score", must="frames too many or too few", says=f"{frames:g}", passed=bool(frames))
        )
    return out


def _light(bench: _Bench, plain: Report) -> list[Answer]:
    base = plain.finding("picture")
    halo, flicker, jumps = (_number(base, n) or 0.0 for n in ("halo", "flicker", "jumps of the light"))
    out = [
        _compared(
            "picture", "flickering by 3 %", "flicker ≥ 1 % more", bench.spoilt("flicker", 3.0, "picture"), "flicker", lambda v: v >= flicker + 1
        )
    ]
    out.append(
        _compared(
            "picture",
            "half a stop brighter",
            "one jump more",
            bench.spoilt("exposure", 0.5, "picture"),
            "jumps of the light",
            lambda v: v == jumps + 1,
        )
    )
    if _number(base, "halo") is not None:
        out.append(_compared("picture", "rims drawn", "halo ≥ 8 levels more", bench.spoilt("halo", 40.0, "picture"), "halo", lambda v: v >= halo + 8))
    out.append(
        _compared(
            "picture",
            "every fifth frame repeated",
            "0.15…0.25",
            bench.spoilt("repeat", 5.0, "picture"),
            "repeated share",
            lambda v: 0.15 <= v <= 0.25,
        )
    )
    out.append(
        _compared("picture", "a quarter black", "0.22…0.28", bench.spoilt("black", 0.25, "picture"), "black share", lambda v: 0.22 <= v <= 0.28)
    )
    return out


def _level(bench: _Bench, plain: Report) -> list[Answer]:
    loud = _number(plain.finding("sound"), "loudness")
    if loud is None:
        return []
    quieter = bench.spoilt("gain", -6.0, "sound")
    out = [_compared("sound", "6 dB quieter", "−6 ± 0.2 LU", quieter, "loudness", lambda v: abs(v - loud + 6) <= 0.2)]
    out.append(
        _compared("sound", "clipped by 12 dB", "clipped share > 0.0001", bench.spoilt("clip", 12.0, "sound"), "clipped share", lambda v: v > 1e-4)
    )
    mute = bench.spoilt("mute", 1.0, "sound", "onsets", "beats")
    says = "; ".join(f"{f.metric}: {f.why or 'applies'}" for f in mute.findings)
    out.append(
        Answer(metric="sound", done="sound track taken away", must="does not apply", says=says, passed=not any(f.applies for f in mute.findings))
    )
    return out


def _off_beat(bench: _Bench, plain: Report) -> list[Answer]:
    """Cuts that lie on beats lie on none once the sound is late; half a beat apart would be another beat's place."""
    finding = plain.finding("beats")
    share, cuts = _number(finding, "cuts on beats"), _number(finding, "cuts")
    if not finding.applies or share is None or share < 0.75 or (cuts or 0) < 4:
        return [
            Answer(metric="beats", done="sound 100 ms late", must="cuts off the beats", says="not asked: fewer than four cuts on beats", passed=None)
        ]
    return [
        _compared(
            "beats",
            "sound 100 ms late",
            "half as many cuts on beats",
            bench.spoilt("shift", 100.0, "beats"),
            "cuts on beats",
            lambda v: v <= share / 2,
        )
    ]


def _mirrored(bench: _Bench, plain: Report) -> list[Answer]:
    """Seen in a mirror a camera goes the other way."""
    moves = _text(plain.finding("camera"), "moves")
    if not any(side in moves for side in ("left", "right")):
        return [
            Answer(metric="camera", done="mirrored", must="moves to the other side", says=f"not asked: the moves are {moves or 'none'}", passed=None)
        ]
    other = _text(bench.spoilt("mirror", 1.0, "camera").finding("camera"), "moves")
    wanted = moves.replace("left", "#").replace("right", "left").replace("#", "right")
    return [Answer(metric="camera", done=f"mirrored ({moves})", must=wanted, says=other or "no move", passed=other == wanted)]


SPOILT: tuple[Callable[[_Bench, Report], list[Answer]], ...] = (
    _still, _silent, _other_face, _soft, _exchanged_score, _light, _level, _off_beat, _mirrored,
)  # fmt: skip


def _compared(metric: str, done: str, must: str, report: Report, name: str, holds: Callable[[float], bool]) -> Answer:
    found = _number(report.finding(metric), name)
    return Answer(
        metric=metric, done=done, must=must, says="nothing" if found is None else f"{name} {found:.4g}", passed=found is not None and holds(found)
    )


def _number(finding: Finding, name: str) -> float | None:
    value = next((v.value for v in finding.values if v.name == name), None) if finding.applies else None
    return float(value) if isinstance(value, int | float) else None


def _text(finding: Finding, name: str) -> str:
    return str(next((v.value for v in finding.values if v.name == name), "")) if finding.applies else ""


def _why(finding: Finding, name: str) -> str:
    return finding.why or next((v.why for v in finding.values if v.name == name), "") or "no value"
