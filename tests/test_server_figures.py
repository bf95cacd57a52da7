"""Short forms of benchmarks/server.py: what a server holds in memory, and how soon it tells."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

import httpx2
import numpy as np
import pytest

from phonofilm.jobs.files import Files
from phonofilm.jobs.job import Made, Wanted
from phonofilm.jobs.store import Store
from phonofilm.jobs.worker import work
from phonofilm.server.settings import Settings
from serving import TASKS, Served, served

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
BOUNDARY = b"a-boundary"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    with served(tmp_path_factory.mktemp("figures") / "data", "--workers", "0", "--max-queued", "10000") as running:
        yield running


def memory(server: Served, what: str) -> float:
    """MB: VmRSS now, or VmHWM, the most since the peak was forgotten."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


def form(content: bytes) -> bytes:
    head = b'Content-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: application/octet-stream\r\n\r\n'
    return b"--" + BOUNDARY + b"\r\n" + head + content + b"\r\n--" + BOUNDARY + b"--\r\n"


@linux
def test_a_large_upload_is_never_in_memory(server: Served) -> None:
    noise = np.random.default_rng(5).integers(0, 256, 30_000_000, np.uint8).tobytes()
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY.decode()}"}
    server.http.post("/api/v3/files", content=form(noise[:1_000_000]), headers=headers)  # what is loaded once is no part of it
    before = memory(server, "VmRSS")
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")
    answer = server.http.post("/api/v3/files", content=form(noise), headers=headers)
    assert answer.status_code == 400  # noise is no picture; it came in whole before that was known
    assert memory(server, "VmHWM") - before < 4


@linux
def test_polling_does_not_add_up(server: Served) -> None:
    id = server.create()
    for k in range(600):
        if k == 200:
            before = memory(server, "VmRSS")
        server.http.get(f"{TASKS}/{id}")
    assert memory(server, "VmRSS") - before < 2


def test_progress_reaches_the_listener_within_a_quarter_of_a_second(server: Served) -> None:
    for task in server.http.get(TASKS, params={"filter.status": "queued", "page_size": 500}).json()["items"]:
        server.http.delete(f"{TASKS}/{task['id']}")
    id = server.create()
    said: dict[str, float] = {}

    def make(wanted: Wanted, given: Mapping[str, Path], out: Path, tell: Callable[[str, float], None], preview: Callable[[bytes], None]) -> Made:
        for k in range(10):
            time.sleep(0.3 + 0.01 * k)
            said[f"step {k}"] = time.monotonic()
            tell(f"step {k}", k / 10)
        time.sleep(0.5)
        (out / "film.mp4").write_bytes(b"film")
        return Made(files={"film": "film.mp4"}, facts={})

    def worker() -> None:
        store = Store(Settings(data=server.data).database)
        job = store.claim("test")
        assert job is not None and job.id == id
        work(store, Files(server.data), make, job)
        store.close()

    late: list[float] = []
    thread = threading.Thread(target=worker)
    with httpx2.stream("GET", f"{server.url}{TASKS}/{id}/events", timeout=30, trust_env=False) as answer:
        thread.start()
        for line in answer.iter_lines():
            if line.startswith('data: {"step": "step'):
                late.append(time.monotonic() - said[json.loads(line[6:])["step"]])
    thread.join()
    assert len(late) == 10
    assert sorted(late)[5] < 0.25 and max(late) < 0.6  # the middle one on a machine that does other things too
