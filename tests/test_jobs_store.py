import gc
import sqlite3
import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given as for_any
from hypothesis import settings
from hypothesis import strategies as st

from phonofilm.errors import IdempotencyMismatch, JobBusy, QueueFull, StoreError, UnknownJob
from phonofilm.jobs.changes import MOST_ATTEMPTS
from phonofilm.jobs.codec import job_document, job_from, new_id
from phonofilm.jobs.job import Expired, Failed, Given, Job, Made, Queued, Running, Stopped, Succeeded, Wanted
from phonofilm.jobs.keys import Key, Quota
from phonofilm.jobs.store import Store

MADE = Made(files={"film": "1/film.mp4"}, facts={"seconds": 4}, remarks=("Read, not honoured.",))


def a_job(*, seconds: float = 1000.0, created: float = 0.0, **fields: object) -> Job:
    now = created or time.time()
    plain = {"owner": "", "dialect": "ark", "model": "phonofilm", "wanted": Wanted(prompt="A beach."), "state": Queued()}
    return Job(id=new_id(), created=now, updated=now, deadline=now + seconds, **{**plain, **fields})  # type: ignore[arg-type]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'jobs.db'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    yield store
    store.close()


def attempt_of(job: Job | None) -> int:
    assert job is not None and isinstance(job.state, Running)
    return job.state.attempt


def statuses(store: Store, job: Job) -> list[str]:
    return [event.data["status"] for event in store.events(job.id) if event.kind == "status"]


def test_a_job_is_the_same_from_another_store_on_the_same_file(store: Store, url: str) -> None:
    wanted = Wanted(
        prompt="@me sings. 黄昏", given=(Given(tag="me", kind="image", sha256="a" * 64, name="me.png"),), seconds=5, consent={"me": "I agree."}
    )
    job = store.create(a_job(wanted=wanted, asked={"seed": -1}, warnings=("fps is not known.",), priority=3, callback="https://example.org/x"))
    other = Store(url)
    assert other.get(job.id) == job
    other.close()
    assert store.get("cgt-none") is None


