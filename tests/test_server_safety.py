"""What the server lets nobody do: keys and quotas, other sites, other machines, bodies and files that mean harm."""

from __future__ import annotations

import base64
import http.server
import json
import socket
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from standardwebhooks.webhooks import Webhook

import odd_files
from serving import FILM, TASKS, Served, refused, served

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes ....").decode()


class Receiver:
    """A small HTTP server that notes what is posted to it. ``answers`` are given in turn, then 200."""

    def __init__(self) -> None:
        self.got: list[tuple[float, dict[str, str], bytes]] = []
        self.answers: list[int] = []
        notes = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                notes.got.append((time.time(), {k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(notes.answers.pop(0) if notes.answers else 200)
                self.send_header("content-length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                self.send_response(302)
                self.send_header("location", self.path.partition("?to=")[2])
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def statuses(self, id: str) -> list[str]:
        return [b["status"] for b in (json.loads(body) for _, _, body in self.got) if b["id"] == id]


@pytest.fixture(scope="module")
def receiver() -> Generator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("safety") / "data"


@pytest.fixture(scope="module")
def keys(data: Path) -> dict[str, str]:
    """Keys of several kinds, made by the command line."""
    made = {
        "anna": ["anna", "--max-queued", "2"], "ben": ["ben"], "reader": ["reader", "--scope", "films:read"], "admin": ["admin", "--scope", "admin"],
        "slow": ["slow", "--per-minute", "12"],
    }  # fmt: skip
    return {name: run("keys", "add", *options, "--data", str(data)).strip() for name, options in made.items()}


def run(*arguments: str) -> str:
    from click.testing import CliRunner

    from phonofilm.cli.main import cli

    result = CliRunner().invoke(cli, list(arguments), catch_exceptions=False)
    return result.stdout


@pytest.fixture(scope="module")
def guarded(data: Path, keys: dict[str, str], receiver: Receiver) -> Generator[Served]:
    """A server that wants keys, and may post to this machine only at the receiver's network."""
    with served(data, "--keys", "--allow-private", "127.0.0.1/32", "--webhook-secret", SECRET) as running:
        yield running


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    """A server as it is by default."""
    with served(tmp_path_factory.mktemp("closed") / "data", "--workers", "0") as running:
        yield running


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


# keys


def test_without_a_key_nothing_is_told(guarded: Served) -> None:
    for method, path in (
        ("GET", TASKS),
        ("POST", TASKS),
        ("GET", f"{TASKS}/x"),
        ("POST", "/api/v3/files"),
        ("GET", "/api/v3/options"),
        ("GET", "/metrics"),
    ):
        answer = guarded.http.request(method, path)
        refused(answer, 401, "AuthenticationError")
        assert answer.headers["www-authenticate"] == "Bearer" and answer.headers["x-should-retry"] == "false"
    refused(guarded.http.get(TASKS, headers=bearer("pf_wrong")), 401, "AuthenticationError")
    assert guarded.http.get("/healthz").json() == {"status": "ok"}


def test_a_key_does_what_its_scopes_say(guarded: Served, keys: dict[str, str]) -> None:
    assert guarded.http.get(TASKS, headers=bearer(keys["reader"])).status_code == 200
    assert guarded.http.get(TASKS, headers={"X-API-Key": keys["reader"]}).status_code == 200
    refused(guarded.http.post(TASKS, json=FILM, headers=bearer(keys["reader"])), 403, "AccessDenied")
    refused(guarded.http.get("/metrics", headers=bearer(keys["anna"])), 403, "AccessDenied")
    assert b"phonofilm_tasks" in guarded.http.get("/metrics", headers=bearer(keys["admin"])).content


def test_one_key_does_not_see_the_tasks_of_another(guarded: Served, keys: dict[str, str]) -> None:
    id = guarded.http.post(TASKS, json=FILM, headers=bearer(keys["ben"])).json()["id"]
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/events"), ("GET", "/score")):
        refused(guarded.http.request(method, f"{TASKS}/{id}{path}", headers=bearer(keys["anna"])), 404, "ResourceNotFound")
    assert id not in guarded.http.get(TASKS, headers=bearer(keys["anna"])).text
    assert guarded.http.get(f"{TASKS}/{id}", headers=bearer(keys["admin"])).json()["id"] == id


def test_a_key_has_its_quota_of_waiting_tasks_and_requests(guarded: Served, keys: dict[str, str]) -> None:
    long = {**FILM, "duration": 15, "resolution": "1080p"}
    answers = [guarded.http.post(TASKS, json=long, headers=bearer(keys["anna"])) for _ in range(5)]
    assert [a.status_code for a in answers[:2]] == [200, 200]
    late = next(a for a in answers if a.status_code != 200)
    refused(late, 429, "QuotaExceeded")
    assert int(late.headers["retry-after"]) >= 1 and "x-should-retry" not in late.headers
    for answer in answers:
        if answer.status_code == 200:
            guarded.http.post(f"{TASKS}/{answer.json()['id']}/cancel", headers=bearer(keys["anna"]))
    many = [guarded.http.get(TASKS, headers=bearer(keys["slow"])) for _ in range(15)]
    refused(many[-1], 429, "RateLimitExceeded")
    assert 1 <= int(many[-1].headers["retry-after"]) <= 10


def test_a_revoked_key_opens_nothing_and_no_secret_is_kept(guarded: Served, data: Path) -> None:
    secret = run("keys", "add", "gone", "--data", str(data)).strip()
    assert guarded.http.get(TASKS, headers=bearer(secret)).status_code == 200
    listed = json.loads(run("keys", "list", "--json", "--data", str(data)))
    run("keys", "revoke", next(k["id"] for k in listed if k["name"] == "gone"), "--data", str(data))
    time.sleep(2.1)
    refused(guarded.http.get(TASKS, headers=bearer(secret)), 401, "AuthenticationError")
    kept = b"".join(path.read_bytes() for path in data.glob("phonofilm.db*")) + guarded.log.read_bytes()
    assert secret.encode() not in kept


# webhooks


def test_every_change_is_posted_and_signed(guarded: Served, keys: dict[str, str], receiver: Receiver) -> None:
    answer = guarded.http.post(TASKS, json={**FILM, "callback_url": receiver.url + "/hook"}, headers=bearer(keys["ben"]))
    id = answer.json()["id"]
    until = time.monotonic() + 40
    while "succeeded" not in receiver.statuses(id) and time.monotonic() < until:
        time.sleep(0.1)
    assert receiver.statuses(id) == ["queued", "running", "succeeded"]
    mine = [(headers, body) for _, headers, body in receiver.got if json.loads(body)["id"] == id]
    for headers, body in mine:
        Webhook(SECRET).verify(body, headers)  # raises where it does not fit
    assert len({headers["webhook-id"] for headers, _ in mine}) == 3
    last = json.loads(mine[-1][1])
    assert httpx2.get(last["content"]["video_url"], trust_env=False).status_code == 200
    assert receiver.url.encode() not in guarded.log.read_bytes()


def test_a_callback_that_fails_is_posted_again_with_the_same_id(guarded: Served, keys: dict[str, str], receiver: Receiver) -> None:
    receiver.answers[:] = [500]
    id = guarded.http.post(TASKS, json={**FILM, "callback_url": receiver.url}, headers=bearer(keys["ben"])).json()["id"]
    until = time.monotonic() + 40
    while receiver.statuses(id).count("queued") < 2 and time.monotonic() < until:
        time.sleep(0.1)
    tries = [
        (at, headers["webhook-id"]) for at, headers, body in receiver.got if json.loads(body)["id"] == id and json.loads(body)["status"] == "queued"
    ]
    assert len(tries) == 2 and tries[0][1] == tries[1][1] and 4.5 <= tries[1][0] - tries[0][0] <= 8


# other sites, other names, other machines


def test_pages_of_other_sites_cannot_act_here(closed: Served) -> None:
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}):
        refused(closed.http.post(TASKS, json=FILM, headers=headers), 403, "AccessDenied.CrossSite")
    assert closed.http.post(TASKS, json=FILM, headers={"Origin": closed.url, "Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_names_that_are_not_its_own_are_not_answered(closed: Served) -> None:
    refused(closed.http.get("/healthz", headers={"Host": "rebound.example"}), 421, "MisdirectedRequest")
    for host in ("localhost:1", "127.0.0.1", "[::1]:80", "studio.localhost"):
        assert closed.http.get("/healthz", headers={"Host": host}).status_code == 200


def test_every_answer_carries_the_headers_of_safety(closed: Served) -> None:
    for path in ("/", "/healthz", "/nothing", f"{TASKS}/x"):
        headers = closed.http.get(path).headers
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"] and "unsafe" not in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer" and headers["x-request-id"]
    assert closed.http.get("/healthz", headers={"X-Request-Id": "mine-1"}).headers["x-request-id"] == "mine-1"
    assert closed.http.get("/healthz", headers={"X-Request-Id": "a b\tc"}).headers["x-request-id"].startswith("req-")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.png", "http://localhost/a.png", "http://[::1]/a.png", "http://0.0.0.0/a.png", "http://10.0.0.1/a.png", "http://192.168.1.1/",
        "http://172.16.0.1/", "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://[::ffff:127.0.0.1]/", "http://[fe80::1]/",
        "http://[fd00::1]/", "http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
        "http://224.0.0.1/", "http://255.255.255.255/", "http://198.18.0.1/", "http://user:pass@127.0.0.1/", "http:///a", "file:///etc/passwd",
        "gopher://127.0.0.1/", "http://127.0.0.1\r\nX: y/", "https://localhost.localdomain./a", "asset://../../etc/passwd", "/etc/passwd", "http://[::]/",
    ],
)  # fmt: skip
def test_no_address_leads_into_this_machine_or_its_network(closed: Served, url: str) -> None:
    answer = closed.http.post(TASKS, json={**FILM, "content": [{"type": "image_url", "image_url": {"url": url}}]})
    refused(answer, 400, "InvalidParameter.Address", "content[0].image_url.url")
    called_back = closed.http.post(TASKS, json={**FILM, "callback_url": url})
    refused(called_back, 400, "InvalidParameter.Address", "callback_url")


def test_a_redirect_into_a_private_network_is_not_followed(guarded: Served, keys: dict[str, str], receiver: Receiver) -> None:
    for to in ("http://10.0.0.1/a.png", "http://127.0.0.2/a.png", "file:///etc/passwd", receiver.url + "/?to=/?to=/?to=/?to=/?to=/?to=/?to=/"):
        content = [{"type": "image_url", "image_url": {"url": f"{receiver.url}/?to={to}"}}]
        answer = guarded.http.post(TASKS, json={**FILM, "content": content}, headers=bearer(keys["ben"]))
        refused(answer, 400, "InvalidParameter.Address")


def test_a_name_that_leads_elsewhere_the_second_time_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that was checked is the one that is connected to, whatever the name says next."""
    import asyncio

    from phonofilm.server.guard import Guard

    answers = iter([[("93.184.216.34", 80)], [("127.0.0.1", 80)]])

    async def resolve(self: Any, host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in next(answers)]

    async def main() -> str:
        monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", resolve)
        guard = Guard()
        target = await guard.target("http://rebound.example/a.png?x=1")
        await guard.close()
        return f"{target.url} {target.host}"

    assert asyncio.run(main()) == "http://93.184.216.34:80/a.png?x=1 rebound.example"


# bodies and files


def test_bodies_that_are_no_json_objects_are_refused(closed: Served) -> None:
    deep = b'{"model":' + b"[" * 100_000
    for body in (
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b'{"model":NaN}',
        deep,
        b'{"model":"test","content":[{"type":"text","text":"\\ud800"}]}',
    ):
        refused(closed.http.post(TASKS, content=body, headers={"content-type": "application/json"}), 400, "InvalidParameter.Body")
    refused(
        closed.http.post(TASKS, content=b"model=test", headers={"content-type": "application/x-www-form-urlencoded"}), 415, "UnsupportedMediaType"
    )


def test_bodies_above_the_cap_are_refused_before_they_are_read(closed: Served) -> None:
    with socket.create_connection(("127.0.0.1", int(closed.url.rpartition(":")[2]))) as raw:
        raw.sendall(f"POST {TASKS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 90000000\r\n\r\n".encode())
        assert b" 413 " in raw.recv(4096)
    text = {**FILM, "content": [{"type": "text", "text": "x" * 5_000_000}]}
    refused(closed.http.post(TASKS, json=text), 413, "RequestTooLarge")


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "..\\..\\boot.ini", "a\0b.png", "/abs.png", ".hidden", "x" * 5000 + ".png", "\u202egnp.exe", "C:con"]
)
def test_no_name_of_a_file_leads_anywhere(closed: Served, tmp_path: Path, name: str) -> None:
    content = odd_files.picture(tmp_path, "a.png", "PNG").read_bytes()
    boundary = b"----b"
    disposition = f'Content-Disposition: form-data; name="file"; filename="{name}"'.encode()
    body = b"--" + boundary + b"\r\n" + disposition + b"\r\nContent-Type: image/png\r\n\r\n" + content + b"\r\n--" + boundary + b"--\r\n"
    answer = closed.http.post("/api/v3/files", content=body, headers={"content-type": f"multipart/form-data; boundary={boundary.decode()}"})
    if answer.status_code != 200:  # a header that is no header
        assert answer.status_code == 400
        return
    shown = answer.json()
    assert "/" not in shown["name"] and "\0" not in shown["name"] and len(shown["name"]) <= 90
    outside = [p for p in closed.data.parent.rglob("*") if p.is_file() and not p.is_relative_to(closed.data) and p != closed.log]
    assert outside == []


HOSTILE = {
    "a bomb": odd_files.bomb,
    "a page": lambda folder: _file(folder, "page.png", b"<html><script>alert(1)</script></html>"),
    "a drawing": lambda folder: _file(folder, "drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "a program": lambda folder: _file(folder, "program.png", b"\x7fELF" + bytes(4000)),
    "an archive": lambda folder: _file(folder, "archive.png", b"PK\3\4" + bytes(4000)),
    "a play list": lambda folder: _file(folder, "list.mp4", b"#EXTM3U\nfile:///etc/passwd\n"),
    "half a picture": lambda folder: _file(folder, "half.png", odd_files.picture(folder, "w.png", "PNG").read_bytes()[:300]),
    "zeros": lambda folder: _file(folder, "zeros.bin", bytes(100_000)),
    "one byte": lambda folder: _file(folder, "one.bin", b"\xff"),
    "a long header": lambda folder: _file(folder, "head.mp4", b"\0\0\0\x18ftypisom" + b"\xff" * 50_000),
}


def _file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_uploads_are_refused_in_words(closed: Served, tmp_path: Path, what: str) -> None:
    content = HOSTILE[what](tmp_path).read_bytes()
    refused(closed.http.post("/api/v3/files", content=content, headers={"content-type": "image/png"}), 400, "InvalidParameter.Reference")
    as_reference = {**FILM, "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64," + base64.b64encode(content).decode()}}]}
    refused(closed.http.post(TASKS, json=as_reference), 400, "InvalidParameter.Reference")
    assert closed.http.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "spoil", ["", "--b", "--b\r\n\r\n", '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc', "garbage"]
)
def test_forms_that_are_none_are_refused(closed: Served, spoil: str) -> None:
    answer = closed.http.post("/api/v3/files", content=spoil.encode(), headers={"content-type": "multipart/form-data; boundary=b"})
    assert answer.status_code == 400 and answer.headers["content-type"] == "application/problem+json"
    refused(closed.http.post("/api/v3/files", content=b"x", headers={"content-type": "multipart/form-data"}), 415, "UnsupportedMediaType")
    assert not list((closed.data / "uploads" / "new").iterdir())


# how it is run


def test_listening_wide_needs_keys_or_a_plain_word(tmp_path: Path) -> None:
    from phonofilm.cli.main import cli
    from phonofilm.errors import RequestError

    for options, words in ((["--host", "0.0.0.0"], "keys add"), (["--host", "0.0.0.0", "--no-keys"], "--no-keys-wide")):
        with pytest.raises(RequestError, match=words):
            cli.main(["serve", *options, "--data", str(tmp_path / "d")], standalone_mode=False)


def test_a_second_server_on_the_same_data_is_refused(closed: Served) -> None:
    with pytest.raises(AssertionError, match="Another server uses this data folder"):
        Served(closed.data)


def test_it_says_how_it_is_and_logs_one_line_a_request_without_prompts(closed: Served) -> None:
    assert closed.http.get("/readyz").json()["status"] == "ready"
    closed.http.post(
        TASKS, json={**FILM, "content": [{"type": "text", "text": "a very secret prompt"}]}, headers={"Authorization": "Bearer pf_very_secret"}
    )
    text = closed.http.get("/metrics").text
    assert 'phonofilm_requests_total{method="POST",route="/api/v3/contents/generations/tasks",status="200"}' in text
    assert 'phonofilm_tasks{status="queued"}' in text
    lines = [line for line in closed.lines() if line["message"] == "request"]
    assert lines and all({"request_id", "method", "path", "status", "ms"} <= set(line) for line in lines)
    assert "very secret" not in closed.log.read_text() and "pf_very_secret" not in closed.log.read_text()


def test_ctrl_c_ends_it_and_its_workers(tmp_path: Path) -> None:
    import signal

    server = Served(tmp_path / "data")
    id = server.create(duration=15, resolution="1080p")
    server.wait(id, "running")
    with httpx2.stream("GET", f"{server.url}{TASKS}/{id}/events", trust_env=False) as events:
        next(events.iter_lines())
        began = time.monotonic()
        assert server.stop(signal.SIGINT) == 0
    assert time.monotonic() - began < 5
    time.sleep(0.2)
    mine = [p for p in Path("/proc").glob("[0-9]*/cmdline") if str(server.data).encode() in _read(p)] if Path("/proc").is_dir() else []
    assert mine == []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


# how it may be set


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    """A server set for clients that need something else."""
    options = ("--strict", "--inline-bytes", "20000000", "--expired-as-failed", "--public-url", "https://films.example.com/base/")
    with served(tmp_path_factory.mktemp("odd") / "data", *options) as running:
        yield running


def test_small_films_are_answered_as_data_where_that_is_wished(odd: Served) -> None:
    task = odd.wait(odd.create())
    head, _, film = task["content"]["video_url"].partition(",")
    assert head == "data:video/mp4;base64" and base64.b64decode(film)[4:8] == b"ftyp"
    link = task["files"]["film"]
    assert link.startswith(f"https://films.example.com/base/files/{task['id']}/film.mp4?")
    assert httpx2.get(link.replace("https://films.example.com/base", odd.url), trust_env=False).content == base64.b64decode(film)


def test_what_expired_is_called_failed_where_clients_know_no_other_end(odd: Served) -> None:
    from phonofilm.jobs.codec import new_id
    from phonofilm.jobs.job import Job, Queued, Wanted
    from phonofilm.jobs.store import Store
    from phonofilm.server.settings import Settings

    store, now, id = Store(Settings(data=odd.data).database), time.time(), new_id()
    wish = Wanted(prompt="waves", engine="test")
    store.create(Job(id=id, owner="", dialect="ark", model="test", wanted=wish, created=now, updated=now, deadline=now - 1, state=Queued()))
    store.close()
    task = odd.wait(id)
    assert (task["status"], task["error"]["code"]) == ("failed", "TaskExpired")
    assert id in [t["id"] for t in odd.http.get(TASKS, params={"filter.status": "failed"}).json()["items"]]


def test_unknown_fields_are_refused_where_that_is_wished(odd: Served) -> None:
    refused(odd.http.post(TASKS, json={**FILM, "fps": 24}), 400, "InvalidParameter", "fps")


def test_the_servers_own_public_name_is_answered(odd: Served) -> None:
    assert odd.http.get("/healthz", headers={"Host": "films.example.com"}).status_code == 200
    refused(odd.http.get("/healthz", headers={"Host": "example.com"}), 421, "MisdirectedRequest")


def test_without_its_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    from phonofilm.cli.main import cli
    from phonofilm.errors import MissingError

    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "fastapi" else find(name, *more))
    with pytest.raises(MissingError, match=r'pip install "phonofilm\[server\]"'):
        cli.main(["serve"], standalone_mode=False)


def test_the_command_line_loads_nothing_of_the_server_for_its_help() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from phonofilm.cli.main import cli; cli.main(['serve', '--help'], standalone_mode=False); "
        "sys.exit(any(m in sys.modules for m in ('fastapi', 'sqlalchemy', 'httpx2', 'numpy')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
