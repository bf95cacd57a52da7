import hashlib
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phonofilm.jobs.cleaning import Retention, clean
from phonofilm.jobs.codec import new_id
from phonofilm.jobs.files import Files, harmless
from phonofilm.jobs.job import Given, Job, Made, Queued, Wanted
from phonofilm.jobs.store import Store

DAY = 86400.0


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "data")


@pytest.fixture
def store(tmp_path: Path):
    store = Store(f"sqlite:///{tmp_path / 'jobs.db'}")
    yield store
    store.close()


def a_job(store: Store, *sha256s: str) -> Job:
    now = time.time()
    references = tuple(Given(tag=f"r{i}", kind="image", sha256=sha256) for i, sha256 in enumerate(sha256s))
    wanted = Wanted(prompt="A beach.", given=references)
    return store.create(
        Job(
            id=new_id(), owner="", dialect="ark", model="m", wanted=wanted, created=now, updated=now, deadline=now + 9 * DAY, state=Queued()
        )
    )  # fmt: skip


def an_attempt(store: Store, files: Files) -> tuple[str, int, Path]:
    """A claimed job with a half film in its folder."""
    job = store.claim("w")
    assert job and job.state.status == "running"
    folder = files.folder(job.id, job.state.attempt)
    (folder / "film.mp4").write_bytes(b"film")
    return job.id, job.state.attempt, folder


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_an_upload_is_named_by_its_bytes_and_kept_once(files: Files) -> None:
    chunks = [b"a" * 70_000, b"b" * 70_000]
    sha256 = files.put(chunks)
    assert sha256 == hashlib.sha256(b"".join(chunks)).hexdigest() == files.put([b"".join(chunks)])
    path = files.path(sha256)
    assert path and path.read_bytes() == b"".join(chunks)
    assert [p for p in files.uploads.rglob("*") if p.is_file()] == [path]


def test_an_upload_that_breaks_off_leaves_nothing(files: Files) -> None:
    def broken():
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        files.put(broken())
    assert not [p for p in files.uploads.rglob("*") if p.is_file()]


def test_what_came_of_an_upload_can_be_looked_at(files: Files) -> None:
    with files.upload() as upload:
        upload.write(b"\x89PNG")
        upload.flush()
        assert upload.path.read_bytes() == b"\x89PNG" and upload.size == 4


@pytest.mark.parametrize("name", ["", "x", "../secret", "A" * 64, "a" * 63 + "/", "a" * 64 + "\n", "a" * 64])
def test_nothing_but_an_upload_can_be_named(files: Files, name: str) -> None:
    assert files.path(name) is None


@pytest.mark.parametrize("id", ["", "..", "a/b", "-a", "a" * 65, "a\n"])
def test_no_folder_is_made_for_what_is_no_id(files: Files, id: str) -> None:
    with pytest.raises(AssertionError):
        files.folder(id, 1)


@settings(max_examples=300, deadline=None)
@given(name=st.text(max_size=300))
def test_any_name_becomes_a_harmless_one(name: str) -> None:
    plain = harmless(name)
    assert plain and len(plain.encode()) <= 80 and not plain.startswith(".") and plain == harmless(plain)
    assert not set(plain) & set('/\\:*?"<>|\0\n') and plain.isprintable()


def test_a_harmless_name_is_still_the_persons_own() -> None:
    names = ("Alice 1.JPG", "黄昏.mp4", "C:\\photos\\me.png", "../../etc/passwd", ".hidden", "a" * 200 + ".jpeg")
    assert [harmless(name) for name in names] == ["Alice 1.JPG", "黄昏.mp4", "me.png", "passwd", "hidden", "a" * 75 + ".jpeg"]


def test_an_upload_is_lent_under_the_name_that_its_owner_knows(files: Files, tmp_path: Path) -> None:
    sha256 = files.put([b"picture"])
    path = files.lend(sha256, "Alice.jpg", tmp_path / "given")
    assert path.name == "Alice.jpg" and path.read_bytes() == b"picture"
    with pytest.raises(FileNotFoundError):
        files.lend("0" * 64, "x", tmp_path / "given")


