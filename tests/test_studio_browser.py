"""The studio in a real browser on a real server: each script of ``web/e2e`` is one test. They need Node 20, npm and Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from media import picture
from phonofilm.media.outputs import write_wav
from phonofilm.server.routes.studio import FOLDER
from serving import Served, served

WEB = Path(__file__).parents[1] / "web"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def studio() -> None:
    """The page, built anew from its source."""
    for program, needed in (("node", "Node 20"), ("npm", "npm")):
        assert shutil.which(program), f"{needed} is not on this machine; the studio's own tests need it."
    assert os.environ.get("PHONOFILM_CHROMIUM") or any(map(shutil.which, BROWSERS)), (
        "No Chromium is on this machine; install one, or name it in PHONOFILM_CHROMIUM."
    )
    done = subprocess.run(["make", "-C", str(WEB.parent), "studio"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    terms = (FOLDER / "licences.txt").read_text("utf-8")
    assert "preact" in terms and "Permission is hereby granted" in terms


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """What the scripts upload."""
    folder = tmp_path / "media"
    folder.mkdir()
    shutil.copyfile(picture("astronaut"), folder / "face.png")
    ramp = np.linspace(0, 255, 640).astype(np.uint8)
    Image.fromarray(np.stack([np.tile(ramp, (480, 1))] * 3, axis=2)).save(folder / "second.png")
    tone = (0.3 * np.sin(np.arange(3 * 48_000) * 2 * np.pi * 220 / 48_000)).astype(np.float32)
    write_wav(folder / "voice.wav", np.stack([tone, tone], axis=1))
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"no picture at all " * 40)
    (folder / "note.txt").write_text("a note", "utf-8")
    return folder


def run(script: str, server: Served, files: Path, **environment: str) -> str:
    """Run a script; what it said."""
    env = {**os.environ, "STUDIO_URL": server.url, "STUDIO_MEDIA": str(files), **environment}
    done = subprocess.run(["node", f"e2e/{script}.mjs"], cwd=WEB, env=env, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-5000:]
    return done.stdout


@pytest.fixture
def server(studio: None, tmp_path: Path) -> Generator[Served]:
    with served(tmp_path / "data") as running:
        yield running


def test_a_film_from_a_mention_to_its_restored_request(server: Served, files: Path) -> None:
    assert "decoded by the browser" in run("making", server, files)


def test_what_is_being_made_is_seen_and_stopped(server: Served, files: Path) -> None:
    assert "stopped, and said so on the page" in run("cancel", server, files)


def test_all_of_it_by_the_keyboard(server: Served, files: Path) -> None:
    run("keyboard", server, files)


def test_one_bad_file_and_hostile_words_harm_nothing(server: Served, files: Path) -> None:
    run("faults", server, files)


def test_no_state_theme_or_language_shuts_anyone_out(server: Served, files: Path) -> None:
    said = run("access", server, files)
    assert said.count("rules hold, 0 serious") == 20


def test_a_server_with_keys_asks_for_one(studio: None, tmp_path: Path, files: Path) -> None:
    data = tmp_path / "data"
    added = subprocess.run(
        [sys.executable, "-c", "from phonofilm.cli.main import main; main()", "keys", "add", "browser", "--data", str(data)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    with served(data, "--keys") as running:
        run("key", running, files, STUDIO_KEY=added.stdout.strip())


def test_consent_is_asked_for_where_the_operator_wants_it(studio: None, tmp_path: Path, files: Path) -> None:
    limits = tmp_path / "limits.toml"
    limits.write_text('consent = "required"\n', "utf-8")
    with served(tmp_path / "data", environment={"PHONOFILM_LIMITS": str(limits)}) as running:
        run("consent", running, files)
