"""A confined worker is stopped for the work that a file makes, not for a machine that is busy with other things."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from phonofilm.errors import ReferenceError_
from phonofilm.media import sandbox

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the clock alone counts")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    Image.effect_noise((4000, 3000), 80).convert("RGB").save(path, compress_level=1)
    return path


def test_a_worker_that_waits_for_its_turn_longer_than_it_may_work_still_answers(picture: Path) -> None:
    sandbox.run("facts", picture, seconds=20)  # a worker is there now, idle
    worker = sandbox._idle.workers[-1].process.pid
    os.kill(worker, signal.SIGSTOP)
    threading.Timer(1.5, os.kill, (worker, signal.SIGCONT)).start()
    began = time.monotonic()
    assert sandbox.run("facts", picture, seconds=0.5).values["width"] == 4000
    assert time.monotonic() - began > 1.4


def test_a_file_that_makes_more_work_than_it_may_is_given_up(picture: Path) -> None:
    sandbox.run("facts", picture, seconds=20)
    began = time.monotonic()
    with pytest.raises(ReferenceError_, match=r"takes longer than 0.05 s"):
        sandbox.run("picture", picture, seconds=0.05)
    assert time.monotonic() - began < 5


def test_a_worker_that_does_nothing_is_not_waited_for_without_end(picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "PATIENCE", 3.0)
    sandbox.run("facts", picture, seconds=20)
    os.kill(sandbox._idle.workers[-1].process.pid, signal.SIGSTOP)
    with pytest.raises(ReferenceError_, match="takes longer"):
        sandbox.run("facts", picture, seconds=0.3)