def test_uploads_go_when_a_day_old_and_needed_by_no_job(files: Files, store: Store) -> None:
    needed, old, young, wanted_again = (files.put([bytes([i])]) for i in range(4))
    a_job(store, needed)
    for sha256 in (needed, old, wanted_again):
        age(files.uploads / sha256[:2] / sha256, 1.1 * DAY)
    half = files.upload()
    age(half.path, 2 * DAY)
    files.path(wanted_again)
    assert clean(store, files).uploads == 2
    assert [files.path(sha256) is not None for sha256 in (needed, old, young, wanted_again)] == [True, False, True, True]
    assert not half.path.exists()
    with half:
        pass


def test_only_what_a_finished_job_names_is_its_own(files: Files, store: Store) -> None:
    a_job(store)
    id, attempt, folder = an_attempt(store, files)
    running = store.get(id)
    assert running and files.of(running) == {}
    store.finish(id, attempt, Made(files={"film": f"{attempt}/film.mp4"}, facts={}))
    done = store.get(id)
    assert done and files.of(done) == {"film": folder / "film.mp4"}


def test_what_lost_attempts_left_is_removed_and_what_is_being_made_is_not(files: Files, store: Store) -> None:
    a_job(store)
    id, _, first = an_attempt(store, files)
    assert clean(store, files).folders == 0 and first.exists()
    store.lost("w")
    assert clean(store, files).folders == 1 and not first.exists()
    _, _, second = an_attempt(store, files)
    store.lost("w")
    _, attempt, third = an_attempt(store, files)
    assert clean(store, files).folders == 1 and not second.exists() and third.exists()
    store.finish(id, attempt, Made(files={"film": f"{attempt}/film.mp4"}, facts={}))
    assert clean(store, files).folders == 0 and third.exists()


@pytest.mark.parametrize("end", ["cancelled", "expired", "failed"])
def test_a_job_without_a_film_leaves_no_folder(files: Files, store: Store, end: str) -> None:
    job = a_job(store)
    for _ in range(3):
        an_attempt(store, files)
        if end != "failed":
            break
        store.lost("w")
    if end == "cancelled":
        store.cancel(job.id)
        store.lost("w")
    if end == "expired":
        store.sweep(job.deadline)
    found = store.get(job.id)
    assert found and found.state.status == end
    clean(store, files)
    assert not list(files.jobs.iterdir())


def test_a_film_goes_with_its_job_after_a_week(files: Files, store: Store) -> None:
    a_job(store)
    id, attempt, folder = an_attempt(store, files)
    store.finish(id, attempt, Made(files={"film": f"{attempt}/film.mp4"}, facts={}))
    now = time.time()
    assert clean(store, files, now=now + 6.9 * DAY).jobs == 0 and folder.exists()
    cleaned = clean(store, files, now=now + 7.1 * DAY)
    assert (cleaned.jobs, cleaned.folders) == (1, 1) and not list(files.jobs.iterdir()) and store.get(id) is None
    assert clean(store, files, Retention(finished=1)).jobs == 0


def test_a_forgotten_jobs_films_can_go_at_once(files: Files, store: Store) -> None:
    a_job(store)
    id, attempt, folder = an_attempt(store, files)
    store.finish(id, attempt, Made(files={"film": f"{attempt}/film.mp4"}, facts={}))
    store.delete(id)
    files.remove(id)
    assert not folder.exists() and not list(files.jobs.iterdir())


def test_a_preview_is_found_by_its_event_alone(files: Files) -> None:
    (files.folder("cgt-1", 2) / "preview.jpg").write_bytes(b"jpeg")
    (files.folder("cgt-1", 2) / "film.mp4").write_bytes(b"half")
    found = files.preview("cgt-1", "2/preview.jpg")
    assert found and found.read_bytes() == b"jpeg"
    assert [files.preview("cgt-1", name) for name in ("1/preview.jpg", "2/film.mp4", "../cgt-1/2/preview.jpg", "")] == [None] * 4
