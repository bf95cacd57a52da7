"""The suite of fixed requests and its runner."""

import json
from pathlib import Path

import pytest

from phonofilm.engines import make_engine
from phonofilm.errors import RequestError
from phonofilm.score.camera import FAMILIES
from phonofilm.suite import read_suite, run, summary

SUITE = Path(__file__).parent.parent / "benchmarks" / "suite"

TWO = """
[[case]]
name = "sea"
prompt = "The sea at sunset. Push in."
seconds = 4
must = ["container", "sound"]

[[case]]
name = "gone"
prompt = "@picture, push in."
references = { picture = "nowhere" }
"""


def test_the_suite_has_sixty_requests_and_more_of_every_kind() -> None:
    cases = read_suite(SUITE)
    assert len(cases) >= 60
    assert {c.name.removeprefix("camera-") for c in cases if c.group == "camera"} == set(FAMILIES)
    languages = {c.name.split("-")[1] for c in cases if c.group == "languages"}
    assert languages == {"en", "zh", "yue", "ja", "ko", "es", "fr", "de"}
    assert sum(c.group == "uses" for c in cases) == 5
    roles = {c.name.removeprefix("role-") for c in cases if c.group == "roles"}
    assert {"face", "outfit", "product", "subject", "background", "style", "logo", "first_frame", "last_frame"} <= roles
    assert {"motion", "camera", "edit_source", "music", "voice", "timbre", "effect"} <= roles


def test_a_case_is_made_and_measured_once_and_a_missing_file_is_told(tmp_path: Path) -> None:
    suite, media, out = tmp_path / "suite", tmp_path / "media", tmp_path / "out"
    suite.mkdir()
    media.mkdir()
    (suite / "two.toml").write_text(TWO)
    engine = make_engine("test")
    rows = list(run(read_suite(suite), engine, media, out))
    assert [r.case for r in rows] == ["sea", "gone"]
    assert rows[0].state in ("passed", "short") and rows[0].values["container"]
    assert rows[1].state == "missing" and "nowhere" in rows[1].short[0]
    before = (out / "sea.mp4").stat().st_mtime_ns
    again = list(run(read_suite(suite), engine, media, out))
    assert (out / "sea.mp4").stat().st_mtime_ns == before
    assert again[0].values == json.loads(json.dumps(rows[0].values))
    assert summary(rows)["two"]["missing"] == 1


@pytest.mark.parametrize(
    "text", ["[[case]]\nname = 1", '[[case]]\nname = "a"\nprompt = "b"\ncolour = 3', "[[case", '[[case]]\nname = "a"\nprompt = "b"\nmust = ["luck"]']
)
def test_what_is_no_suite_is_a_named_error(text: str, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(text)
    with pytest.raises(RequestError):
        read_suite(tmp_path)
    with pytest.raises(RequestError):
        read_suite(tmp_path / "nothing")
