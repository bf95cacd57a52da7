"""The Python client, plain and for asyncio, against a real server; and what it does when connections break."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from phonofilm import AsyncClient, Client, errors
from phonofilm.client import ApiError, Conflict, NotAllowed, NotFound, Task, TaskCancelled, TaskFailed, TooMany, Unreachable, core
from sdk import given, key, locked, whole
from serving import Served

SMALL: Any = {"model": "test", "seconds": 4, "resolution": "480p", "ratio": "16:9"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    with locked(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="module")
def secret(server: Served) -> str:
    return key(server)


@pytest.fixture
def client(server: Served, secret: str) -> Generator[Client]:
    with Client(server.url, secret) as one:
        yield one


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return given(tmp_path_factory.mktemp("given"))


@pytest.fixture(scope="module")
def done(server: Served, secret: str, media: dict[str, Path]) -> Task:
    with Client(server.url, secret) as one:
        references = {"hero": media["image"], "turn": media["clip"], "song": str(media["sound"])}
        return one.wait(one.create("@hero turns as in @turn to @song.", references=references, seed=7, last_frame=True, **SMALL))


class Faulty:
    """A way to the server that breaks off: the answers to the first ``breaks`` requests that begin with ``verb`` end after ``most`` bytes."""

    def __init__(self, server: Served, verb: bytes, breaks: int, most: int) -> None:
        self.port = int(server.url.rpartition(":")[2])
        self.verb, self.breaks, self.most, self.seen = verb, breaks, most, 0
        self.place = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.place.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.place.accept()
                threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with near, socket.create_connection(("127.0.0.1", self.port)) as far, contextlib.suppress(OSError):
            left = None
            near.settimeout(0.02)
            far.settimeout(0.02)
            while True:
                with contextlib.suppress(TimeoutError):
                    asked = near.recv(65_536)
                    if not asked:
                        return
                    if asked.startswith(self.verb):
                        self.seen += 1
                        left = self.most if self.seen <= self.breaks else None
                    far.sendall(asked)
                with contextlib.suppress(TimeoutError):
                    answer = far.recv(65_536)
                    if not answer:
                        return
                    near.sendall(answer if left is None else answer[:left])
                    if left is not None and (left := left - len(answer)) <= 0:
                        return

    def close(self) -> None:
        self.place.close()


@contextlib.contextmanager
def faulty(server: Served, verb: bytes, *, breaks: int = 1, most: int = 0) -> Generator[Faulty]:
    way = Faulty(server, verb, breaks, most)
    try:
        yield way
    finally:
        way.close()


# what it does


def test_a_film_is_made_in_one_call_and_its_way_is_told(client: Client, media: dict[str, Path], tmp_path: Path) -> None:
    told: list[Task] = []
    task = client.make("@photo looks up.", tmp_path / "film.mp4", references={"photo": media["image"]}, told=told.append, **SMALL)
    whole(tmp_path / "film.mp4")
    assert told[-1] == task and task.status == "succeeded" and [t.progress for t in told] == sorted(t.progress for t in told)
    assert list(tmp_path.iterdir()) == [tmp_path / "film.mp4"]


def test_a_task_says_what_it_is_and_all_its_files_can_be_had(client: Client, done: Task, tmp_path: Path) -> None:
    assert (done.status, done.seconds, done.ratio, done.resolution, done.seed, done.model, done.progress) == (
        "succeeded", 4, "16:9", "480p", 7, "test", 100,
    )  # fmt: skip
    assert [(r["tag"], r["kind"]) for r in done.raw["request"]["references"]] == [("hero", "image"), ("turn", "video"), ("song", "audio")]
    for what in done.files:
        assert client.download(done, tmp_path / what, what=what).stat().st_size > 0
    assert (tmp_path / "score").read_text().startswith("{")
    with pytest.raises(errors.RequestError, match="no file 'music'"):
        client.download(done.id, tmp_path / "x", what="music")


def test_events_come_in_order_and_go_on_after_the_one_named(client: Client) -> None:
    task = client.create("Waves.", **SMALL)
    seen = list(client.events(task))
    assert seen[0].kind == "status" and seen[-1].kind == "done" and seen[-1].data["status"] == "succeeded"
    assert {"status", "progress"} <= {happening.kind for happening in seen}
    ids = [happening.id for happening in seen]
    assert ids == sorted(ids)
    later = list(client.events(task, after=seen[-2].id))
    assert [happening.kind for happening in later] == ["done"]


@pytest.mark.slow
def test_a_score_is_fetched_edited_and_played_again(client: Client, done: Task) -> None:
    score = client.score(done)
    again = client.wait(client.render(done, {**score, "seed": 8}))
    assert again.id != done.id and again.seed == 8 and again.raw["request"]["from_score"] is True


def test_tasks_are_listed_cancelled_and_deleted(client: Client, done: Task) -> None:
    page = client.list(status="succeeded", ids=[done.id])
    assert page.total == 1 and page.items[0].id == done.id
    task = client.create("Waves.", **{**SMALL, "seconds": 15, "resolution": "1080p"})
    stopped = client.cancel(task)
    with pytest.raises(TaskCancelled) as caught:
        client.wait(stopped)
    assert isinstance(caught.value, errors.Cancelled)
    other = client.create("Waves.", **SMALL)
    client.wait(other)
    client.delete(other)
    with pytest.raises(NotFound):
        client.get(other)


def test_prompts_are_read_choices_shown_and_films_give_their_requests_back(client: Client, done: Task, tmp_path: Path) -> None:
    reading = client.read("Slow push in on @hero.", {"hero": "image"})
    assert reading["language"] == "en" and reading["spans"]
    assert "stage" in str(client.choices()["engines"])
    request = client.restore(client.download(done, tmp_path / "film.mp4"))
    assert request["prompt"].startswith("@hero turns") and request["seed"] == 7


def test_the_same_call_makes_a_new_film_unless_it_names_its_key(client: Client) -> None:
    one, two = (client.create("Waves.", **SMALL) for _ in range(2))
    assert one.id != two.id
    three, four = (client.create("Waves.", idempotency_key="k-1", **SMALL) for _ in range(2))
    assert three.id == four.id
    with pytest.raises(Conflict) as caught:
        client.create("Storm.", idempotency_key="k-1", **SMALL)
    assert caught.value.vendor_code == "IdempotencyMismatch"
    for task in (one, two, three):
        client.cancel(task)


def test_waiting_ends_in_time_and_the_task_goes_on(client: Client) -> None:
    task = client.create("Waves.", **{**SMALL, "seconds": 15, "resolution": "1080p"})
    with pytest.raises(TimeoutError, match="it goes on"):
        client.wait(task, every=0.05, timeout=0.2)
    assert client.get(task).status in ("queued", "running")
    client.cancel(task)


# what goes wrong


def test_refusals_are_the_errors_of_the_tree_and_of_http_at_once(client: Client, server: Served, media: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(errors.UnknownMention) as mention:
        client.create("@nobody walks.", **SMALL)
    assert isinstance(mention.value, ApiError) and isinstance(mention.value, errors.InputError)
    assert (mention.value.status, mention.value.name, mention.value.vendor_code) == (400, "unknown_mention", "InvalidParameter.UnknownMention")
    assert mention.value.request_id and "@nobody" in str(mention.value)
    (tmp_path / "small.png").write_bytes(b"not a picture")
    with pytest.raises(errors.ReferenceError_):
        client.upload(tmp_path / "small.png")
    with pytest.raises(errors.LimitError) as limit:
        client.create("Ten of them.", references={f"p{k}": client.upload(media["image"]).url for k in range(10)}, **SMALL)
    assert limit.value.param.startswith("references")  # type: ignore[attr-defined]
    with pytest.raises(errors.RequestError, match="no such file"):
        client.create("@x.", references={"x": tmp_path / "none.png"}, **SMALL)
    with pytest.raises(ApiError) as field:
        client.create("A sea.", **{**SMALL, "ratio": "7:3"})
    assert (field.value.status, field.value.param) == (400, "ratio")
    with pytest.raises(NotFound):
        client.get("cgt-none")
    with Client(server.url, "pf_wrong") as stranger, pytest.raises(NotAllowed):
        stranger.list()
    with Client(server.url, key(server, per_minute=1), retries=0) as hasty:
        hasty.list()
        with pytest.raises(TooMany) as many:
            hasty.list()
    assert many.value.retry_after > 0


def test_a_failed_task_raises_what_it_says() -> None:
    task = Task(id="cgt-1", status="failed", error={"code": "InvalidParameter.Prompt", "message": "It cannot be made."})
    with pytest.raises(TaskFailed, match="cannot be made") as caught:
        task.checked()
    assert isinstance(caught.value, errors.WorkError) and caught.value.vendor_code == "InvalidParameter.Prompt"


def test_every_error_of_the_tree_can_come_over_http() -> None:
    from phonofilm.client.faults import PREFIX, fault_of
    from phonofilm.server.problem import TABLE, Problem, body_of

    for name in TABLE:
        body = body_of(Problem(name, "What happened.", param="p"))
        fault = fault_of(body["status"], {"x-request-id": "r"}, json.dumps(body).encode())
        assert body["type"] == PREFIX + name and (str(fault), fault.name, fault.param, fault.request_id) == ("What happened.", name, "p", "r")
        tree = next((e for e in vars(errors).values() if isinstance(e, type) and getattr(e, "code", "") == name), None)
        assert tree is None or tree is errors.PhonofilmError or isinstance(fault, tree)
    assert fault_of(502, {}, b"<html>").status == 502


def test_nobody_there_is_said_after_the_tries() -> None:
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
    with Client(f"http://127.0.0.1:{port}", retries=1) as one:
        one.options = core.Options(base_url=one.options.base_url, retries=1, wait=0.01)
        with pytest.raises(Unreachable, match="does not answer"):
            one.get("cgt-x")


def test_a_request_whose_answer_was_lost_is_sent_again_and_makes_one_film(server: Served, secret: str, client: Client) -> None:
    before = client.list().total
    with faulty(server, b"POST /api/v3/contents") as way, Client(way.url, secret) as one:
        task = one.create("Once, though asked for twice.", **SMALL)
        assert way.seen == 2
    assert client.list().total == before + 1
    client.cancel(task)


def test_a_deletion_whose_answer_was_lost_is_not_sent_again(server: Served, secret: str, client: Client) -> None:
    task = client.create("Waves.", **SMALL)
    client.cancel(task)
    with faulty(server, b"DELETE ") as way, Client(way.url, secret) as one:
        with pytest.raises(Unreachable):
            one.delete(task)
        assert way.seen == 1


def test_a_download_that_breaks_off_goes_on_where_it_broke(server: Served, secret: str, done: Task, tmp_path: Path) -> None:
    with faulty(server, b"GET /files/", breaks=2, most=9_000) as way, Client(way.url, secret) as one:
        task = one.get(done)
        assert task.files["film"].startswith(way.url)
        one.download(task, tmp_path / "film.mp4")
        assert way.seen == 3
    whole(tmp_path / "film.mp4")
    with Client(server.url, secret) as straight:
        straight.download(done, tmp_path / "straight.mp4")
    assert (tmp_path / "film.mp4").read_bytes() == (tmp_path / "straight.mp4").read_bytes()


def test_a_download_that_never_comes_leaves_nothing(server: Served, secret: str, done: Task, tmp_path: Path) -> None:
    with faulty(server, b"GET /files/", breaks=99, most=2_000) as way, Client(way.url, secret, retries=1) as one:
        with pytest.raises(Unreachable):
            one.download(one.get(done), tmp_path / "film.mp4")
    assert list(tmp_path.iterdir()) == []


def test_events_that_break_off_go_on_without_a_gap_or_a_repetition(server: Served, secret: str) -> None:
    with faulty(server, b"GET /api/v3/contents", breaks=2, most=900) as way, Client(way.url, secret) as one:
        seen = list(one.events(one.create("Waves.", **SMALL)))
        assert way.seen >= 3
    statuses = [h.data["status"] for h in seen if h.kind == "status"]
    assert statuses == ["queued", "running", "succeeded"] and seen[-1].kind == "done"


# for asyncio


def test_both_clients_have_the_same_verbs_with_the_same_arguments() -> None:
    verbs = [name for name, value in vars(Client).items() if inspect.isfunction(value) and not name.startswith("_")]
    assert sorted(verbs) == sorted(n for n, v in vars(AsyncClient).items() if inspect.isfunction(v) and not n.startswith("_"))
    for name in ("__init__", *verbs):
        plain, awaited = (inspect.signature(getattr(c, name)) for c in (Client, AsyncClient))
        assert plain.parameters == awaited.parameters, name
        assert getattr(Client, name).__doc__ == getattr(AsyncClient, name).__doc__, name


def test_films_are_made_side_by_side_under_asyncio(server: Served, secret: str, media: dict[str, Path], tmp_path: Path) -> None:
    async def work() -> list[Any]:
        async with AsyncClient(server.url, secret) as one:
            made = [one.make(f"@photo, number {k}.", tmp_path / f"{k}.mp4", references={"photo": media["image"]}, **SMALL) for k in range(2)]
            tasks = await asyncio.gather(*made)
            kinds = [happening.kind async for happening in one.events(tasks[0])]
            with pytest.raises(errors.UnknownMention):
                await one.create("@nobody.", **SMALL)
            score = await one.score(tasks[0])
            return [tasks, kinds, score]

    tasks, kinds, score = asyncio.run(work())
    assert [task.status for task in tasks] == ["succeeded"] * 2 and kinds[-1] == "done" and score["shots"]
    for k in range(2):
        whole(tmp_path / f"{k}.mp4")


def test_a_cancelled_wait_leaves_no_half_file(server: Served, secret: str, done: Task, tmp_path: Path) -> None:
    async def work() -> None:
        with faulty(server, b"GET /files/", breaks=99, most=1_000) as way:
            async with AsyncClient(way.url, secret, retries=30) as one:
                task = await one.get(done)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(one.download(task, tmp_path / "film.mp4"), 1.0)

    asyncio.run(work())
    assert list(tmp_path.iterdir()) == []


def test_phonofilm_is_imported_without_what_the_client_needs() -> None:
    code = "import phonofilm, sys; assert 'httpx2' not in sys.modules; phonofilm.Client; sys.exit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_must_be_installed_for_the_client_is_said() -> None:
    code = (
        "import sys; sys.modules['httpx2'] = None\nfrom phonofilm import Client, errors\n"
        "try:\n    Client()\nexcept errors.MissingError as error:\n    sys.exit('phonofilm[client]' not in str(error))\nsys.exit(2)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
