"""The server under load: how quickly it answers while films are made, and what it holds in memory.

    python benchmarks/server.py [seconds] [part …]      all figures, or those of the named parts, into benchmarks/results/server.json

50 clients ask for a film every five seconds each and poll it four times a second while two workers film with the stage (some 210 requests and 10 new
films a second, the latter far more than can be made: they are cancelled again); the clients are of one other process. Every
figure is taken from outside: times at the client's socket, memory from /proc, so Linux is needed.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from phonofilm.jobs.files import Files
from phonofilm.jobs.job import Made, Wanted
from phonofilm.jobs.store import Store
from phonofilm.jobs.worker import work
from phonofilm.server.settings import Settings

TASKS = "/api/v3/contents/generations/tasks"
CLIENTS, POLL, POLLS, AHEAD = 50, 0.25, 20, 100
FILM = {"content": [{"type": "text", "text": "A beach at dusk. Slow push in."}], "duration": 5, "resolution": "480p", "ratio": "16:9"}
OUT = Path(__file__).parent / "results" / "server.json"


class Client:
    """One connection, kept open; times are from the first byte sent to the last one received."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None

    async def ask(self, method: str, path: str, body: bytes = b"", kind: str = "application/json", **headers: str) -> tuple[int, bytes, float]:
        if self.reader is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode()
        began = time.perf_counter()
        self.writer.write(head + body)
        await self.writer.drain()
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = next(int(line.partition(":")[2]) for line in answer.lower().split("\r\n") if line.startswith("content-length:"))
        content = await self.reader.readexactly(length)
        return int(answer.split(" ", 2)[1]), content, time.perf_counter() - began

    async def json(self, method: str, path: str, body: object = None, **headers: str) -> dict[str, Any]:
        status, content, _ = await self.ask(method, path, json.dumps(body).encode() if body is not None else b"", **headers)
        assert status == 200, (status, content)
        return json.loads(content)

    def close(self) -> None:
        if self.reader is not None:
            self.writer.close()


