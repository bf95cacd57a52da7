"""The studio: the built page as the server gives it, and the requests that it offers to begin with. The page itself: test_studio_browser.py."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from phonofilm.jobs.job import Given, Wanted
from phonofilm.server.examples import EXAMPLES, example
from phonofilm.server.films import checked
from phonofilm.server.routes import studio
from serving import Served, refused, served

WEB = Path(__file__).parents[1] / "web"
SOURCES = [path for path in (WEB / "src").rglob("*") if path.suffix in (".ts", ".tsx", ".css")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    with served(tmp_path_factory.mktemp("studio") / "data", "--workers", "0") as running:
        yield running


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A page where a built one would be."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text('<!doctype html><script type="module" src="assets/studio-ABC.js"></script>', "utf-8")
    (tmp_path / "assets" / "studio-ABC.js").write_text("void 0;", "utf-8")
    (tmp_path / "icon.svg").write_text("<svg/>", "utf-8")
    return tmp_path


def answered(app: Any, path: str) -> tuple[int, dict[str, str], bytes]:
    """What an ASGI application answers to a GET."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()  # the client says nothing more
        return {}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [],
        "extensions": {},
    }
    asyncio.run(app(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


def test_the_page_is_asked_for_anew_and_what_it_loads_is_kept(built: Path) -> None:
    status, headers, body = answered(studio.index(built), "/")
    assert status == 200 and b"assets/studio-ABC.js" in body
    assert headers["cache-control"] == "no-cache" and headers["content-type"] == "text/html; charset=utf-8"
    static = studio.assets(built)
    status, headers, _ = answered(static, "/assets/studio-ABC.js")
    assert status == 200 and headers["cache-control"] == "public, max-age=31536000, immutable" and "javascript" in headers["content-type"]
    status, headers, _ = answered(static, "/icon.svg")
    assert status == 200 and headers["cache-control"] == "no-cache" and headers["content-type"] == "image/svg+xml"


def test_where_the_studio_is_not_built_the_page_says_how(tmp_path: Path) -> None:
    status, headers, body = answered(studio.index(tmp_path), "/")
    assert status == 200 and b"make studio" in body and headers["cache-control"] == "no-cache"
    assert studio.assets(tmp_path) is None


def test_the_page_may_run_nothing_but_its_own_script(server: Served) -> None:
    answer = server.http.get("/")
    assert answer.status_code == 200
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'" and policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'" and policy["base-uri"] == "'none'" and policy["connect-src"] == "'self'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    page = (WEB / "index.html").read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", page)


@pytest.mark.parametrize("path", ["/assets/../app.py", "/..%2f..%2fapp.py", "/assets/%2e%2e/%2e%2e/settings.py", "/settings.py", "/nothing.js"])
def test_nothing_beside_the_built_page_is_served(server: Served, path: str) -> None:
    answer = server.http.get(path)
    assert answer.status_code == 404 and "import" not in answer.text


def test_the_page_loads_nothing_from_elsewhere_and_writes_no_markup() -> None:
    assert len(SOURCES) > 40
    for path in SOURCES:
        text = path.read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerouslySet|\beval\(|new Function", text), path.name
        for address in re.findall(r"https?://[^\s\"'`)]+", text):
            assert address.startswith("http://www.w3.org/"), f"{path.name}: {address}"
        assert len(text.splitlines()) < 400, path.name


def test_the_lock_file_says_what_to_install_but_not_from_where() -> None:
    lock = (WEB / "package-lock.json").read_text("utf-8")
    assert '"integrity": "sha512-' in lock and "resolved" not in lock and "http" not in re.sub(r'"funding": \{[^}]*\}|"url": "[^"]*"', "", lock)


def test_five_requests_are_offered_one_a_use(server: Served) -> None:
    told = server.http.get("/api/v3/examples").json()["examples"]
    assert [one["id"] for one in told] == ["ecommerce", "music_video", "social", "advertising", "education"]
    for one in told:
        assert set(one["title"]) == set(one["about"]) == {"en", "zh"}
        assert {"prompt", "references", "duration", "ratio", "resolution", "seed", "engine", "limits", "transcripts"} == set(one["asked"])


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: one.id)
def test_an_example_asks_for_what_can_be_made(one: Any) -> None:
    given = tuple(Given(tag=m.tag, kind=m.kind, sha256=hashlib.sha256(m.name.encode()).hexdigest(), name=m.name) for m in one.media)
    wanted = Wanted(prompt=one.prompt, given=given, seconds=max(one.duration, 0), ratio=one.ratio, limits="local", transcripts=one.transcripts)
    script = checked(wanted)
    assert {m.tag for m in script.mentions} == {m.tag for m in one.media}
    assert set(one.transcripts) <= {m.tag for m in one.media}


def test_another_text_is_another_file() -> None:
    paths = [m.path for one in EXAMPLES for m in one.media]
    spoken = [m.path for one in EXAMPLES for m in one.media if m.how == "spoken"]
    assert len(set(spoken)) == len(spoken) == 4 and all(path.suffix in (".wav", ".png", ".jpg", ".mp4") for path in paths)


def test_an_example_that_is_not_there_is_refused(server: Served) -> None:
    assert example("nothing") is None
    refused(server.http.post("/api/v3/examples/nothing", json={}), 404, "ResourceNotFound")


@pytest.mark.slow
def test_an_example_starts_a_film_with_its_own_files(tmp_path: Path) -> None:
    with served(tmp_path / "data") as server:
        told = next(one for one in server.http.get("/api/v3/examples").json()["examples"] if one["id"] == "social")
        got = server.http.post("/api/v3/examples/social", json={}, timeout=300)
        assert got.status_code == 200, got.text
        references = [{"tag": r["tag"], "url": f"asset://{r['asset']['id']}", "name": r["asset"]["name"]} for r in got.json()["references"]]
        asked = {**told["asked"], "references": references, "resolution": "480p", "content": [{"type": "text", "text": told["asked"]["prompt"]}]}
        task = server.wait(server.create(**{**asked, "model": "phonofilm"}), seconds=900)
        assert task["status"] == "succeeded", task
        assert task["files"]["captions_srt"] and task["files"]["stems"] and task["ratio"] == "9:16"
