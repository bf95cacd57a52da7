"""The OpenAI Videos interface: what words mean, and the bytes that SDKs send against a real server with real workers."""

from __future__ import annotations

import base64
import http.server
import io
import json
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image
from pydantic import ValidationError
from standardwebhooks import Webhook

from phonofilm.request import SIZES
from phonofilm.server.bodies import Form
from phonofilm.server.problem import Problem
from phonofilm.server.routes.openai_models import CreateVideo
from phonofilm.server.routes.openai_translate import nearest, of_form, to_ark
from sdk import given, whole
from serving import Served, refused, served

VIDEOS = "/v1/videos"
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
BOUNDARY = "d05be45d106db1fe9959cac3ac57a977"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    with served(tmp_path_factory.mktemp("server") / "data", "--allow-private", "127.0.0.0/8", "--webhook-secret", SECRET) as running:
        yield running


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return given(tmp_path_factory.mktemp("given"))


@pytest.fixture(scope="module")
def done(server: Served, media: dict[str, Path]) -> dict[str, Any]:
    """A finished film, asked for in the bytes of openai-python 3.54 with a list of files."""
    parts = {name: path.read_bytes() for name, path in media.items()}
    answer = send(
        server, part("prompt", b"Image 1 turns as in Video 1, to the music of Audio 1."), part("model", b"test"), part("seconds", b"4"),
        part("size", b"864x496"), part("seed", b"7"), part("generate_sound", b"true"),
        part("input_reference[]", parts["image"], "image.png", "image/png"), part("input_reference[]", parts["clip"], "clip.mp4", "video/mp4"),
        part("input_reference[]", parts["sound"], "sound.wav", "audio/x-wav"),
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return finished(server, answer.json()["id"])


def part(name: str, value: bytes, file: str = "", kind: str = "") -> bytes:
    more = f'; filename="{file}"\r\nContent-Type: {kind}' if file else ""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"


def send(server: Served, *parts: bytes, path: str = VIDEOS, **headers: str) -> httpx2.Response:
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "x-stainless-retry-count": "0", **headers}
    return server.http.post(path, content=b"".join(parts) + f"--{BOUNDARY}--\r\n".encode(), headers=headers)


def create(server: Served, **fields: Any) -> httpx2.Response:
    return server.http.post(VIDEOS, json={"prompt": "A quiet sea.", "model": "test", "seconds": "4", "size": "864x496", **fields})


def finished(server: Served, id: str, seconds: float = 180.0) -> dict[str, Any]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        answer = server.http.get(f"{VIDEOS}/{id}")
        if answer.json()["status"] not in ("queued", "in_progress"):
            return answer.json()
        assert 100 <= int(answer.headers["openai-poll-after-ms"]) <= 5000
        time.sleep(0.05)
    raise AssertionError(answer.json())