@contextmanager
def server(data: Path, *options: str):
    """A running server: its port and process id."""
    start = "from phonofilm.cli.main import main; main()"
    command = [sys.executable, "-c", start, "serve", "--port", "0", "--data", str(data), "--log", "warning", "--max-queued", "100000", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        port = int(process.stdout.readline().split()[1].rstrip("/").rpartition(":")[2])
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


def memory(pid: int, what: str = "VmRSS") -> float:
    """MB of a process: VmRSS now, VmHWM the most since ``forget_peak``."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def spread(times: list[float]) -> dict[str, float]:
    ms = sorted(1000 * t for t in times)
    at = lambda share: round(ms[min(int(len(ms) * share), len(ms) - 1)], 1)  # noqa: E731
    return {"number": len(ms), "median_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99), "most_ms": round(ms[-1], 1)}


async def load(port: int, seconds: float) -> dict[str, Any]:
    """Clients that create and poll against a queue that holds ``AHEAD`` films already."""
    first = Client(port)
    body = json.dumps({**FILM, "model": "phonofilm"}).encode()
    for _ in range(AHEAD):
        await first.ask("POST", TASKS, body)
    until = time.monotonic() + seconds
    times: dict[str, list[float]] = defaultdict(list)
    statuses: dict[str, int] = defaultdict(int)

    async def ask(client: Client, what: str, method: str, path: str, content: bytes = b"") -> bytes:
        status, answer, took = await client.ask(method, path, content)
        times[what].append(took)
        statuses[str(status)] += 1
        return answer

    async def live(k: int) -> None:
        client = Client(port)
        await asyncio.sleep(POLLS * POLL * k / CLIENTS)  # as people come: not all in the same moment
        while time.monotonic() < until:
            id = json.loads(await ask(client, "create", "POST", TASKS, body))["id"]
            for poll in range(POLLS):
                began = time.monotonic()
                await ask(client, "get", "GET", f"{TASKS}/{id}")
                if poll % 10 == 9:
                    await ask(client, "list", "GET", f"{TASKS}?page_size=20")
                await asyncio.sleep(max(POLL - (time.monotonic() - began), 0))
                if time.monotonic() > until:
                    break
            await ask(client, "cancel", "POST", f"{TASKS}/{id}/cancel")
        client.close()

    await asyncio.gather(*(live(k) for k in range(CLIENTS)))
    states = await first.json("GET", "/readyz")
    first.close()
    every = [t for some in times.values() for t in some]
    return {
        "clients": CLIENTS, "poll_seconds": POLL, "seconds": seconds, "workers_that_film": states["workers"], "tasks_that_wait": states["queued"],
        "requests_a_second": round(len(every) / seconds, 1), "statuses": dict(statuses), "all": spread(every),
        **{what: spread(some) for what, some in sorted(times.items())},
    }  # fmt: skip


async def polls(port: int, pid: int, num: int = 10_000) -> dict[str, Any]:
    """Memory over many polls of one task."""
    client = Client(port)
    id = (await client.json("POST", TASKS, {**FILM, "model": "test"}))["id"]
    at: dict[str, float] = {}
    for k in range(num + 1):
        if k in (0, 1000, num // 2, num):
            at[str(k)] = round(memory(pid), 1)
        await client.ask("GET", f"{TASKS}/{id}")
    client.close()
    return {"polls": num, "mb_after": at, "growth_mb_after_the_first_1000": round(at[str(num)] - at["1000"], 1)}


async def upload(port: int, pid: int) -> dict[str, Any]:
    """The memory that a 30 MB form adds, at its most."""
    rows = np.random.default_rng(1).integers(0, 256, (3100, 3200, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(rows).save(buffer, "PNG", compress_level=0)
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    form = head + buffer.getvalue() + b"\r\n--b--\r\n"
    small = io.BytesIO()
    Image.fromarray(rows[:400, :400]).save(small, "PNG")
    client, most = Client(port), []
    await client.ask("POST", "/api/v3/files", small.getvalue(), "image/png")  # what is loaded once is no part of it
    for k in range(3):
        before = memory(pid)
        forget_peak(pid)
        another = form.replace(b"\r\n--b--", bytes([k]) + b"\r\n--b--")
        status, answer, took = await client.ask("POST", "/api/v3/files", another, "multipart/form-data; boundary=b")
        assert status == 200, answer
        most.append(round(memory(pid, "VmHWM") - before, 2))
    client.close()
    return {"mb_sent": round(len(form) / 1e6, 1), "mb_added_at_most": most, "seconds": round(took, 2)}


async def lifted(port: int, pid: int) -> dict[str, Any]:
    """The same for a picture inside JSON."""
    import base64

    rows = np.random.default_rng(2).integers(0, 256, (3100, 3200, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(rows).save(buffer, "PNG", compress_level=0)
    url = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
    body = json.dumps({**FILM, "model": "test", "content": [*FILM["content"], {"type": "image_url", "image_url": {"url": url}}]}).encode()
    client = Client(port)
    before = memory(pid)
    forget_peak(pid)
    status, answer, took = await client.ask("POST", TASKS, body)
    assert status == 200, answer
    client.close()
    return {"mb_sent": round(len(body) / 1e6, 1), "mb_added_at_most": round(memory(pid, "VmHWM") - before, 2), "seconds": round(took, 2)}


@contextmanager
def film_of_steps(data: Path, id: str, num: int) -> Iterator[tuple[dict[str, float], threading.Thread]]:
    """A maker in this process for one film, in ``num`` steps: when (Unix s) each was told, and the thread that will tell them."""
    said: dict[str, float] = {}

    def make(wanted: Wanted, given: Mapping[str, Path], out: Path, tell: Callable[[str, float], None], preview: Callable[[bytes], None]) -> Made:
        for k in range(num):
            time.sleep(0.25 + 0.01 * (k % 10))
            said[f"step {k}"] = time.time()
            tell(f"step {k}", k / num)
        time.sleep(0.3)
        (out / "film.mp4").write_bytes(b"film")
        return Made(files={"film": "film.mp4"}, facts={})

    def worker() -> None:
        store = Store(Settings(data=data).database)
        while (job := store.claim("bench")) is None or job.id != id:
            time.sleep(0.02)
        work(store, Files(data), make, job)
        store.close()

    thread = threading.Thread(target=worker)
    yield said, thread
    thread.join()


async def progress(port: int, data: Path, num: int = 60) -> dict[str, Any]:
    """From a maker's call of ``progress`` to the listener: the server has no workers here, this process makes the film."""
    client = Client(port)
    id = (await client.json("POST", TASKS, {**FILM, "model": "test"}))["id"]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {TASKS}/{id}/events HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    late: list[float] = []
    with film_of_steps(data, id, num) as (said, thread):
        thread.start()
        while line := await reader.readline():
            if line.startswith(b"event: done"):
                break
            if b'"step": "step ' in line and line.startswith(b"data: "):
                late.append(time.time() - said[json.loads(line[6:])["step"]])
    writer.close()
    client.close()
    return {"told": num, "heard": len(late), **{k: v for k, v in spread(late).items() if k != "number"}}


async def page(port: int, data: Path, num: int = 60) -> dict[str, Any]:
    """From a maker's call of ``progress`` to its words on the studio's page, in Chromium. Needs Node, Chromium and ``make studio``."""
    client = Client(port)
    id = (await client.json("POST", TASKS, {**FILM, "model": "test"}))["id"]
    client.close()
    web = Path(__file__).parent.parent / "web"
    env = {**os.environ, "STUDIO_URL": f"http://127.0.0.1:{port}/"}
    with subprocess.Popen(["node", "e2e/late.mjs"], cwd=web, env=env, stdout=subprocess.PIPE, text=True) as browser:
        assert browser.stdout and browser.stdout.readline() == "ready\n", "the studio did not open"
        with film_of_steps(data, id, num) as (said, thread):
            thread.start()
        seen: dict[str, int] = json.loads(browser.stdout.readline())
    late = [at / 1000 - said[step] for step, at in seen.items()]
    return {"told": num, "seen": len(late), **{k: v for k, v in spread(late).items() if k != "number"}}


async def cancels(port: int, num: int = 8) -> dict[str, Any]:
    """From the cancel of a film being made to the start of the next one by the same worker (the server has one)."""
    client, took = Client(port), []
    long = {**FILM, "model": "phonofilm", "duration": 15, "resolution": "1080p"}
    now = (await client.json("POST", TASKS, long))["id"]
    for k in range(num):
        following = (await client.json("POST", TASKS, long))["id"]
        while (await client.json("GET", f"{TASKS}/{now}"))["status"] != "running":
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.5 + 0.7 * k)  # at different steps of the work
        began = time.perf_counter()
        await client.ask("POST", f"{TASKS}/{now}/cancel")
        while (await client.json("GET", f"{TASKS}/{following}"))["status"] != "running":
            await asyncio.sleep(0.01)
        took.append(time.perf_counter() - began)
        now = following
    await client.ask("POST", f"{TASKS}/{now}/cancel")
    client.close()
    return spread(took)


