"""Kill -9 at random moments, under load: is any job lost, any film delivered twice, any half file served, and how soon does work go on?

    python benchmarks/kills.py              100 kills, about ten minutes
    python benchmarks/kills.py 25 --add     25 more, added to the results

A real ``phonofilm serve`` with two workers makes films of the ``test`` engine (480p, 4 s) for clients that create (each wish under an idempotency
key, sent again until it is answered), poll, list and download all the while; a receiver takes their callbacks. Every 0.2 to 3 s one of these is
killed: a worker, the server alone, or the server with its workers at once; a killed server is started again at once. No worker is killed over a job
that lost two already: the third loss is meant to fail it. At the end every wish must be one finished job with one film, whole and the same bytes as
when it was first seen, told by one callback. Results: benchmarks/results/kills.json.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import io
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import av

from phonofilm.jobs.cleaning import clean
from phonofilm.jobs.files import Files
from phonofilm.jobs.job import Succeeded
from phonofilm.jobs.store import Store

RESULTS = Path(__file__).parent / "results" / "kills.json"
TASKS = "/api/v3/contents/generations/tasks"
SECONDS, FRAMES = 4, 96
WORKERS, WAITING = 2, 6  # films at a time; wishes that are not over
KINDS = {"worker": 0.5, "server": 0.25, "all": 0.25}
PAUSE = 0.2, 3.0
#: seconds: from a server's start to a job that runs, by the clock and of the processors in all; from a worker's death to its job running again;
#: from a server's death to that of its workers
TIMES = ("resume_s", "resume_cpu_s", "again_s", "workers_gone_s")


@dataclass
class Seen:
    """What the clients saw. ``wishes``: the job of each idempotency key. ``films``: the hash of each film. ``told``: job and id of each callback."""

    wishes: dict[str, str] = field(default_factory=dict)
    films: dict[str, str] = field(default_factory=dict)
    told: set[tuple[str, str]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)


class Server:
    """``phonofilm serve`` in a process that is killed and started again on the same port and data."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as place:
            place.bind(("127.0.0.1", 0))
            self.port = place.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        """Start it; the log goes beside its data."""
        command = [sys.executable, "-c", "from phonofilm.cli.main import main; main()", "serve", "--port", str(self.port), "--data", str(self.data)]
        command += ["--workers", str(WORKERS), "--engine", "test", "--log", "warning", "--allow-private", "127.0.0.0/8"]
        with (self.data.parent / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        return self.process

    def workers(self) -> dict[str, int]:
        """The worker processes: process ids by name."""
        found = {}
        for task in Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            for pid in quietly(task.read_text).split():
                words = quietly(Path(f"/proc/{pid}/cmdline").read_text).split("\0")
                if any(word.startswith("phonofilm.server.work") for word in words):
                    found[words[-2]] = int(pid)
        return found

    def ready(self) -> bool:
        """Whether it answers."""
        try:
            return get(self.url + "/readyz")[0] == 200
        except OSError:
            return False


def quietly(read: Callable[[], str]) -> str:
    """What is read, or nothing where its process has just gone."""
    try:
        return read()
    except OSError:
        return ""


def get(url: str, body: dict | None = None, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Status and body of an answer that came whole. Raises ``OSError`` where none did."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as e:
        return e.code, e.read()
    except http.client.HTTPException as e:  # the connection broke in the midst of an answer
        raise ConnectionError from e


def kill(pid: int) -> None:
    """Kill -9, if it is still there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def whole(film: bytes) -> str:
    """What is wrong with a film; nothing if it has all its frames and sound."""
    try:
        with av.open(io.BytesIO(film)) as container:
            frames = Counter(packet.stream.type for packet in container.demux() if packet.size)
    except av.FFmpegError as e:
        return f"{len(film)} bytes that do not open: {e}"
    return "" if frames["video"] == FRAMES and frames["audio"] > SECONDS * 40 else f"{frames} packets"


def wishing(server: Server, seen: Seen, callback: str, stop: threading.Event, seed: int, waiting: int) -> None:
    """A client that keeps some wishes waiting; each is sent until it is answered."""
    number = 0
    while not stop.is_set():
        over = sum(1 for job in seen.wishes.values() if job in seen.films)
        if len(seen.wishes) - over >= waiting:
            time.sleep(0.05)
            continue
        key, number = f"{seed}-{number}", number + 1
        body = {
            "model": "phonofilm", "content": [{"type": "text", "text": f"A beach at dusk, take {key}."}],
            "resolution": "480p", "duration": SECONDS, "seed": number, "callback_url": callback,
        }  # fmt: skip
        while key not in seen.wishes:
            try:
                status, answer = get(server.url + TASKS, body, {"Idempotency-Key": key})
                seen.answers[status // 100] += 1
                if status == 200:
                    seen.wishes[key] = json.loads(answer)["id"]
                elif status >= 500:
                    seen.faults.append(f"create: {status} {answer[:200]!r}")
                    time.sleep(0.1)
            except OSError:
                time.sleep(0.05)


def watching(server: Server, seen: Seen, stop: threading.Event) -> None:
    """A client that polls and downloads whatever is said to be there."""
    while not stop.is_set():
        try:
            look(server, seen)
        except OSError:
            time.sleep(0.05)
        time.sleep(0.02)


def look(server: Server, seen: Seen) -> None:
    """Poll what is not over, and a film that was seen before."""
    waiting = [job for job in list(seen.wishes.values()) if job not in seen.films]
    again = random.sample(sorted(seen.films), min(1, len(seen.films)))
    status, answer = get(f"{server.url}{TASKS}?page_size=5")
    seen.answers[status // 100] += 1
    if status >= 500:
        seen.faults.append(f"list: {status} {answer[:200]!r}")
    for job in waiting + again:
        status, answer = get(f"{server.url}{TASKS}/{job}")
        seen.answers[status // 100] += 1
        if status != 200:
            seen.faults.append(f"get {job}: {status} {answer[:200]!r}")
            continue
        task = json.loads(answer)
        if task["status"] in ("failed", "expired", "cancelled"):
            seen.faults.append(f"{job} is {task['status']}: {task['error']}")
            seen.films[job] = ""
        elif task["status"] == "succeeded":
            fetch(seen, job, task["content"]["video_url"])


def fetch(seen: Seen, job: str, url: str) -> None:
    """Download a film; it must be whole, and always the same."""
    status, film = get(url)
    seen.answers[status // 100] += 1
    wrong = whole(film) if status == 200 else f"status {status}"
    sha256 = hashlib.sha256(film).hexdigest()
    if wrong or seen.films.setdefault(job, sha256) != sha256:
        seen.faults.append(f"the film of {job}: {wrong or 'other bytes than before'}")


@contextmanager
def receiver(seen: Seen) -> Iterator[str]:
    """Takes callbacks; its address."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            task = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if task["status"] == "succeeded":
                seen.told.add((task["id"], self.headers["webhook-id"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class Ledger:
    """The store's own file, read beside the server."""

    def __init__(self, data: Path) -> None:
        self._file = sqlite3.connect(data / "phonofilm.db", isolation_level=None, timeout=10)

    def running(self) -> dict[str, tuple[str, int]]:
        """Job and losses by worker."""
        return {w: (job, losses) for w, job, losses in self._file.execute("SELECT worker, id, losses FROM jobs WHERE status = 'running'")}

    def state(self, job: str) -> tuple[str, int]:
        """Status and attempt of a job."""
        return self._file.execute("SELECT status, attempt FROM jobs WHERE id = ?", (job,)).fetchone()

    def newest(self) -> int:
        """The newest event."""
        return self._file.execute("SELECT max(id) FROM events").fetchone()[0] or 0

    def begun_since(self, event: int) -> bool:
        """Whether a job began after an event."""
        query = "SELECT 1 FROM events WHERE id > ? AND kind = 'status' AND data LIKE '%running%' LIMIT 1"
        return self._file.execute(query, (event,)).fetchone() is not None

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def until(true: Callable[[], object], what: str, seconds: float) -> float:
    """How long it takes until something is true."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            raise RuntimeError(f"{what}: not within {seconds:g} s")
        time.sleep(0.01)
    return time.monotonic() - began


def alive(pid: int) -> bool:
    """Whether a process runs."""
    return quietly(Path(f"/proc/{pid}/stat").read_text).rpartition(")")[2].split()[:1] not in ([], ["Z"])


def cpu(pid: int) -> float:
    """Seconds of the processors that a process has used."""
    words = quietly(Path(f"/proc/{pid}/stat").read_text).rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK") if words else 0.0


def strike_worker(server: Server, ledger: Ledger, chance: random.Random, found: dict[str, list[float]]) -> None:
    """Kill a worker; how soon its job runs again."""
    may: list[str] = []
    while not may:
        workers, running = server.workers(), ledger.running()
        may = [name for name in sorted(workers) if running.get(name, ("", 0))[1] < 2]
    name = chance.choice(may)
    job = running.get(name, ("", 0))[0]
    _, attempt = ledger.state(job) if job else ("", 0)
    kill(workers[name])
    if job:
        taken = until(lambda: ledger.state(job)[1] > attempt or ledger.state(job)[0] == "succeeded", f"{job} is taken up again", 60)
        if ledger.state(job)[1] > attempt:
            found["again_s"].append(taken)


def strike_server(server: Server, ledger: Ledger, too: bool, found: dict[str, list[float]]) -> None:
    """Kill the server, with its workers or without, and start it again; how soon a job runs again."""
    workers, before = server.workers(), ledger.newest()
    for pid in [server.process.pid, *(workers.values() if too else ())]:
        kill(pid)
    server.process.wait()
    found["workers_gone_s"].append(until(lambda: not any(map(alive, workers.values())), "the workers are gone", 20))
    before = max(before, ledger.newest())
    began = time.monotonic()
    server.start()
    until(lambda: ledger.begun_since(before), "a job runs after a restart", 120)
    found["resume_s"].append(time.monotonic() - began)
    found["resume_cpu_s"].append(sum(map(cpu, (server.process.pid, *server.workers().values()))))
    until(server.ready, "the server answers", 120)


def run(strikes: Sequence[str], folder: Path, seed: int, *, pause: tuple[float, float] = PAUSE, waiting: int = WAITING) -> dict:
    """Kill these one after the other, then let everything be finished; what was found. ``faults`` is empty if all is well."""
    chance, seen, stop = random.Random(seed), Seen(), threading.Event()
    found: dict[str, list[float]] = {name: [] for name in TIMES}
    done: Counter[str] = Counter()
    data = folder / "data"
    data.mkdir()
    began = time.monotonic()
    server = Server(data)
    clients: list[threading.Thread] = []
    try:
        until(server.ready, "the server answers", 120)
        ledger = Ledger(data)
        with receiver(seen) as callback:
            wisher = threading.Thread(target=wishing, args=(server, seen, callback, stop, seed, waiting))
            over = threading.Event()
            clients = [wisher, *(threading.Thread(target=watching, args=(server, seen, over)) for _ in range(2))]
            for client in clients:
                client.start()
            try:
                for kind in strikes:
                    time.sleep(chance.uniform(*pause))
                    if kind == "worker":
                        strike_worker(server, ledger, chance, found)
                    else:
                        strike_server(server, ledger, kind == "all", found)
                    done[kind] += 1
                stop.set()
                wisher.join()
                until(lambda: len(seen.films) == len(seen.wishes), "every wish has its film", 300)
                until(lambda: len({job for job, _ in seen.told}) == len(seen.wishes), "every film is told", 120)
            finally:
                stop.set()
                over.set()
                for client in clients:
                    client.join()
        workers = server.workers()
        server.process.terminate()
        server.process.wait(15)
        if any(map(alive, workers.values())):
            seen.faults.append("a worker is left after the server's end")
    finally:
        for pid in (*server.workers().values(), server.process.pid):
            kill(pid)
        server.process.wait()
    ledger.close()
    tally(seen, data)
    return {
        "kills": dict(done), "jobs": len(seen.wishes), "seconds": round(time.monotonic() - began), "answers": answers(seen), "faults": seen.faults,
        **{name: sorted(round(value, 3) for value in values) for name, values in found.items()},
    }  # fmt: skip


def answers(seen: Seen) -> dict[str, int]:
    """How many answers of each class of status."""
    return {f"{kind}xx": num for kind, num in sorted(seen.answers.items())}


def tally(seen: Seen, data: Path) -> None:
    """Count what the store and the folder hold against what the clients asked for."""
    store, files = Store(f"sqlite:///{data / 'phonofilm.db'}"), Files(data)
    clean(store, files)
    jobs, total = store.list(size=100_000)
    if total != len(seen.wishes) or {job.id for job in jobs} != set(seen.wishes.values()):
        seen.faults.append(f"{len(seen.wishes)} wishes became {total} jobs")
    told = Counter(job for job, _ in seen.told)
    for job in jobs:
        statuses = Counter(event.data["status"] for event in store.events(job.id) if event.kind == "status")
        if not isinstance(job.state, Succeeded) or statuses["succeeded"] != 1 or told[job.id] != 1:
            seen.faults.append(f"{job.id}: {dict(statuses)}, told {told[job.id]} times")
            continue
        attempts = [path.name for path in (files.jobs / job.id).iterdir()]
        if attempts != [str(statuses["running"])]:
            seen.faults.append(f"{job.id} began {statuses['running']} times and has the folders {attempts}")
        film = files.of(job)["film"].read_bytes()
        if hashlib.sha256(film).hexdigest() != seen.films[job.id]:
            seen.faults.append(f"the film of {job.id} is another one on the disk")
    if left := sorted(path.name for path in files.jobs.iterdir() if path.name not in seen.films):
        seen.faults.append(f"folders of no job: {left}")
    store.close()


def merged(runs: list[dict]) -> dict:
    """The results of some runs together."""
    kills: Counter[str] = sum((Counter(run["kills"]) for run in runs), Counter())
    answered: Counter[str] = sum((Counter(run["answers"]) for run in runs), Counter())
    times = {name: sorted(value for run in runs for value in run.get(name, [])) for name in TIMES}
    figures = {name: {"num": len(v), "median": v[len(v) // 2], "p95": v[int(len(v) * 0.95)], "max": v[-1]} for name, v in times.items() if v}
    return {
        "date": date.today().isoformat(), "machine": "two cores, other work beside", "kills": {**kills, "in_all": kills.total()},
        "jobs": sum(run["jobs"] for run in runs), "faults": [fault for run in runs for fault in run["faults"]], "answers": dict(answered), **figures,
        "runs": runs,
    }  # fmt: skip


def main() -> None:
    """Run, print and write the results."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("kills", type=int, nargs="?", default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pause", type=float, default=PAUSE[1], help="the longest time between two kills: on a busy machine films take longer")
    parser.add_argument("--add", action="store_true", help="to the results that are there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            strikes = random.Random(given.seed).choices(list(KINDS), list(KINDS.values()), k=given.kills)
            result = {"seed": given.seed, **run(strikes, Path(folder), given.seed, pause=(PAUSE[0], given.pause))}
        finally:
            print((Path(folder) / "server.log").read_text()[-4000:], file=sys.stderr)
    runs = json.loads(RESULTS.read_text())["runs"] if given.add and RESULTS.exists() else []
    results = merged([*runs, result])
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    print(json.dumps({k: v for k, v in results.items() if k != "runs"}, indent=1))
    sys.exit(bool(results["faults"]))


if __name__ == "__main__":
    main()