def data_url(path: Path, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def ark_of(**fields: Any) -> tuple[dict[str, Any], list[str]]:
    return to_ark(CreateVideo.model_validate({"prompt": "A sea.", **fields}), {})


# a film


def test_a_form_with_files_of_each_kind_makes_a_film_that_can_be_downloaded(server: Served, done: dict[str, Any], tmp_path: Path) -> None:
    assert done["status"] == "completed", done
    assert {name: done[name] for name in ("object", "progress", "seconds", "size", "model", "error", "remixed_from_video_id")} == {
        "object": "video", "progress": 100, "seconds": "4", "size": "864x496", "model": "test", "error": None, "remixed_from_video_id": None,
    }  # fmt: skip
    film = server.http.get(f"{VIDEOS}/{done['id']}/content")
    assert film.status_code == 200 and film.headers["content-type"] == "video/mp4"
    (tmp_path / "film.mp4").write_bytes(film.content)
    whole(tmp_path / "film.mp4")
    part_of_it = server.http.get(f"{VIDEOS}/{done['id']}/content", headers={"Range": "bytes=10-19"})
    assert (part_of_it.status_code, part_of_it.content) == (206, film.content[10:20])


def test_the_same_film_is_there_for_the_other_interfaces(server: Served, done: dict[str, Any]) -> None:
    task = server.task(done["id"])
    assert task["status"] == "succeeded" and task["seed"] == 7
    assert [r["kind"] for r in task["request"]["references"]] == ["image", "video", "audio"]
    assert server.http.get(f"/api/v1/videos/{done['id']}").json()["status"] == "completed"


def test_a_picture_and_a_sheet_of_pictures_go_with_the_film(server: Served, done: dict[str, Any]) -> None:
    poster = server.http.get(f"{VIDEOS}/{done['id']}/content", params={"variant": "thumbnail"})
    with Image.open(io.BytesIO(poster.content)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (864, 496))
    sheet = server.http.get(f"{VIDEOS}/{done['id']}/content", params={"variant": "spritesheet"})
    with Image.open(io.BytesIO(sheet.content)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (6 * 192, 2 * 110))
        cells = [picture.crop((192 * (k % 6), 110 * (k // 6), 192 * (k % 6 + 1), 110 * (k // 6 + 1))).tobytes() for k in range(8)]
    assert len(set(cells)) == 8  # the bars show the number of their frame
    refused(server.http.get(f"{VIDEOS}/{done['id']}/content", params={"variant": "gif"}), 400, "InvalidParameter", "variant")


def test_json_of_the_year_before_is_taken_too_and_its_references_are_named(server: Served, media: dict[str, Path]) -> None:
    picture = data_url(media["image"], "image/png")
    answer = create(server, references=[{"tag": "hero", "image_url": picture}], prompt="@hero looks up.", seed=7, generate_sound=False)
    assert answer.status_code == 200, answer.text
    task = server.task(answer.json()["id"])
    assert [r["tag"] for r in task["request"]["references"]] == ["hero"] and task["generate_audio"] is False
    server.http.post(f"/api/v3/contents/generations/tasks/{task['id']}/cancel")


def test_one_picture_is_the_first_frame_and_several_are_references(server: Served, media: dict[str, Path]) -> None:
    picture = {"image_url": data_url(media["image"], "image/png")}
    for many, tags in ((picture, ["first_frame"]), ([picture, picture], ["image1", "image2"])):
        id = create(server, input_reference=many).json()["id"]
        assert [r["tag"] for r in server.task(id)["request"]["references"]] == tags
        assert server.http.delete(f"{VIDEOS}/{id}").json() == {"id": id, "object": "video.deleted", "deleted": True}


def test_the_bytes_of_litellm_for_vllm_omni_are_understood(server: Served, media: dict[str, Path]) -> None:
    fields = {
        "model": "test", "prompt": "Slowly, as in Video 1.", "width": "864", "height": "496", "num_frames": "96", "fps": "24",
        "generate_sound": "true", "seed": "5", "negative_prompt": "music, text",
        "video_reference": json.dumps({"video_url": data_url(media["clip"], "video/mp4")}),
        "num_inference_steps": "8", "extra_params": '{"sampler": "x"}', "guidance_scale": "",
    }  # fmt: skip
    answer = send(server, *(part(name, value.encode()) for name, value in fields.items()))
    assert answer.status_code == 200, answer.text
    task = server.task(answer.json()["id"])
    assert task["request"]["prompt"] == "Slowly, as in Video 1.\nNo music.\nNo text." and answer.json()["prompt"] == "Slowly, as in Video 1."
    assert (task["duration"], task["resolution"], task["ratio"], task["seed"]) == (4, "480p", "16:9", 5)
    assert answer.json()["warnings"] == ["num_inference_steps changes nothing here.", "extra_params.sampler changes nothing here."]
    server.http.delete(f"{VIDEOS}/{task['id']}")


def test_a_film_is_remixed_with_its_references_and_its_prompt(server: Served, done: dict[str, Any]) -> None:
    answer = server.http.post(f"{VIDEOS}/{done['id']}/remix", json={"prompt": "At night."})
    assert answer.status_code == 200, answer.text
    assert answer.json()["remixed_from_video_id"] == done["id"] and answer.json()["prompt"] == "At night."
    new, old = server.task(answer.json()["id"])["request"], server.task(done["id"])["request"]
    assert new["prompt"] == old["prompt"] + "\nAt night."
    assert new["references"][0]["asset"] == old["references"][0]["asset"] and new["seed"] == old["seed"]
    server.http.delete(f"{VIDEOS}/{answer.json()['id']}")
    refused(server.http.post(f"{VIDEOS}/{done['id']}/remix", json={}), 400, "MissingParameter", "prompt")


def test_a_clip_or_a_film_of_here_is_changed(server: Served, done: dict[str, Any], media: dict[str, Path]) -> None:
    by_file = send(
        server,
        part("prompt", b"At night."),
        part("model", b"test"),
        part("video", media["clip"].read_bytes(), "clip.mp4", "video/mp4"),
        path=f"{VIDEOS}/edits",
    )
    by_id = server.http.post(f"{VIDEOS}/edits", json={"prompt": "At night.", "video": {"id": done["id"]}})
    for answer, model, resolution in ((by_file, "test", "720p"), (by_id, "test", "480p")):
        assert answer.status_code == 200, answer.text
        task = server.task(answer.json()["id"])
        assert [(r["tag"], r["kind"]) for r in task["request"]["references"]] == [("edit_source", "video")]
        assert (task["model"], task["resolution"], task["ratio"], task["duration"]) == (model, resolution, "adaptive", -1)
        server.http.delete(f"{VIDEOS}/{task['id']}")
    assert by_id.json()["remixed_from_video_id"] == done["id"]
    refused(server.http.post(f"{VIDEOS}/edits", json={"prompt": "At night."}), 400, "MissingParameter", "video")
    refused(server.http.post(f"{VIDEOS}/edits", json={"prompt": "At night.", "video": {"id": "none"}}), 404, "ResourceNotFound")


def test_lists_are_read_page_by_page_in_both_orders(server: Served) -> None:
    made = [create(server, prompt=f"Number {k}.").json()["id"] for k in range(3)]
    newest = server.http.get(VIDEOS, params={"limit": 2}).json()
    assert (newest["object"], [v["id"] for v in newest["data"]], newest["has_more"]) == ("list", [made[2], made[1]], True)
    assert (newest["first_id"], newest["last_id"]) == (made[2], made[1])
    after = server.http.get(VIDEOS, params={"limit": 1, "after": newest["last_id"]}).json()
    assert [v["id"] for v in after["data"]] == [made[0]]
    rest = server.http.get(VIDEOS, params={"order": "asc", "after": made[1]}).json()
    assert [v["id"] for v in rest["data"]] == [made[2]] and rest["has_more"] is False
    for id in made:
        server.http.delete(f"{VIDEOS}/{id}")
    refused(server.http.get(VIDEOS, params={"limit": 0}), 400, "InvalidParameter", "limit")


def test_a_film_that_runs_is_stopped_and_deleted(server: Served) -> None:
    id = create(server, seconds="15", size="1920x1080").json()["id"]
    server.wait(id, "running")
    assert server.http.delete(f"{VIDEOS}/{id}").json()["deleted"] is True
    refused(server.http.get(f"{VIDEOS}/{id}"), 404, "ResourceNotFound")


def test_the_film_itself_is_the_answer_where_the_client_waits(server: Served, tmp_path: Path) -> None:
    answer = send(server, part("prompt", b"Waves."), part("model", b"test"), part("seconds", b"4"), part("size", b"864x496"), path=f"{VIDEOS}/sync")
    assert answer.status_code == 200 and answer.headers["content-type"] == "video/mp4"
    (tmp_path / "film.mp4").write_bytes(answer.content)
    whole(tmp_path / "film.mp4")


def test_who_hangs_up_while_waiting_cancels_the_film(server: Served) -> None:
    with pytest.raises(httpx2.ReadTimeout):
        server.http.post(f"{VIDEOS}/sync", json={"prompt": "Waves.", "model": "test", "seconds": "15", "size": "1920x1080"}, timeout=1.0)
    newest = server.http.get(VIDEOS, params={"limit": 1}).json()["data"][0]
    ended = finished(server, newest["id"], 10)
    assert (ended["status"], ended["error"]["code"]) == ("failed", "TaskCancelled")


def test_the_same_request_with_the_same_key_makes_one_film(server: Served) -> None:
    body = {"prompt": "Once.", "model": "test", "seconds": "4"}
    first, second = (server.http.post(VIDEOS, json=body, headers={"Idempotency-Key": "a1"}).json()["id"] for _ in range(2))
    assert first == second
    other = server.http.post(VIDEOS, json={**body, "prompt": "Twice."}, headers={"Idempotency-Key": "a1"})
    refused(other, 422, "IdempotencyMismatch")
    server.http.delete(f"{VIDEOS}/{first}")


def test_a_form_sent_again_is_the_same_whatever_stands_between_its_parts(server: Served, media: dict[str, Path]) -> None:
    picture = json.dumps({"image_url": data_url(media["image"], "image/png")})
    parts = [part("prompt", b"Once."), part("model", b"test"), part("seconds", b"4"), part("image_reference", picture.encode())]
    ids = []
    for boundary in (BOUNDARY, "another"):
        body = b"".join(parts).replace(BOUNDARY.encode(), boundary.encode()) + f"--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Idempotency-Key": "f1"}
        ids.append(server.http.post(VIDEOS, content=body, headers=headers).json()["id"])
    assert ids[0] == ids[1]
    refused(send(server, part("prompt", b"Twice."), part("model", b"test"), **{"Idempotency-Key": "f1"}), 422, "IdempotencyMismatch")
    server.http.delete(f"{VIDEOS}/{ids[0]}")


def test_large_addresses_in_fields_of_a_form_are_kept_as_files(server: Served, tmp_path: Path) -> None:
    Image.effect_noise((2600, 2400), 90).save(tmp_path / "noise.png")
    address = data_url(tmp_path / "noise.png", "image/png")
    assert len(address) > 5_000_000
    for field in (part("image_reference", json.dumps({"image_url": address}).encode()), part("input_reference[image_url]", address.encode())):
        answer = send(server, part("prompt", b"Image 1 moves."), part("model", b"test"), part("seconds", b"4"), field)
        assert answer.status_code == 200, answer.text
        (given_,) = server.task(answer.json()["id"])["request"]["references"]
        assert httpx2.get(given_["url"], trust_env=False).content == (tmp_path / "noise.png").read_bytes()
        server.http.delete(f"{VIDEOS}/{answer.json()['id']}")
    prompt = part("prompt", f'{{"data:image/png;base64,{"A" * 400}"}}'.encode())
    id = send(server, prompt, part("model", b"test")).json()["id"]
    assert server.task(id)["request"]["prompt"].startswith('{"data:image')
    server.http.delete(f"{VIDEOS}/{id}")


def test_what_is_wrong_is_named_by_its_field_here(server: Served) -> None:
    refused(create(server, seconds="40"), 400, "InvalidParameter", "seconds")
    refused(create(server, seconds="4.5"), 400, "InvalidParameter", "seconds")
    refused(create(server, size="wide"), 400, "InvalidParameter", "size")
    refused(create(server, size="100x9000"), 400, "InvalidParameter", "size")
    refused(create(server, prompt=""), 400, "InvalidParameter", "prompt")
    refused(server.http.post(VIDEOS, json={"model": "test"}), 400, "MissingParameter", "prompt")
    refused(create(server, model="no-such-model"), 404, "InvalidEndpointOrModel.NotFound", "model")
    refused(create(server, prompt="@nobody walks."), 400, "InvalidParameter.UnknownMention")
    refused(create(server, input_reference={"image_url": "http://10.1.2.3/x.png"}), 400, "InvalidParameter.Address", "input_reference")
    refused(create(server, input_reference={"image_url": "data:image/png;base64,AAAA"}), 400, "InvalidParameter.Reference", "input_reference")
    refused(create(server, input_reference={"file_id": "none"}), 400, "InvalidParameter.Address", "input_reference")
    refused(create(server, input_reference={}), 400, "MissingParameter", "input_reference")
    refused(create(server, input_reference="[1"), 400, "InvalidParameter", "input_reference")
    refused(send(server, part("prompt", b"A sea."), part("poster", b"x", "x.png", "image/png")), 400, "InvalidParameter", "poster")
    refused(server.http.get(f"{VIDEOS}/video_none"), 404, "ResourceNotFound")
    waiting = create(server).json()["id"]
    refused(server.http.get(f"{VIDEOS}/{waiting}/content"), 409, "InvalidTaskState", "video_id")
    server.http.delete(f"{VIDEOS}/{waiting}")


def test_callbacks_are_signed_and_say_what_each_interface_says(server: Served) -> None:
    heard: list[tuple[dict[str, str], bytes]] = []

    class Ear(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear) as ear:
        threading.Thread(target=ear.serve_forever, daemon=True).start()
        callback = {"callback_url": f"http://127.0.0.1:{ear.server_address[1]}/hook"}
        video = create(server, **callback).json()["id"]
        router = {"model": "test", "prompt": "A sea.", "duration": 4, "resolution": "480p", **callback}
        generation = server.http.post("/api/v1/videos", json=router).json()["id"]
        server.http.post(f"/api/v3/contents/generations/tasks/{generation}/cancel")
        finished(server, video)
        until = time.monotonic() + 10
        while len(heard) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.3)
        ear.shutdown()
    told = [Webhook(SECRET).verify(body, headers) for headers, body in heard]
    by_type = {document.get("type", document.get("status")): document for document in told}
    assert set(by_type) == {"video.completed", "cancelled"} and len(told) == 2
    assert by_type["video.completed"]["data"] == {"id": video} and by_type["video.completed"]["object"] == "event"
    assert by_type["cancelled"]["id"] == generation and by_type["cancelled"]["error"] == "The film was cancelled."


def test_what_the_vendor_has_and_this_server_has_not_is_said(server: Served) -> None:
    for path in ("extensions", "characters"):
        refused(send(server, part("prompt", b"x"), path=f"{VIDEOS}/{path}"), 501, "NotImplemented")
    refused(server.http.get(f"{VIDEOS}/characters/char_1"), 501, "NotImplemented")
    assert "sora-2" in [model["id"] for model in server.http.get("/v1/models").json()["data"]]


def test_the_document_of_one_interface_is_served_beside_that_of_all(server: Served) -> None:
    whole_, part_ = (server.http.get("/openapi.json", params=params).json() for params in ({}, {"dialect": "openai"}))
    assert set(part_["paths"]) < set(whole_["paths"]) and VIDEOS in part_["paths"] and "/api/v1/videos" not in part_["paths"]
    refused(server.http.get("/openapi.json", params={"dialect": "kling"}), 400, "InvalidParameter", "dialect")


@pytest.mark.slow
def test_a_real_film_of_a_photograph_is_made_for_an_openai_client(server: Served, media: dict[str, Path], tmp_path: Path) -> None:
    files = {"input_reference": ("face.png", media["image"].read_bytes(), "image/png")}
    fields = {"prompt": '@face says: "Good morning to you all."', "model": "sora-2", "seconds": "4", "size": "864x496"}
    video = finished(server, server.http.post(VIDEOS, data=fields, files=files).json()["id"], 900)
    assert video["status"] == "completed", video
    (tmp_path / "film.mp4").write_bytes(server.http.get(f"{VIDEOS}/{video['id']}/content").content)
    whole(tmp_path / "film.mp4")
    task = server.task(video["id"])
    assert task["request"]["engine"] == "stage"
    assert "morning" in httpx2.get(task["files"]["captions_vtt"], trust_env=False).text


# what words mean


def test_every_size_of_ours_is_taken_as_it_is_and_the_vendors_sizes_go_to_the_nearest() -> None:
    for resolution, sizes in SIZES.items():
        for ratio, (width, height) in sizes.items():
            remarks: list[str] = []
            assert (nearest(width, height, remarks), remarks) == ({"resolution": resolution, "ratio": ratio}, [])
    for size, wanted in {
        "720x1280": ("720p", "9:16"), "1280x720": ("720p", "16:9"), "1024x1792": ("1080p", "9:16"), "1792x1024": ("1080p", "16:9"),
        "832x480": ("480p", "16:9"), "1024x1024": ("720p", "1:1"), "768x512": ("480p", "4:3"),
    }.items():  # fmt: skip
        ark, _ = ark_of(size=size)
        assert (ark["resolution"], ark["ratio"]) == wanted, size
    assert ark_of(size="1792x1024")[1] == ["size is 1792x1024; the film is made at 1920x1080."]


def test_lengths_are_read_from_seconds_and_from_frames() -> None:
    assert [ark_of(seconds=text)[0].get("duration") for text in ("4", 8, 12.0, "auto", None)] == [4, 8, 12, -1, None]
    assert ark_of(num_frames=121, fps=24) == ({**ark_of()[0], "duration": 5}, ["num_frames 121 at 24 a second is 5.04 s; the film lasts 5 s."])
    assert ark_of(num_frames=81, fps=16)[0]["duration"] == 5
    with pytest.raises(Problem, match="whole seconds"):
        ark_of(seconds="soon")
    with pytest.raises(ValidationError, match="fps"):  # a film of ages
        ark_of(num_frames=4, fps=5e-324)


def test_columns_of_a_form_are_read_as_rows_where_they_are_of_one_length() -> None:
    rows = (("references[][tag]", "a"), ("references[][tag]", "b"), ("references[][image_url]", "u"), ("references[][image_url]", "v"))
    data, _ = of_form(Form(fields=(*rows, ("input_reference[image_url]", "w"), ("prompt", "x")), files=(), hash=""))
    assert data == {
        "references": [{"tag": "a", "image_url": "u"}, {"tag": "b", "image_url": "v"}], "input_reference": {"image_url": "w"}, "prompt": "x",
    }  # fmt: skip
    with pytest.raises(Problem, match="different lengths"):
        of_form(Form(fields=rows[:3], files=(), hash=""))


def test_fields_of_ours_and_of_ark_mean_the_same(server: Served) -> None:
    answer = create(server, resolution="720p", aspect_ratio="1:1", watermark=True, engine="test", priority=1)
    task = server.task(answer.json()["id"])
    assert (task["resolution"], task["ratio"], task["request"]["watermark"], task["priority"]) == ("720p", "1:1", True, 1)
    server.http.delete(f"{VIDEOS}/{task['id']}")
