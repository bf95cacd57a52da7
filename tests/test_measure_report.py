"""The report and the comparison: one file that needs no other, in which nothing of a film's is taken for HTML."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

import media
from phonofilm.cli.main import cli
from phonofilm.errors import EncodeError, RequestError
from phonofilm.measure import measure
from phonofilm.measure.compare import called, lines, rows_of, write_comparison
from phonofilm.measure.distort import distort
from phonofilm.measure.document import Report
from phonofilm.measure.finding import Event, Finding, Series, Value, held, not_applicable
from phonofilm.measure.plots import Curve, Mark, axis, curves, lane, offsets, waveform
from phonofilm.measure.report import pictures_of, write_report
from phonofilm.measure.table import shown
from phonofilm.media.colour import to_i420
from phonofilm.media.rewrite import rewrite
from phonofilm.media.stream import Decoded
from phonofilm.phones import Phone
from phonofilm.score.model import CameraPath, Caption, Effect, Impact, Key, Line, Music, Score, Setting, Shot

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(2)>&amp;'\u202e\x07"
VOID = {"meta", "img", "br", "line", "path", "link", "hr"}


class Strict(HTMLParser):
    """Reads a document and complains about tags that are not closed in order; collects what it meets."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.addresses: list[str] = []
        self.words: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href", "action", "data", "poster", "srcset")]
        self.handlers += [k for k, _ in attrs if k.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open and self.open[-1] == tag, (tag, self.open)
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def parsed(path: Path) -> Strict:
    reader = Strict()
    reader.feed(path.read_text("utf-8"))
    assert not reader.open
    return reader


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    photo = cv2.cvtColor(cv2.imread(str(media.picture("coffee"))), cv2.COLOR_BGR2RGB)
    frames = []
    for k in range(36):
        side = photo[2 * k : 2 * k + 270, 3 * k : 3 * k + 480]
        frames.append(Decoded(at=k * 2000, i420=to_i420(np.ascontiguousarray(side if k < 18 else side[:, ::-1] // 2))))
    t = np.arange(36 * 2000) / 48_000
    sound = (0.2 * np.sin(2 * np.pi * 330 * t) * (t % 0.5 < 0.2)).astype(np.float32)
    return rewrite(tmp_path_factory.mktemp("film") / "film.mp4", frames, np.stack([sound, sound], 1), rate=24)


@pytest.fixture(scope="module")
def plain(film: Path) -> Report:
    return measure(film, only=("container", "picture", "sound"))


def hostile_score() -> Score:
    camera = CameraPath(keys=(Key(tick=0, position=(0.0, 1.5, 3.0)),))
    phones = (Phone(start=2000, end=6000, ipa="<b>", viseme="PP"), Phone(start=6000, end=9000, ipa="a", viseme="aa"))
    cues = (
        Line(start=2000, end=12_000, actor=HOSTILE, text=HOSTILE, language="en", phones=phones),
        Effect(start=20_000, sound=HOSTILE),
        Impact(start=24_000, actor=HOSTILE, material=HOSTILE),
        Music(start=0, end=72_000, style=HOSTILE, beats=(0, 24_000, 48_000)),
        Caption(start=0, end=30_000, text=HOSTILE),
    )
    return Score(
        length=72_000, width=480, height=270, seed=0, shots=(Shot(start=0, end=72_000, camera=camera, setting=Setting(kind="studio")),), cues=cues
    )


def everything_hostile(report: Report) -> Report:
    values = (
        held(HOSTILE, -20.0, HOSTILE, "loudness"),
        Value(name=HOSTILE, value=HOSTILE, goal=HOSTILE),
        Value(name="none", value=None, why=HOSTILE),
    )
    series = (
        Series(name=HOSTILE, unit=HOSTILE, at=(0, 2000, 4000), values=(0.0, None, 2.0)),
        Series(name="b", unit="", at=(0, 9), values=(1.0, 2.0)),
    )
    events = (Event(name=HOSTILE, kind="onset", at=3, text=HOSTILE), Event(name=HOSTILE, kind="understood", at=3, seen=4, heard=5000, text=HOSTILE))
    bad = Finding(metric=HOSTILE, values=values, series=series, events=(*events, Event(name=HOSTILE, kind="move", at=0, text=HOSTILE)))
    return Report(film=report.film, findings=(*report.findings, bad, not_applicable("other" + HOSTILE, HOSTILE)))


def test_a_report_is_one_file_without_scripts_that_asks_for_nothing_else(plain: Report, tmp_path: Path) -> None:
    write_report(plain, tmp_path / "report.html")
    reader = parsed(tmp_path / "report.html")
    assert reader.tags["script"] == reader.tags["link"] == reader.tags["iframe"] == 0
    assert all(a.startswith(("data:image/jpeg;base64,", "#")) for a in reader.addresses)
    html = (tmp_path / "report.html").read_text("utf-8")
    assert "@import" not in html and "url(" not in html and "http://" not in html and "https://" not in html
    assert "default-src 'none'" in html and "prefers-color-scheme" in html and "width=device-width" in html
    assert len(html) < 1_500_000


def test_a_report_shows_every_goal_its_verdict_and_the_strip(plain: Report, tmp_path: Path) -> None:
    write_report(plain, tmp_path / "report.html")
    reader = parsed(tmp_path / "report.html")
    words = "\n".join(reader.words)
    judged = [v for f in plain.findings for v in f.values if v.passed is not None]
    assert words.count("falls short") >= sum(v.passed is False for v in judged) > 0
    assert all(v.name in words for f in plain.findings for v in f.values)
    assert sum(a.startswith("data:") for a in reader.addresses) == 24
    assert "Sharpness" in words and "Loudness" in words and "Mouth and voice" not in words  # only what was followed is plotted


@pytest.mark.parametrize("sheet", ["report", "comparison"])
def test_nothing_from_a_film_or_a_score_is_taken_for_html(film: Path, tmp_path: Path, sheet: str) -> None:
    named = tmp_path / "<script>alert(3)&lt;.mp4"
    named.write_bytes(film.read_bytes())
    report = everything_hostile(measure(named, score=hostile_score(), only=("container", "sound")))
    out = tmp_path / "out.html"
    if sheet == "report":
        write_report(report, out)
    else:
        write_comparison([report, report], out)
    reader = parsed(out)
    assert reader.tags["script"] == 0 and reader.handlers == []
    assert reader.tags["img"] == 24
    text = out.read_text("utf-8")
    assert "\u202e" not in text and "\x07" not in text
    assert "alert(1)" in "".join(reader.words) and "alert(3)" in "".join(reader.words)  # it is there, as words


def test_the_strip_shows_the_film_in_order(plain: Report) -> None:
    shown = pictures_of(plain.film, 6, 90)
    assert [at for at, _ in shown] == [6000, 18_000, 30_000, 42_000, 54_000, 66_000]
    assert all(address.startswith("data:image/jpeg;base64,/9j/") for _, address in shown)


def test_a_curve_lies_where_its_values_are_and_breaks_where_there_are_none() -> None:
    series = Series(name="x", unit="m", at=(0, 12_000, 24_000, 36_000, 48_000), values=(0.0, 1.0, None, 1.0, 0.0))
    drawn = curves([Curve(series=series)], 48_000)
    path = re.search(r'd="([^"]+)"', drawn)
    assert path is not None
    points = re.findall(r"([ML])([\d.]+) ([\d.]+)", path[1])
    assert [(k, float(x)) for k, x, _ in points] == [("M", 0), ("L", 250), ("M", 750), ("L", 1000)]
    assert float(points[0][2]) > 90 and float(points[1][2]) < 10  # low values at the bottom
    cut = curves([Curve(series=Series(name="x", unit="", at=(0, 1, 2, 3), values=(1.0, 1.0, 5.0, 5.0)))], 4, cuts=(2,))
    assert re.search(r'd="M[^"]*M', cut)


def test_what_was_not_followed_is_not_plotted() -> None:
    nothing = Series(name="x", unit="", at=(0, 1), values=(None, 1.0))
    assert curves([Curve(series=nothing)], 10, goal=1.0) == ""
    assert curves([Curve(series=nothing)], 10) == "" == curves([], 10) == lane("empty", [], 10) == offsets([], 42)
    assert "NaN" not in curves([Curve(series=Series(name="x", unit="", at=(0, 1, 2), values=(1.0, float("nan"), 1.0)))], 10)


@pytest.mark.parametrize("length", [1, 2000, 48_000, 720_000, 48_000 * 600])
def test_an_axis_has_a_few_ticks_within_the_film(length: int) -> None:
    places = [float(p) for p in re.findall(r"left:([\d.]+)%", axis(length))]
    assert 1 <= len(places) <= 10 and places[0] == 0 and all(0 <= p <= 100 for p in places)


def test_marks_stay_inside_their_lane() -> None:
    drawn = lane("x", [Mark(start=-5, end=20), Mark(start=50, end=500), Mark(start=900)], 100)
    assert all(0 <= float(p) <= 100 for p in re.findall(r"(?:left|width):([\d.]+)%", drawn))


def test_a_waveform_of_silence_is_a_line() -> None:
    ys = {float(y) for y in re.findall(r" ([\d.]+)", re.findall(r'd="([^"]+)"', waveform(np.zeros(48_000, np.float32), 48_000))[0])}
    assert ys == {50.0}


def test_films_are_compared_value_by_value(film: Path, plain: Report, tmp_path: Path) -> None:
    still = measure(distort(film, tmp_path / "film.mp4", kind="freeze", amount=1), only=("container", "picture", "sound"))
    mute = measure(distort(film, tmp_path / "mute.mp4", kind="mute", amount=1), only=("container", "picture", "sound"))
    reports = [plain, still, mute]
    assert called(reports) == ("film.mp4 (1)", "film.mp4 (2)", "mute.mp4")
    rows = {(r.metric, r.name): r for r in rows_of(reports)}
    frozen = [v.value if v else None for v in rows["picture", "frozen share"].values]
    assert frozen[1] > 0.9 > frozen[0] == frozen[2]  # type: ignore[operator]
    assert rows["sound", "loudness"].values[2] is None and rows["picture", "frozen share"].differs
    table = "\n".join(lines(reports))
    assert "mute.mp4: sound does not apply (the film has no sound)" in table and "frozen share" in table
    assert len(list(lines(reports, every=True))) > len(list(lines(reports)))
    write_comparison(reports, tmp_path / "out.html")
    assert parsed(tmp_path / "out.html").tags["table"] == 1


def test_one_film_is_no_comparison(plain: Report, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="two or more"):
        rows_of([plain])


def test_a_report_that_cannot_be_written_is_said(plain: Report, tmp_path: Path) -> None:
    with pytest.raises(EncodeError, match="nothing can be written there"):
        write_report(plain, tmp_path / "no" / "report.html")


def test_the_verbs_write_reports_and_json(film: Path, tmp_path: Path) -> None:
    run = CliRunner()
    one = run.invoke(cli, ["measure", str(film), "--only", "container", "--quiet", "--report", str(tmp_path / "one.html")])
    assert one.exit_code == 0 and (tmp_path / "one.html").is_file(), one.output
    two = run.invoke(cli, ["compare", str(film), str(film), "--only", "container", "--quiet", "--json", "--report", str(tmp_path / "two.html")])
    assert two.exit_code == 0 and (tmp_path / "two.html").is_file()
    document = json.loads(two.output)
    assert [f["called"] for f in document["films"]] == ["film.mp4 (1)", "film.mp4 (2)"]
    table = run.invoke(cli, ["compare", str(film), str(film), "--only", "container", "--quiet"])
    assert "sound ends after the picture by" in table.output and "-1…1 frames" in table.output
    alone = run.invoke(cli, ["compare", str(film), "--quiet"])
    assert isinstance(alone.exception, RequestError)
    scores = run.invoke(cli, ["compare", str(film), str(film), str(film), "--score", str(film), "--score", str(film)])
    assert isinstance(scores.exception, RequestError) and "2 scores for 3 films" in str(scores.exception)


def test_a_plot_shows_its_goal_and_makes_little_things_look_little() -> None:
    small = Series(name="x", unit="%", at=(0, 1, 2), values=(0.01, 0.012, 0.011))
    drawn = curves([Curve(series=small)], 10, goal=0.5)
    assert 'class="goal"' in drawn and "goal of x: 0.5" in drawn
    assert '<span class="top">0.529</span>' in drawn
    heights = [float(y) for y in re.findall(r"[ML][0-9.]+ ([0-9.]+)", curves([Curve(series=small)], 10, span=1.0))]
    assert max(heights) - min(heights) < 1


def test_a_number_is_shown_as_people_read_it() -> None:
    values = [("-0.000001", -1e-6, "0 dB"), ("-0", -0.0, "0 dB"), ("small", 2e-5, "2e-05 dB"), ("large", 12.34567, "12.35 dB")]
    assert [shown(Value(name=name, value=v, unit="dB")) for name, v, _ in values] == [text for *_, text in values]
