"""The report of one film as one HTML file: no server, no other file, light or dark as the reader's screen is, as wide as it is.

A plot is there only where its series are. Whatever came from a file is escaped.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.errors import shown_name
from phonofilm.measure.document import Report
from phonofilm.measure.film import Film
from phonofilm.measure.finding import Event, Finding, Series, Value
from phonofilm.measure.plots import Curve, Mark, curves, lane, offsets, strip, text, waveform
from phonofilm.measure.table import shown
from phonofilm.measure.thresholds import GOALS
from phonofilm.media.colour import from_i420
from phonofilm.media.outputs import put_text
from phonofilm.media.stream import decoded_frames
from phonofilm.score.model import Caption, Contact, Effect, Impact, Line, Music, Score

PICTURES, TALL = 24, 168  # of the film strip, and how many pixels high
SYNC = GOALS["onset error"].most or 42.0

#: what each plot shows: its metric, title, a word on it, the beginnings of its series' names, and whether they are laid over each other
PANELS: tuple[tuple[str, str, str, tuple[str, ...], bool], ...] = (
    ("lips", "Mouth and voice", "The opening of the mouth against what the voice asks for. In sync, the curves rise together.",
     ("mouth opening", "opening heard", "opening asked"), True),
    ("camera", "Camera: place", "The way the camera went, recovered from the picture, against the way it was asked to go (dashed).",
     ("right", "up", "ahead"), False),
    ("camera", "Camera: turning", "Yaw, pitch and roll, recovered (full) and asked (dashed).", ("yaw", "pitch", "roll"), False),
    ("camera", "Camera: lens", "Focal length against its first, recovered (full) and asked (dashed).", ("lens",), False),
    ("identity", "Likeness: look", "Distance of the face from the reference over time: flat and low is one person throughout.", ("look",), False),
    ("identity", "Likeness: shape", "Distance of the face's proportions from the reference's.", ("shape",), False),
    ("picture", "Sharpness", "Width of the edges: it grows where the picture goes soft.", ("edge width", "width of the usual edge"), False),
    ("picture", "Light", "Mean light in stops: steps within a shot are jumps of exposure.", ("light",), False),
    ("picture", "Motion", "How much moves.", ("motion",), False),
    ("picture", "Flicker", "Swings of the light that are faster than 6 Hz and that motion does not explain.", ("flicker",), False),
    ("sound", "Loudness", "Over the last 400 ms and the last 3 s (EBU R 128).", ("momentary loudness", "short-term loudness"), False),
    ("sound", "Speech", "How surely somebody speaks.", ("speech",), False),
)  # fmt: skip
#: of some plots, by title: the goal that is drawn in them (a row of ``GOALS``, its upper bound), and what their scale spans at least
SCALES: dict[str, tuple[str, float]] = {
    "Likeness: look": ("face look", 0.0),
    "Likeness: shape": ("", 0.1),
    "Sharpness": ("edge width", 0.0),
    "Light": ("", 1.0),
    "Motion": ("", 5.0),
    "Flicker": ("flicker", 0.0),
    "Speech": ("", 1.0),
}


def write_report(report: Report, path: Path) -> None:
    """Write the report of one film. Raises ``EncodeError`` where it cannot be written."""
    put_text(path, page(f"{shown_name(report.film.path.name)} · measured", body(report)))


def page(title: str, content: str) -> str:
    """A whole HTML document around a body."""
    style = files("phonofilm.measure").joinpath("look.css").read_text("utf-8")
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>{text(title)}</title><style>{style}</style></head>\n'
        f"<body><main>{content}<footer>Measured by Phonofilm {text(version('phonofilm'))} from the decoded film. "
        f"Times are minutes:seconds.milliseconds; 0 is when the first frame comes on screen.</footer></main></body></html>\n"
    )


def body(report: Report) -> str:
    """Everything between the title and the foot."""
    return "".join([_head(report), _timeline(report), _goals(report), _sync(report), _plots(report), _numbers(report)])


def _head(report: Report) -> str:
    film = report.film
    judged = [v for f in report.findings for v in f.values if v.passed is not None]
    met = sum(v.passed is True for v in judged)
    tone, word = ("none", "nothing was judged") if not judged else ("good", "every goal met") if met == len(judged) else ("bad", "falls short")
    facts = "".join(f"<li>{fact}</li>" for fact in facts_of(film))
    verdicts = "".join(
        f'<li><a class="{_tone(f)}" href="#{text(f.metric)}" title="{text(f.why)}">{text(f.metric)}{"" if f.applies else ": does not apply"}</a></li>'
        for f in report.findings
    )
    return (
        f'<p class="kicker">Film measured</p><h1>{text(shown_name(film.path.name))}</h1><ul class="facts">{facts}</ul>'
        f'<ul class="verdict"><li><span class="{tone}">{met} of {len(judged)} goals met{"" if not judged else ": " + word}</span></li></ul>'
        f'<ul class="verdict">{verdicts}</ul>'
    )


def facts_of(film: Film) -> Iterator[str]:
    """What the film is, as short pieces of HTML."""
    yield f"<b>{film.length / TICKS_PER_SECOND:.2f} s</b>"
    yield f"<b>{film.num_frames}</b> frames at <b>{film.facts.fps:.5g}</b> a second"
    yield f"<b>{film.size[0]} × {film.size[1]}</b>"
    yield f"{text(film.facts.format)}, {text(film.facts.codec)}, {film.facts.bytes / 1e6:.1f} MB"
    yield "with sound" if film.heard.sound is not None else text(film.heard.why or "no sound")
    yield "held against its score" if film.asked.score is not None else "without a score"


def _tone(finding: Finding) -> str:
    return {None: "none", True: "good", False: "bad"}[finding.passed if finding.applies else None]


def pictures_of(film: Film, count: int = PICTURES, tall: int = TALL) -> list[tuple[int, str]]:
    """Small pictures spread over the film, each its tick and a data address; decoded once more, one frame at a time."""
    wanted = {min(int((k + 0.5) * film.num_frames / count), film.num_frames - 1) for k in range(count)}
    out: list[tuple[int, str]] = []
    for index, frame in enumerate(decoded_frames(film.path)):
        if index not in wanted:
            continue
        rows, width = frame.i420.shape[0] * 2 // 3, frame.i420.shape[1]
        size = (max(round(width * tall / rows), 1), tall)
        bgr = np.ascontiguousarray(from_i420(frame.i420, size)[..., ::-1])
        _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 74])
        out.append((frame.at, "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode()))
    return out


def _timeline(report: Report) -> str:
    """Film strip, waveform and everything that happens, on one axis."""
    film = report.film
    length = film.length
    cuts = cuts_of(report)
    lanes = [lane("shots", _shots(cuts, length), length)] if cuts else []
    if film.asked.score is not None:
        lanes += list(_asked(film.asked.score, length))
    events = [e for f in report.findings for e in f.events]
    lanes += [
        lane("onsets heard", _moments(events, ("onset",), "onset"), length),
        lane("beats heard", _moments(events, ("beat",), "beat"), length),
        lane("accents seen", _moments(events, ("accent", "flash"), "seen"), length),
        lane("camera found", _moves(report, length), length),
        lane("faults of the picture", _moments(events, ("exposure jump", "sharpness drop", "frozen"), "alarm"), length),
    ]
    sound = waveform(film.heard.mono, length, cuts=cuts) if film.heard.sound is not None else f'<p class="empty">{text(film.heard.why)}</p>'
    return f'<h2>The film</h2><section class="card">{strip(pictures_of(film))}{sound}{"".join(lanes)}</section>'


def cuts_of(report: Report) -> tuple[int, ...]:
    """Ticks of the cuts that were seen, by whichever metric saw them."""
    return tuple(sorted({e.at for f in report.findings for e in f.events if e.kind == "cut" and e.seen is not None}))


def _shots(cuts: Sequence[int], length: int) -> list[Mark]:
    edges = [0, *cuts, length]
    return [Mark(start=a, end=b, text=str(k + 1), hint="shot", tone="shot") for k, (a, b) in enumerate(pairwise(edges))]


def _asked(score: Score, length: int) -> Iterator[str]:
    """The cues of the score, a lane each kind."""
    lines = [c for c in score.cues if isinstance(c, Line)]
    yield lane("lines", [Mark(start=c.start, end=c.end, text=c.text or "(recording)", hint=c.actor) for c in lines], length)
    phones = [p for c in lines for p in c.phones if p.ipa]
    yield lane(
        "phones (lips closed in orange)",
        [Mark(start=p.start, end=p.end, text=p.ipa, tone="phone closed" if p.viseme == "PP" else "phone") for p in phones],
        length,
    )
    struck = [c for c in score.cues if isinstance(c, Contact | Impact | Effect)]
    yield lane("cues", [Mark(start=c.start, text=_named(c), hint=c.kind) for c in struck], length)
    music = [c for c in score.cues if isinstance(c, Music)]
    yield lane("music asked", [Mark(start=c.start, end=c.end, text=c.style or "recording", hint=f"{c.tempo:.0f} a minute") for c in music], length)
    yield lane("beats asked", [Mark(start=b, tone="beat") for c in music for b in c.beats], length)
    words = [c for c in score.cues if isinstance(c, Caption)]
    yield lane("words on the picture", [Mark(start=c.start, end=c.end, text=c.text, hint=c.style) for c in words], length)


def _named(cue: Contact | Impact | Effect) -> str:
    if isinstance(cue, Effect):
        return cue.sound
    return f"{cue.limb} on {cue.surface}" if isinstance(cue, Contact) else cue.material


def _moments(events: Iterable[Event], kinds: tuple[str, ...], tone: str) -> list[Mark]:
    told: dict[tuple[str, int], Event] = {(e.kind, e.at): e for e in events if e.kind in kinds}
    return [Mark(start=e.at, text=e.name, hint=e.text, tone=tone) for e in sorted(told.values(), key=lambda e: e.at)]


def _moves(report: Report, length: int) -> list[Mark]:
    moves = sorted((e for f in report.findings for e in f.events if e.kind == "move"), key=lambda e: e.at)
    ends = [*(e.at for e in moves[1:]), length][: len(moves)]
    return [Mark(start=e.at, end=end, text=(e.text or e.name).replace("_", " "), tone="shot") for e, end in zip(moves, ends, strict=True)]


def _goals(report: Report) -> str:
    """Every number that has a goal, and what does not apply."""
    rows: list[str] = []
    for finding in report.findings:
        if not finding.applies:
            rows.append(
                f'<tr id="{text(finding.metric)}"><td><b>{text(finding.metric)}</b><br><small>{text(finding.why)}</small></td>'
                '<td class="number"></td><td class="goal"></td><td class="of"><span class="mark none">does not apply</span></td></tr>'
            )
            continue
        goals = [v for v in finding.values if v.goal]
        for k, value in enumerate(goals):
            anchor = f' id="{text(finding.metric)}"' if k == 0 else ""
            rows.append(_goal(anchor, finding.metric, value))
        if not goals:
            rows.append(
                f'<tr id="{text(finding.metric)}"><td><b>{text(finding.metric)}</b></td><td class="number"></td><td class="goal"></td>'
                '<td class="of"><span class="mark none">nothing to reach</span></td></tr>'
            )
    return (
        '<h2>Against the goals</h2><section class="card"><table class="goals"><thead><tr><th>What</th><th>Found</th><th>Goal</th><th></th></tr>'
        f"</thead><tbody>{''.join(rows)}</tbody></table></section>"
    )


def _goal(anchor: str, metric: str, value: Value) -> str:
    return (
        f'<tr{anchor}><td><small>{text(metric)}</small> {text(value.name)}</td><td class="number">{number(value)}</td>'
        f'<td class="goal">{text(value.goal)}</td><td class="of">{mark(value)}</td></tr>'
    )


def number(value: Value) -> str:
    """A value as HTML, with why there is none."""
    return f"<small>{text(value.why or 'not measured')}</small>" if value.value is None else text(shown(value))


def mark(value: Value) -> str:
    """The verdict on a value as a mark."""
    tone, word = {True: ("good", "ok"), False: ("bad", "falls short"), None: ("none", "no answer")}[value.passed]
    return f'<span class="mark {tone}">{word}</span>'


def _sync(report: Report) -> str:
    """Sync errors of everything that was both seen and heard."""
    both = [
        (e, (e.heard - e.seen) * 1000 / TICKS_PER_SECOND) for f in report.findings for e in f.events if e.seen is not None and e.heard is not None
    ]
    apart = sorted({(e.name, e.at, ms) for e, ms in both}, key=lambda row: row[1])
    drawn = offsets(apart[:60], SYNC)
    if not drawn:
        return ""
    told = f"To the right: the sound is late. Beyond ±{SYNC:g} ms it falls short."
    more = f" These are the first 60 of {len(apart)}." if len(apart) > 60 else ""
    return f'<h2>Seen and heard</h2><section class="card"><p>{told}{more}</p>{drawn}</section>'


def _plots(report: Report) -> str:
    drawn = "".join(f'<section class="card"><h3>{text(t)}</h3><p>{text(told)}</p>{plot}</section>' for t, told, plot in panels(report))
    return f'<h2>Over time</h2><div class="pair">{drawn}</div>' if drawn else ""


def panels(report: Report) -> Iterator[tuple[str, str, str]]:
    """(title, explanation, plot) of everything that was followed over time, known panels first, then series that no panel names."""
    length, cuts = report.film.length, cuts_of(report)
    taken: set[tuple[str, str]] = set()
    for metric, title, told, names, scaled in PANELS:
        chosen = [s for f in report.findings if f.metric == metric for s in f.series if s.name.startswith(names) and (metric, s.name) not in taken]
        taken |= {(metric, s.name) for s in chosen}
        goal, span = SCALES.get(title, ("", 0.0))
        most = GOALS[goal].most if goal else None
        plot = curves([_curve(s, scaled) for s in _kept(chosen)], length, cuts=cuts, goal=most, span=span)
        if plot:
            yield title, told, plot
    for finding in report.findings:
        for series in finding.series:
            if (finding.metric, series.name) not in taken and (plot := curves([Curve(series=series)], length, cuts=cuts)):
                yield f"{finding.metric}: {series.name}", "", plot


def _kept(series: list[Series]) -> list[Series]:
    """Without those that are flat at nothing (a lens: at its first), found and asked, so that a plot shows what happens."""

    def stirs(s: Series) -> bool:
        rest = 1.0 if s.name.startswith("lens") else 0.0
        return any(v is not None and abs(v - rest) > 1e-3 for v in s.values)

    stems = {s.name.removesuffix(" found").removesuffix(" asked") for s in series if stirs(s)}
    return [s for s in series if s.name.removesuffix(" found").removesuffix(" asked") in stems]


def _curve(series: Series, scaled: bool) -> Curve:
    stem = series.name.removesuffix(" found").removesuffix(" asked")
    return Curve(series=series, scaled=scaled, kin=stem, dashed=series.name.endswith(" asked") or " asked " in series.name)


def _numbers(report: Report) -> str:
    """Every number, folded away."""
    rows: list[str] = []
    for finding in report.findings:
        if finding.applies:
            rows.append(f'<tr class="head"><td colspan="2">{text(finding.metric)}</td></tr>')
            rows += [f'<tr><td>{text(v.name)}</td><td class="number">{number(v)}</td></tr>' for v in finding.values]
    told = [e for f in report.findings for e in f.events if e.kind == "understood"]
    heard = "".join(f"<tr><td>{text(e.name)}</td><td>{text(e.text)}</td></tr>" for e in told)
    lines = (
        f'<h2>What a recogniser heard</h2><section class="card"><table><tr><th>Asked</th><th>Heard</th></tr>{heard}</table></section>'
        if heard
        else ""
    )
    return (
        f'{lines}<h2>Every number</h2><section class="card"><details><summary>Show all</summary><div class="scroll"><table>{"".join(rows)}</table>'
        "</div></details></section>"
    )
