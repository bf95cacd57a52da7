"""A real server for tests: ``phonofilm serve`` in a process of its own, on a free port, with its own data folder and real workers."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx2

TASKS = "/api/v3/contents/generations/tasks"
#: the smallest film: colour bars of four seconds at 480p
FILM: dict[str, Any] = {
    "model": "test",
    "content": [{"type": "text", "text": "A beach at dusk."}],
    "duration": 4,
    "resolution": "480p",
    "ratio": "16:9",
}


class Served:
    """A running server: ``url`` without a slash, its process, its data folder, and a client for it."""

    def __init__(self, data: Path, *options: str, environment: dict[str, str] | None = None) -> None:
        self.data = data
        self.log = data.parent / f"{data.name}.log"
        with self.log.open("ab") as log:
            start = "from phonofilm.cli.main import main; main()"
            command = [sys.executable, "-c", start, "serve", "--port", "0", "--data", str(data), *options]
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, **(environment or {})})
        assert self.process.stdout
        first = self.process.stdout.readline()
        if not first.startswith("Studio"):
            self.process.wait(10)
            self.process.stdout.close()
            raise AssertionError(f"the server did not start: {first} {self.log.read_text()[-2000:]}")
        self.url = first.split()[1].rstrip("/")
        self.http = httpx2.Client(base_url=self.url, timeout=30, trust_env=False)

    def create(self, headers: dict[str, str] | None = None, **fields: Any) -> str:
        """The id of a new task."""
        answer = self.http.post(TASKS, json={**FILM, **fields}, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["id"]

    def task(self, id: str) -> dict[str, Any]:
        """A task as it stands."""
        answer = self.http.get(f"{TASKS}/{id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def wait(self, id: str, *statuses: str, seconds: float = 60.0) -> dict[str, Any]:
        """The task, once it has one of these states (or is over)."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            task = self.task(id)
            if task["status"] in (statuses or ("succeeded", "failed", "cancelled", "expired")):
                return task
            time.sleep(0.05)
        raise AssertionError(f"{id} is {task['status']} after {seconds} s")

    def lines(self) -> list[dict[str, Any]]:
        """The log so far."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def stop(self, how: int = signal.SIGTERM) -> int:
        """Stop it; its exit status."""
        self.http.close()
        self.process.send_signal(how)
        try:
            status = self.process.wait(15)
        finally:
            self.process.kill()
            if self.process.stdout:
                self.process.stdout.close()
        return status


@contextlib.contextmanager
def served(data: Path, *options: str, environment: dict[str, str] | None = None) -> Generator[Served]:
    """A server while the block runs."""
    server = Served(data, *options, environment=environment)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


def refused(answer: httpx2.Response, status: int, code: str, param: str | None = None) -> dict[str, Any]:
    """Check that an answer is a whole refusal; its body."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert set(body) >= {"type", "title", "status", "detail", "error"}
    assert body["error"]["code"] == code, body
    if param is not None:
        assert body["error"]["param"] == param, body
    assert "Traceback" not in answer.text and "/src/" not in answer.text
    assert answer.headers["x-request-id"]
    return body
