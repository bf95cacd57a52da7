"""The OpenRouter Videos interface: the bytes that its SDK sends against a real server with real workers."""

from __future__ import annotations

import base64
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from phonofilm.server.routes.openrouter_models import CreateVideos
from phonofilm.server.routes.openrouter_translate import to_ark
from sdk import given, whole
from serving import Served, served

VIDEOS = "/api/v1/videos"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    with served(tmp_path_factory.mktemp("server") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return given(tmp_path_factory.mktemp("given"))


def reference(media: dict[str, Path], kind: str, name: str, type_: str) -> dict[str, Any]:
    content = base64.b64encode(media[name].read_bytes()).decode()
    return {f"{kind}_url": {"url": f"data:{type_};base64,{content}"}, "type": f"{kind}_url"}


def create(server: Served, **fields: Any) -> httpx2.Response:
    asked = {"model": "test", "prompt": "A quiet sea.", "duration": 4, "resolution": "480p", "aspect_ratio": "16:9", **fields}
    return server.http.post(VIDEOS, json={name: value for name, value in asked.items() if value is not None})


def finished(server: Served, id: str, seconds: float = 180.0) -> dict[str, Any]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        generation = server.http.get(f"{VIDEOS}/{id}").json()
        if generation["status"] not in ("pending", "in_progress"):
            return generation
        time.sleep(0.05)
    raise AssertionError(generation)


def denied(answer: httpx2.Response, status: int, code: str, param: str | None = None) -> None:
    """Check a refusal: the SDKs know it by ``application/json`` and a number as its code."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    error = answer.json()["error"]
    assert error["code"] == status and error["message"] == answer.json()["detail"]
    assert error["metadata"]["code"] == code, error
    if param is not None:
        assert error["metadata"]["param"] == param, error


def test_a_film_with_references_of_each_kind_is_made_and_downloaded_by_three_ways(server: Served, media: dict[str, Path], tmp_path: Path) -> None:
    references = [
        reference(media, "image", "image", "image/png"), reference(media, "video", "clip", "video/mp4"),
        reference(media, "audio", "sound", "audio/wav"),
    ]  # fmt: skip
    answer = create(server, prompt="Image 1 turns as in Video 1, to the music of Audio 1.", input_references=references, seed=3, generate_audio=True)
    assert answer.status_code == 202, answer.text
    made = answer.json()
    assert (made["status"], made["polling_url"]) == ("pending", f"{server.url}{VIDEOS}/{made['id']}") and "error" not in made
    done = finished(server, made["id"])
    assert done["status"] == "completed", done
    assert done["usage"] == {"cost": 0.0, "is_byok": False} and done["expires_at"] > time.time() + 80_000
    film = server.http.get(f"{VIDEOS}/{made['id']}/content", params={"index": 0}).content
    assert [httpx2.get(url, trust_env=False).content for url in (done["urls"][0], done["unsigned_urls"][0])] == [film, film]
    (tmp_path / "film.mp4").write_bytes(film)
    whole(tmp_path / "film.mp4")
    denied(server.http.get(f"{VIDEOS}/{made['id']}/content", params={"index": 1}), 404, "ResourceNotFound", "index")
    task = server.task(made["id"])
    assert task["seed"] == 3 and [r["tag"] for r in task["request"]["references"]] == ["image1", "video1", "audio1"]


def test_frames_names_and_options_for_a_provider_are_understood(server: Served, media: dict[str, Path]) -> None:
    picture = reference(media, "image", "image", "image/png")
    frames = [{**picture, "frame_type": frame} for frame in ("first_frame", "last_frame")]
    options = {"options": {"byteplus": {"watermark": True, "return_last_frame": True, "colour": "red"}, "openai": {}}}
    answer = create(
        server, frame_images=frames, input_references=[{**picture, "tag": "hero"}], prompt="@hero waits.", resolution=None, aspect_ratio=None,
        size="864x496", provider=options, user="u-1", trace={"trace_id": "x"},
    )  # fmt: skip
    assert answer.status_code == 202, answer.text
    task = server.task(answer.json()["id"])
    assert [r["tag"] for r in task["request"]["references"]] == ["first_frame", "last_frame", "hero"]
    assert (task["resolution"], task["ratio"], task["request"]["watermark"], task["safety_identifier"]) == ("480p", "16:9", True, "u-1")
    assert answer.json()["warnings"] == ["trace changes nothing here.", "provider.options.byteplus.colour is not known here and was ignored."]
    server.http.delete(f"/v1/videos/{task['id']}")


def test_the_models_say_what_they_can_do(server: Served) -> None:
    models = {model["id"]: model for model in server.http.get(f"{VIDEOS}/models").json()["data"]}
    seedance = models["bytedance/seedance-2.0"]
    assert seedance["supported_durations"] == list(range(4, 16)) and "864x496" in seedance["supported_sizes"]
    assert seedance["supported_frame_images"] == ["first_frame", "last_frame"] and seedance["generate_audio"] is True
    assert "1080p" not in models["bytedance/seedance-2.0-fast"]["supported_resolutions"]


def test_refusals_have_the_form_that_the_sdks_turn_into_their_own_errors(server: Served) -> None:
    denied(create(server, aspect_ratio="7:3"), 400, "InvalidParameter", "aspect_ratio")
    denied(create(server, duration=99), 400, "InvalidParameter", "duration")
    denied(create(server, size="wide"), 400, "InvalidParameter", "size")
    denied(create(server, prompt=None), 400, "MissingParameter")
    denied(create(server, model=None), 400, "MissingParameter", "model")
    denied(create(server, model="no-such-model"), 404, "InvalidEndpointOrModel.NotFound", "model")
    denied(create(server, input_references=[{"type": "image_url"}]), 400, "MissingParameter", "input_references[0].image_url")
    denied(create(server, previous_job_id="gen-vid-none"), 404, "ResourceNotFound")
    denied(server.http.get(f"{VIDEOS}/gen-vid-none"), 404, "ResourceNotFound")
    denied(server.http.post(VIDEOS, content=b"{"), 400, "InvalidParameter.Body")
    denied(server.http.put(VIDEOS), 405, "MethodNotAllowed")
    denied(server.http.get(f"{VIDEOS}/models", headers={"Host": "evil.example"}), 421, "MisdirectedRequest")


def test_what_was_cancelled_says_so(server: Served) -> None:
    first, second = (create(server).json()["id"] for _ in range(2))
    server.http.post(f"/api/v3/contents/generations/tasks/{second}/cancel")
    shown = finished(server, second)
    assert (shown["status"], shown["error"]) == ("cancelled", "The film was cancelled.")
    denied(server.http.get(f"{VIDEOS}/{second}/content"), 409, "InvalidTaskState", "job_id")
    server.http.delete(f"/v1/videos/{first}")


def test_the_same_request_with_the_same_key_makes_one_film(server: Served) -> None:
    body = {"model": "test", "prompt": "Once.", "duration": 4}
    made = {server.http.post(VIDEOS, json=body, headers={"Idempotency-Key": "b1"}).json()["id"] for _ in range(2)}
    assert len(made) == 1
    denied(server.http.post(VIDEOS, json={**body, "prompt": "Twice."}, headers={"Idempotency-Key": "b1"}), 422, "IdempotencyMismatch")
    server.http.delete(f"/v1/videos/{made.pop()}")


def test_every_word_of_the_request_goes_into_ark() -> None:
    asked = {
        "model": "m", "prompt": "p", "aspect_ratio": "1:1", "resolution": "1080p", "duration": 7, "seed": 1, "generate_audio": False,
        "callback_url": "https://example.org/x", "user": "u",
    }  # fmt: skip
    ark, remarks = to_ark(CreateVideos.model_validate(asked))
    assert remarks == [] and ark == {
        "model": "m", "content": [{"type": "text", "text": "p"}], "ratio": "1:1", "resolution": "1080p", "duration": 7, "seed": 1,
        "generate_audio": False, "callback_url": "https://example.org/x", "safety_identifier": "u",
    }  # fmt: skip


@pytest.mark.slow
def test_a_real_film_of_a_photograph_is_made_for_an_openrouter_client(server: Served, media: dict[str, Path], tmp_path: Path) -> None:
    frame = {**reference(media, "image", "image", "image/png"), "frame_type": "first_frame"}
    made = create(server, model="bytedance/seedance-2.0", prompt="Slow push in. Wind is heard.", frame_images=[frame]).json()
    done = finished(server, made["id"], 900)
    assert done["status"] == "completed", done
    (tmp_path / "film.mp4").write_bytes(httpx2.get(done["urls"][0], trust_env=False).content)
    whole(tmp_path / "film.mp4")
