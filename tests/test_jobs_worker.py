"""Real worker processes: this file is also what they run (``python test_jobs_worker.py URL FOLDER NAME``, and a small server: ``… URL FOLDER``)."""

import ctypes
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from phonofilm.errors import Cancelled, EncodeError, PromptError
from phonofilm.jobs.cleaning import clean
from phonofilm.jobs.codec import new_id
from phonofilm.jobs.files import Files
from phonofilm.jobs.job import Failed, Given, Job, Made, Queued, Running, Succeeded, Wanted
from phonofilm.jobs.pool import Pool
from phonofilm.jobs.process import command
from phonofilm.jobs.store import Store
from phonofilm.jobs.worker import live, work

Tell = Callable[[str, float], None]


def film(wanted: Wanted, given: Mapping[str, Path], out: Path, progress: Tell, preview: Callable[[bytes], None]) -> Made:
    """The prompt says what happens while ``seconds`` pass."""
    if wanted.prompt == "child":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        (out.parent / "child").write_text(str(child.pid))
    until = time.monotonic() + wanted.seconds
    for i in range(1 << 62):
        if time.monotonic() >= until:
            break
        if wanted.prompt == "tells":
            progress("film", i / 1000)
            preview(b"jpeg")
        time.sleep(0.005)
    if wanted.prompt == "hangs":  # in native code that holds the interpreter's lock, so that no thread of this process does anything
        ctypes.PyDLL(None).sleep(60)
    if wanted.prompt == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    (out / "film.mp4").write_bytes(b"film of " + b"".join(path.read_bytes() for path in given.values()))
    return Made(files={"film": "film.mp4"}, facts={"given": [path.name for path in given.values()]})