async def twice(port: int) -> dict[str, Any]:
    """The same request again with the same idempotency key."""
    import base64

    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(3).integers(0, 256, (1500, 1500, 3), np.uint8)).save(buffer, "PNG")
    url = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
    body = json.dumps({**FILM, "model": "test", "content": [*FILM["content"], {"type": "image_url", "image_url": {"url": url}}]}).encode()
    client = Client(port)
    answers = [await client.ask("POST", TASKS, body, Idempotency_Key="bench-1") for _ in range(6)]
    total = (await client.json("GET", TASKS))["total"]
    client.close()
    ids = {json.loads(content)["id"] for _, content, _ in answers}
    first, again = answers[0][2], statistics.median(a[2] for a in answers[1:])
    return {"tasks": len(ids), "first_ms": round(1000 * first, 1), "again_ms": round(1000 * again, 1), "in_store": total}


def main() -> None:
    arguments = sys.argv[1:]
    seconds = float(arguments.pop(0)) if arguments and arguments[0].replace(".", "").isdigit() else 30.0
    found: dict[str, Any] = json.loads(OUT.read_text()) if arguments and OUT.exists() else {}
    found |= {"cores": os.cpu_count(), "python": platform.python_version()}
    parts: dict[str, tuple[int, Callable[[int, int, Path], Any]]] = {
        "load": (2, lambda port, pid, data: load(port, seconds)),
        "twice": (0, lambda port, pid, data: twice(port)),
        "polls": (0, lambda port, pid, data: polls(port, pid)),
        "upload": (0, lambda port, pid, data: upload(port, pid)),
        "upload_in_json": (0, lambda port, pid, data: lifted(port, pid)),
        "progress": (0, lambda port, pid, data: progress(port, data)),
        "page": (0, lambda port, pid, data: page(port, data)),
        "cancel_to_next_start": (1, lambda port, pid, data: cancels(port)),
    }
    for name, (workers, measure) in parts.items():
        if arguments and name not in arguments:
            continue
        with tempfile.TemporaryDirectory(prefix="phonofilm-") as folder, server(Path(folder) / "data", "--workers", str(workers)) as (port, pid):
            found[name] = asyncio.run(measure(port, pid, Path(folder) / "data"))
        print(name, json.dumps(found[name]), flush=True)
        OUT.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