text = st.text(max_size=20)
states = st.one_of(
    st.builds(Queued, attempt=st.integers(0, 9)),
    st.builds(
        Running, worker=text, lease=st.floats(0, 1e10), attempt=st.integers(1, 9), started=st.floats(0, 1e10), step=text,
        progress=st.floats(0, 1), cancelling=st.booleans(),
    ),
    st.builds(
        Succeeded, finished=st.floats(0, 1e10),
        made=st.builds(Made, files=st.dictionaries(text, text), facts=st.dictionaries(text, st.integers()), remarks=st.tuples(text)),
    ),
    st.builds(Failed, finished=st.floats(0, 1e10), code=text, message=text, fault=st.sampled_from(["request", "server"])),
    st.builds(Stopped, finished=st.floats(0, 1e10)),
    st.builds(Expired, finished=st.floats(0, 1e10)),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@for_any(state=states, prompt=text)
def test_every_state_survives_as_json(state: object, prompt: str) -> None:
    job = a_job(state=state, wanted=Wanted(prompt=prompt, given=(Given(tag="a", kind="audio", sha256="0" * 64),)))
    assert job_from(job_document(job)) == job


def test_what_a_newer_version_wrote_is_read_without_what_is_new() -> None:
    job = a_job()
    document = job_document(job)
    document["wanted"]["lens"] = "35 mm"
    assert job_from(document) == job


def test_the_highest_priority_goes_first_and_then_the_oldest(store: Store) -> None:
    low, first, second = store.create(a_job()), store.create(a_job(priority=5)), store.create(a_job(priority=5))
    assert [store.place(job.id) for job in (low, first, second)] == [3, 1, 2]
    taken = [store.claim("w") for _ in range(4)]
    assert [job.id if job else None for job in taken] == [first.id, second.id, low.id, None]
    assert store.place(first.id) is None


def test_threads_that_claim_at_once_get_every_job_exactly_once(store: Store, url: str) -> None:
    jobs = [store.create(a_job()) for _ in range(40)]
    taken: list[str] = []

    def take(name: str) -> None:
        own = Store(url)
        while job := own.claim(name):
            taken.append(job.id)
        own.close()

    threads = [threading.Thread(target=take, args=(f"w{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(taken) == Counter(job.id for job in jobs)


def test_an_owner_at_its_limit_lets_others_go_first(url: str) -> None:
    store = Store(url, quota=Quota(max_running=1))
    store.keys.add(Key(id="key_a", name="a", scopes=(), max_running=2), "0" * 64)
    for owner in ("key_a", "key_a", "key_a", "", ""):
        store.create(a_job(owner=owner))
    owners = [job.owner for job in iter(lambda: store.claim("w"), None)]
    assert owners == ["key_a", "key_a", ""]
    store.close()


def test_no_more_jobs_wait_than_a_key_may_have_waiting(url: str) -> None:
    store = Store(url, quota=Quota(max_queued=1))
    store.keys.add(Key(id="key_a", name="a", scopes=(), max_queued=2), "0" * 64)
    for owner in ("key_a", "key_a", ""):
        store.create(a_job(owner=owner))
    for owner in ("key_a", ""):
        with pytest.raises(QueueFull):
            store.create(a_job(owner=owner))
    store.claim("w")
    store.create(a_job(owner="key_a"))
    store.close()


def test_a_job_runs_reports_and_succeeds_with_one_event_of_progress_left(store: Store) -> None:
    job = store.create(a_job())
    attempt = attempt_of(store.claim("w"))
    assert all(store.report(job.id, attempt, "film", i / 50) for i in range(50))
    running = store.get(job.id)
    assert running and isinstance(running.state, Running) and (running.state.step, running.state.progress) == ("film", 0.98)
    assert store.preview(job.id, attempt, "1/preview.jpg")
    assert store.finish(job.id, attempt, MADE)
    done = store.get(job.id)
    assert done and isinstance(done.state, Succeeded) and done.state.made == MADE
    events = store.events(job.id)
    assert [e.kind for e in events] == ["status", "status", "progress", "preview", "status"]
    assert [e.id for e in events] == sorted({e.id for e in events})
    assert store.events(job.id, after=events[2].id) == events[3:]
    assert store.newest_event() == events[-1].id


def test_events_of_all_jobs_come_in_order_from_where_one_left_off(store: Store) -> None:
    a = store.create(a_job())
    seen = store.newest_event()
    b = store.create(a_job())
    store.cancel(a.id)
    assert [(id, e.data["status"]) for id, e in store.events_since(seen)] == [(b.id, "queued"), (a.id, "cancelled")]


def test_a_lost_worker_gives_its_job_back_once_and_can_do_nothing_more(store: Store) -> None:
    job = store.create(a_job())
    first = attempt_of(store.claim("w1"))
    now = time.time()
    assert store.sweep(now + 10) == ()
    assert [j.id for j in store.sweep(now + 20)] == [job.id]
    assert store.sweep(now + 20) == () and store.lost("w1") == ()
    second = attempt_of(store.claim("w2"))
    assert second == first + 1
    assert not store.renew(job.id, first) and not store.report(job.id, first, "film", 0.5) and not store.holds(job.id, first)
    assert not store.preview(job.id, first, "1/preview.jpg")
    assert not store.finish(job.id, first, MADE)
    assert not store.fail(job.id, first, Failed(finished=now, code="work", message="", fault="server"))
    assert not store.release(job.id, first)
    assert store.finish(job.id, second, MADE)
    assert not store.finish(job.id, second, MADE)
    assert statuses(store, job) == ["queued", "running", "queued", "running", "succeeded"]


def test_signs_of_life_keep_a_job(store: Store) -> None:
    job = store.create(a_job())
    attempt = attempt_of(store.claim("w"))
    before = time.time()
    assert store.renew(job.id, attempt)
    assert store.sweep(before + 14.9) == ()


def test_a_job_that_takes_three_workers_with_it_fails(store: Store) -> None:
    job = store.create(a_job())
    for i in range(3):
        store.claim(f"w{i}")
        store.lost(f"w{i}")
    failed = store.get(job.id)
    assert failed and isinstance(failed.state, Failed) and (failed.state.code, failed.state.fault) == ("worker_lost", "server")
    assert store.claim("w") is None


def test_servers_that_die_are_not_the_fault_of_a_job_unless_it_is_always_there(store: Store) -> None:
    job = store.create(a_job())
    for _ in range(MOST_ATTEMPTS - 1):
        assert store.claim("w")
        assert [j.state.status for j in store.recover()] == ["queued"]
    store.claim("w")
    assert [j.state.status for j in store.recover()] == ["failed"]
    assert statuses(store, job).count("running") == MOST_ATTEMPTS


def test_a_job_that_fails_on_its_own_merits_is_not_tried_again(store: Store) -> None:
    job = store.create(a_job())
    failed = Failed(finished=time.time(), code="prompt", message="No.", fault="request")
    assert store.fail(job.id, attempt_of(store.claim("w")), failed)
    found = store.get(job.id)
    assert found and found.state == failed and store.claim("w") is None
    assert store.events(job.id)[-1].data == {"status": "failed", "code": "prompt", "message": "No."}


def test_a_waiting_job_is_cancelled_at_once(store: Store) -> None:
    job = store.create(a_job())
    assert store.cancel(job.id).state.status == "cancelled"
    assert store.claim("w") is None
    assert store.cancel(job.id).state.status == "cancelled"
    with pytest.raises(UnknownJob):
        store.cancel("cgt-none")


@pytest.mark.parametrize("how", ["release", "finish", "fail", "lost", "sweep", "expire"])
def test_a_running_job_that_is_cancelled_ends_so_whatever_its_worker_does(store: Store, how: str) -> None:
    job = store.create(a_job())
    attempt = attempt_of(store.claim("w"))
    cancelling = store.cancel(job.id)
    assert isinstance(cancelling.state, Running) and cancelling.state.cancelling and store.get(job.id) == cancelling
    assert not store.renew(job.id, attempt) and not store.holds(job.id, attempt)
    ways = {
        "release": lambda: store.release(job.id, attempt),
        "finish": lambda: store.finish(job.id, attempt, MADE),
        "fail": lambda: store.fail(job.id, attempt, Failed(finished=1.0, code="work", message="", fault="server")),
        "lost": lambda: store.lost("w"),
        "sweep": lambda: store.sweep(time.time() + 20),
        "expire": lambda: store.sweep(job.deadline),
    }
    ways[how]()
    found = store.get(job.id)
    assert found and found.state.status == "cancelled"


@pytest.mark.parametrize("claimed", [False, True])
def test_a_job_expires_at_its_deadline(store: Store, claimed: bool) -> None:
    job = store.create(a_job(seconds=60))
    if claimed:
        store.claim("w")
    store.sweep(job.deadline)
    found = store.get(job.id)
    assert found and found.state.status == "expired"
    assert not store.renew(job.id, 1) and store.claim("w") is None


def test_the_same_request_with_the_same_key_is_the_same_job(store: Store) -> None:
    job = store.create(a_job(owner="a"), idempotency="k", body_hash="1")
    assert store.create(a_job(owner="a"), idempotency="k", body_hash="1").id == job.id
    store.claim("w")
    assert store.create(a_job(owner="a"), idempotency="k", body_hash="1").state.status == "running"
    with pytest.raises(IdempotencyMismatch):
        store.create(a_job(owner="a"), idempotency="k", body_hash="2")
    assert store.create(a_job(owner="b"), idempotency="k", body_hash="2").id != job.id
    assert store.list()[1] == 2


def test_the_same_request_at_the_same_time_is_the_same_job(store: Store) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(store.create(a_job(), idempotency="k", body_hash="1").id)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1


def test_a_list_is_of_what_is_asked_for(store: Store) -> None:
    jobs = [store.create(a_job(owner="ab"[i % 2], model=f"m{i % 3}", asked={"service_tier": "flex" if i == 4 else "default"})) for i in range(6)]
    newest = [job.id for job in reversed(jobs)]

    def ids(**asked: object) -> tuple[list[str], int]:
        found, total = store.list(**asked)  # type: ignore[arg-type]
        return [job.id for job in found], total

    assert ids() == (newest, 6)
    assert ids(owner="a") == ([jobs[4].id, jobs[2].id, jobs[0].id], 3)
    assert ids(model="m1", owner="b") == ([jobs[1].id], 1)
    assert ids(asked={"service_tier": "flex"}) == ([jobs[4].id], 1)
    assert ids(page=2, size=4) == (newest[4:], 6)
    assert ids(after=newest[1], size=2) == (newest[2:4], 4)
    assert ids(after=newest[1], oldest_first=True) == ([newest[0]], 1)
    assert ids(ids=[jobs[0].id, "cgt-none"]) == ([jobs[0].id], 1)
    assert ids(dialects=["openai"]) == ([], 0)
    store.cancel(jobs[3].id)
    assert ids(status=["cancelled", "running"]) == ([jobs[3].id], 1)
    assert store.counts() == {"queued": 5, "cancelled": 1}


def test_only_a_finished_job_can_be_forgotten(store: Store) -> None:
    job = store.create(a_job(), idempotency="k", body_hash="1")
    with pytest.raises(JobBusy):
        store.delete(job.id)
    store.claim("w")
    with pytest.raises(JobBusy):
        store.delete(job.id)
    store.finish(job.id, 1, MADE)
    store.delete(job.id)
    assert store.get(job.id) is None and store.events(job.id) == () and store.list() == ((), 0)
    with pytest.raises(UnknownJob):
        store.delete(job.id)
    assert store.create(a_job(), idempotency="k", body_hash="2").id != job.id


def test_old_jobs_are_forgotten_cancelled_ones_sooner(store: Store) -> None:
    done, stopped, waiting = (store.create(a_job()) for _ in range(3))
    store.finish(done.id, attempt_of(store.claim("w")), MADE)
    store.cancel(stopped.id)
    now = time.time()
    assert store.retire(finished_before=now - 10, cancelled_before=now + 10) == (stopped.id,)
    assert store.retire(finished_before=now + 10, cancelled_before=now + 10) == (done.id,)
    assert [job.id for job in store.list()[0]] == [waiting.id]


def test_each_change_of_a_job_with_a_callback_leaves_one_notice_of_how_it_was(store: Store) -> None:
    job = store.create(a_job(callback="https://example.org/hook"))
    store.create(a_job())
    attempt = attempt_of(store.claim("w"))
    store.report(job.id, attempt, "film", 0.5)
    store.finish(job.id, attempt, MADE)
    store.finish(job.id, attempt, MADE)
    notices = store.outbox.take()
    assert [n.job.state.status for n in notices] == ["queued", "running", "succeeded"]
    assert notices[2].job == store.get(job.id) and {n.url for n in notices} == {"https://example.org/hook"}
    assert len({n.id for n in notices}) == 3 and store.outbox.take() == ()
    store.outbox.end(notices[0].id)
    store.outbox.again(notices[1].id, time.time() - 1)
    assert [(n.id, n.attempts) for n in store.outbox.take(hold=-1)] == [(notices[1].id, 2)]
    assert [(n.id, n.attempts) for n in store.outbox.take()] == [(notices[1].id, 3)]
    assert store.outbox.waiting() == 2


def test_a_change_that_cannot_be_told_does_not_happen(store: Store, url: str) -> None:
    job = store.create(a_job(callback="https://example.org/hook"))
    with sqlite3.connect(url.removeprefix("sqlite:///")) as raw:
        raw.execute("ALTER TABLE outbox RENAME TO elsewhere")
    raw.close()
    with pytest.raises(StoreError):
        store.cancel(job.id)
    found = store.get(job.id)
    assert found and found.state.status == "queued" and statuses(store, job) == ["queued"]


def test_a_score_is_read_by_who_plays_it_alone(store: Store) -> None:
    score = '{"shots": []}' * 1000
    job = store.create(a_job(wanted=Wanted(prompt="", score=score), callback="https://example.org/hook"))
    stored = store.get(job.id)
    assert stored and stored.wanted.score.startswith("sha256:") and len(stored.wanted.score) < 80
    again = store.create(a_job(wanted=replace(stored.wanted, seed=2)))
    assert [store.claim("w").wanted.score for _ in range(2)] == [score, score]  # type: ignore[union-attr]
    assert all(len(str(notice)) < 2000 for notice in store.outbox.take())
    store.cancel(job.id)
    store.lost("w")
    now = time.time()
    store.delete(job.id)
    store.retire(finished_before=now, cancelled_before=now)
    claimed = store.claim("w")
    assert claimed and claimed.id == again.id and claimed.wanted.score == score


def test_polls_leave_nothing_in_memory(store: Store) -> None:
    ids = [store.create(a_job()).id for _ in range(20)]

    def poll(times: int) -> None:
        for i in range(times):
            store.get(ids[i % 20])
            store.place(ids[i % 20])

    def held() -> int:
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    poll(100)
    before = held()
    poll(500)
    after = held()
    tracemalloc.stop()
    assert after - before < 20_000  # 20 bytes a poll


def test_keys_are_found_by_hash_until_they_are_revoked(store: Store) -> None:
    key = store.keys.add(Key(id="key_1", name="laptop", scopes=("films:read", "admin"), per_minute=60, created=1.0), "f" * 64)
    assert store.keys.find("f" * 64) == key and store.keys.find("0" * 64) is None
    assert store.keys.revoke("key_1") and not store.keys.revoke("key_1") and not store.keys.revoke("key_2")
    assert store.keys.find("f" * 64) is None
    (left,) = store.keys.all()
    assert left.revoked and replace(left, revoked=None) == key


def test_a_store_of_another_version_is_refused(store: Store, url: str) -> None:
    with sqlite3.connect(url.removeprefix("sqlite:///")) as raw:
        raw.execute("UPDATE versions SET version = 99")
    raw.close()
    with pytest.raises(StoreError, match="version 99"):
        Store(url)


def test_stores_that_are_made_at_the_same_time_share_their_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    made: list[Store] = []
    threads = [threading.Thread(target=lambda: made.append(Store(url))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    job = made[0].create(a_job())
    assert len(made) == 6 and all(store.get(job.id) == job for store in made)
    for store in made:
        store.close()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        Store(f"sqlite:///{tmp_path / 'none' / 'jobs.db'}")


def test_a_write_waits_for_another_process_and_readers_do_not(store: Store, url: str) -> None:
    job = store.create(a_job())
    raw = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    raw.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, lambda: raw.execute("COMMIT")).start()
    began = time.monotonic()
    assert store.get(job.id) == job
    assert time.monotonic() - began < 0.25
    store.cancel(job.id)
    assert time.monotonic() - began >= 0.25
    raw.close()