class Place:
    """A store, files and what is needed to run workers on them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.url = folder, f"sqlite:///{folder / 'jobs.db'}"
        self.store, self.files = Store(self.url), Files(folder)

    def command(self) -> list[str]:
        return [sys.executable, __file__, self.url, str(self.folder)]

    def add(self, prompt: str = "waits", seconds: int = 0, given: tuple[Given, ...] = ()) -> Job:
        now = time.time()
        wanted = Wanted(prompt=prompt, seconds=seconds, given=given)
        return self.store.create(
            Job(id=new_id(), owner="", dialect="ark", model="m", wanted=wanted, created=now, updated=now, deadline=now + 99, state=Queued())
        )

    def state(self, job: Job):
        found = self.store.get(job.id)
        assert found
        return found.state

    def wait(self, job: Job, *statuses: str, seconds: float = 20.0) -> float:
        """How long it takes until the job has one of these statuses."""
        began = time.monotonic()
        while self.state(job).status not in statuses:
            assert time.monotonic() - began < seconds, f"still {self.state(job)}"
            time.sleep(0.01)
        return time.monotonic() - began


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.store.close()


@pytest.fixture
def pool(place: Place) -> Iterator[Pool]:
    pool = Pool(1, place.command(), on_end=place.store.lost, hanging=place.store.hanging)
    pool.start()
    yield pool
    pool.stop()


def alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def claimed(place: Place, prompt: str = "waits", **fields: object) -> Job:
    place.add(prompt, **fields)  # type: ignore[arg-type]
    job = place.store.claim("w")
    assert job
    return job


def test_a_job_is_made_with_its_files_by_their_names(place: Place) -> None:
    sha256 = place.files.put([b"Alice"])
    job = claimed(place, given=(Given(tag="me", kind="image", sha256=sha256, name="../Alice 1.jpg"),))
    work(place.store, place.files, film, job)
    state = place.state(job)
    assert isinstance(state, Succeeded) and state.made.facts == {"given": ["Alice 1.jpg"]}
    found = place.store.get(job.id)
    assert found
    path = place.files.of(found)["film"]
    assert path.read_bytes() == b"film of Alice" and [p.name for p in path.parent.iterdir()] == ["film.mp4"]


@pytest.mark.parametrize(
    "error, code, fault",
    [
        (PromptError("No verb."), "prompt", "request"),
        (EncodeError("The disk is full."), "encode", "server"),
        (MemoryError(), "memory", "server"),
        (ZeroDivisionError("secret"), "internal", "server"),
        (Cancelled("I stop."), "work", "server"),
    ],
)
def test_an_error_becomes_a_failure_with_whose_fault_it_is(
    place: Place, error: Exception, code: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> Made:
        raise error

    job = claimed(place)
    work(place.store, place.files, fails, job)
    state = place.state(job)
    assert isinstance(state, Failed) and (state.code, state.fault) == (code, fault)
    assert "secret" not in state.message and bool(caplog.records) == (code == "internal")
    assert not list((place.files.jobs / job.id).iterdir())


@pytest.mark.parametrize("what", ["missing.mp4", "empty.mp4", "../outside.mp4", "link.mp4", "folder"])
def test_what_was_not_written_whole_into_its_folder_is_never_shown(place: Place, what: str) -> None:
    def odd(wanted: Wanted, given: Mapping[str, Path], out: Path, *_: object) -> Made:
        (out / "empty.mp4").write_bytes(b"")
        (out.parent / "outside.mp4").write_bytes(b"film")
        (out / "link.mp4").symlink_to(out.parent / "outside.mp4")
        (out / "folder").mkdir()
        return Made(files={"film": what}, facts={})

    job = claimed(place)
    work(place.store, place.files, odd, job)
    assert isinstance(place.state(job), Failed)


def test_progress_is_written_ten_times_a_second_at_most_and_costs_the_maker_nothing(place: Place) -> None:
    calls = [0]

    def tells(wanted: Wanted, given: Mapping[str, Path], out: Path, progress: Tell, preview: Callable[[bytes], None]) -> Made:
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            calls[0] += 1
            progress("film", calls[0] / 1e9)
        return film(wanted, given, out, progress, preview)

    job = claimed(place)
    before = place.store.newest_event()
    work(place.store, place.files, tells, job)
    assert calls[0] > 20_000
    assert 3 <= place.store.newest_event() - before <= 12


def test_a_job_that_another_has_by_now_is_broken_off_and_leaves_nothing(place: Place) -> None:
    job = claimed(place, "tells", seconds=30)
    threading.Timer(0.2, place.store.lost, ("w",)).start()
    began = time.monotonic()
    work(place.store, place.files, film, job)
    assert time.monotonic() - began < 5 and place.state(job) == Queued(attempt=1)
    assert not list((place.files.jobs / job.id).iterdir())


@pytest.mark.parametrize("prompt", ["tells", "waits", "hangs"])
def test_cancelling_frees_the_worker_within_a_second(place: Place, pool: Pool, prompt: str) -> None:
    took: list[float] = []
    while len(took) < 3 and not any(seconds < 1.0 for seconds in took):  # other work on the machine may hold up one
        job = place.add(prompt, seconds=0 if prompt == "hangs" else 60)
        place.wait(job, "running")
        time.sleep(0.3)
        place.store.cancel(job.id)
        took.append(place.wait(job, "cancelled"))
    assert min(took) < 1.0
    place.wait(place.add(), "succeeded")


def test_a_spare_worker_goes_on_when_one_had_to_be_ended(place: Place, pool: Pool) -> None:
    job = place.add("waits", seconds=60)
    place.wait(job, "running")
    until = time.monotonic() + 20
    while len(before := workers_of(place)) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    place.store.cancel(job.id)
    place.wait(job, "cancelled")
    place.wait(place.add(), "succeeded")
    assert pool.restarts == 1 and pool.workers()[0].pid in before


def test_cancelling_ends_the_children_of_the_work(place: Place, pool: Pool) -> None:
    job = place.add("child", seconds=60)
    place.wait(job, "running")
    file = place.files.jobs / job.id / "child"
    while not file.exists() or not file.read_text():
        time.sleep(0.01)
    child = int(file.read_text())
    assert alive(child)
    place.store.cancel(job.id)
    place.wait(job, "cancelled")
    time.sleep(0.1)
    assert not alive(child)


def test_a_killed_workers_job_is_made_by_the_next_one(place: Place, pool: Pool) -> None:
    job = place.add("waits", seconds=2)
    place.wait(job, "running")
    first = pool.workers()[0]
    os.kill(first.pid, signal.SIGKILL)
    assert place.wait(job, "queued") < 1.0
    place.wait(job, "succeeded")
    state = place.state(job)
    assert isinstance(state, Succeeded) and state.made.files == {"film": "2/film.mp4"}
    assert pool.workers()[0].name != first.name and pool.restarts == 1


def test_a_job_that_kills_its_worker_fails_and_the_next_one_is_made(place: Place, pool: Pool) -> None:
    bad, good = place.add("dies"), place.add()
    place.wait(good, "succeeded", seconds=40)
    state = place.state(bad)
    assert isinstance(state, Failed) and state.code == "worker_lost"
    assert [e.data["status"] for e in place.store.events(bad.id)].count("running") == 3


def test_a_worker_is_told_by_name_what_makes_films(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    pool = Pool(2, command(f"{Path(__file__).stem}:film", place.url, place.folder, max_running=1), on_end=place.store.lost)
    pool.start()
    jobs = [place.add("waits", seconds=1) for _ in range(2)]
    place.wait(jobs[0], "running")
    time.sleep(0.5)
    assert place.state(jobs[1]).status == "queued"  # its owner may run one at a time
    place.wait(jobs[1], "succeeded")
    pool.stop()


def test_a_stopped_pool_leaves_no_process_and_its_job_in_the_queue(place: Place) -> None:
    pool = Pool(2, place.command(), on_end=place.store.lost)
    pool.start()
    job = place.add("waits", seconds=60)
    place.wait(job, "running")
    pids = [worker.pid for worker in pool.workers()]
    pool.stop()
    assert len(pids) == 2 and not any(map(alive, pids))
    assert place.state(job).status == "queued"


def test_workers_are_gone_when_their_server_is_killed_even_if_they_do_nothing_any_more(place: Place) -> None:
    server = subprocess.Popen(place.command(), start_new_session=True)
    jobs = [place.add("waits", seconds=60) for _ in range(2)]
    for job in jobs:
        place.wait(job, "running")
    pids = descendants(server.pid)[1:]
    assert len(pids) >= 2 and all(map(alive, pids))
    os.kill(pids[0], signal.SIGSTOP)
    server.kill()
    server.wait()
    until = time.monotonic() + 3
    while any(map(alive, pids)) and time.monotonic() < until:
        time.sleep(0.02)
    assert not any(map(alive, pids))
    place.store.recover()
    assert [place.state(job) for job in jobs] == [Queued(attempt=1)] * 2


def test_a_worker_that_cannot_start_is_tried_again_with_pauses() -> None:
    ended: list[str] = []
    pool = Pool(1, [sys.executable, "-c", "raise SystemExit(1)"], on_end=ended.append)
    pool.start()
    time.sleep(1.5)
    pool.stop()
    assert 2 <= len(ended) <= 5 and len(set(ended)) == len(ended)


def test_a_running_job_shows_its_newest_preview(place: Place, pool: Pool) -> None:
    job = place.add("tells", seconds=60)
    place.wait(job, "running")
    until = time.monotonic() + 10
    while not (events := [e for e in place.store.events(job.id) if e.kind == "preview"]) and time.monotonic() < until:
        time.sleep(0.05)
    path = place.files.preview(job.id, events[0].data["file"])
    state = place.state(job)
    assert path and path.read_bytes() == b"jpeg" and isinstance(state, Running) and state.progress > 0
    place.store.cancel(job.id)


def descendants(pid: int) -> list[int]:
    """A process and those that it started."""
    children = [int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]
    return [pid, *(one for child in children for one in descendants(child))]


def workers_of(place: Place) -> list[int]:
    """The workers that this process started for the place, the spare one too."""
    mine = f"\0{place.folder}\0".encode()
    return [pid for pid in descendants(os.getpid()) if mine in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_whatever_is_killed_every_job_is_made_and_none_twice(place: Place) -> None:
    chance = random.Random(4)
    sha256 = place.files.put([b"Alice"])
    jobs = [place.add("tells", seconds=1, given=(Given(tag="me", kind="image", sha256=sha256, name="me.png"),)) for _ in range(8)]
    start = lambda: subprocess.Popen(place.command(), start_new_session=True)  # noqa: E731
    server = start()
    try:
        for kind in ("worker", "all", "worker", "server", "worker", "all"):
            time.sleep(chance.uniform(0.3, 1.2))
            processes = descendants(server.pid)
            if kind == "worker" and len(processes) > 1:
                os.kill(chance.choice(processes[1:]), signal.SIGKILL)
            else:
                for pid in processes if kind == "all" else processes[:1]:
                    os.kill(pid, signal.SIGKILL)
                server.wait()
                server = start()
        for job in jobs:
            place.wait(job, "succeeded", seconds=60)
    finally:
        for pid in descendants(server.pid):
            os.kill(pid, signal.SIGKILL)
        server.wait()
    clean(place.store, place.files)
    for job in jobs:
        statuses = [event.data["status"] for event in place.store.events(job.id) if event.kind == "status"]
        assert statuses.count("succeeded") == 1 and statuses[-1] == "succeeded"
        assert statuses.count("running") == statuses.count("queued")
        assert [path.name for path in (place.files.jobs / job.id).iterdir()] == [str(statuses.count("running"))]
        found = place.store.get(job.id)
        assert found and place.files.of(found)["film"].read_bytes() == b"film of Alice"


def serve(url: str, folder: Path) -> None:
    """The least of a server: a pool, and a sweep twice a second."""
    store = Store(url, most_losses=99)
    store.recover()
    Pool(2, [sys.executable, __file__, url, str(folder)], on_end=store.lost).start()
    while True:
        store.sweep()
        time.sleep(0.5)


if __name__ == "__main__":
    url, folder, *name = sys.argv[1:]
    if name:
        live(Store(url), Files(Path(folder)), film, *name)
    else:
        serve(url, Path(folder))
