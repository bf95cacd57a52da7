"""The Ark interface against a real server with real workers."""

from __future__ import annotations

import base64
import io
import json
import threading
import time
import zipfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import av
import httpx2
import numpy as np
import pytest
import skimage.data
from PIL import Image

from serving import FILM, TASKS, Served, refused, served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    with served(tmp_path_factory.mktemp("server") / "data", "--allow-private", "127.0.0.0/8") as running:
        yield running


@pytest.fixture(scope="module")
def done(server: Served) -> dict[str, Any]:
    """A finished task with all that may be asked for."""
    task = server.wait(
        server.create(return_last_frame=True, safety_identifier="u-1", seed=7, content=[{"type": "text", "text": 'She says: "Hello."'}])
    )
    assert task["status"] == "succeeded", task
    return task


@pytest.fixture(autouse=True)
def nothing_left(server: Served) -> Generator[None]:
    """What a test leaves in the queue is nobody's wish any more."""
    yield
    for task in server.http.get(TASKS, params={"filter.status": "queued,running", "page_size": 100}).json()["items"]:
        server.http.post(f"{TASKS}/{task['id']}/cancel")


def picture(width: int = 400, height: int = 300, colour: tuple[int, int, int] = (200, 40, 40), kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, kind)
    return buffer.getvalue()


def data_url(content: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def image(url: str, role: str | None = None) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}, "role": role}


def create(server: Served, **fields: Any) -> httpx2.Response:
    return server.http.post(TASKS, json={**FILM, **fields})


# a film, as the vendors' SDKs ask for it


def test_a_task_is_made_polled_listed_and_its_film_downloaded_without_a_key(server: Served, done: dict[str, Any]) -> None:
    assert done["content"]["video_url"].startswith(server.url + "/files/")
    film = httpx2.get(done["content"]["video_url"], trust_env=False)
    assert film.status_code == 200 and film.headers["content-type"] == "video/mp4"
    with av.open(io.BytesIO(film.content)) as container:
        assert container.streams.video[0].frames == 96
        assert (container.streams.video[0].width, container.streams.video[0].height) == (864, 496)
    listed = server.http.get(TASKS, params={"filter.task_ids": [done["id"]]}).json()
    assert [t["id"] for t in listed["items"]] == [done["id"]] and listed["total"] == 1


def test_a_finished_task_says_all_that_the_vendors_say(done: dict[str, Any]) -> None:
    wanted = {
        "model": "test", "status": "succeeded", "error": None, "seed": 7, "resolution": "480p", "ratio": "16:9", "duration": 4,
        "framespersecond": 24, "service_tier": "default", "execution_expires_after": 172800, "generate_audio": True, "draft": False, "priority": 0,
        "safety_identifier": "u-1",
        "usage": {"completion_tokens": 864 * 496 * 24 * 4 // 1024, "total_tokens": 864 * 496 * 24 * 4 // 1024}, "progress": 100,
    }  # fmt: skip
    assert {name: done[name] for name in wanted} == wanted
    assert isinstance(done["created_at"], int) and done["updated_at"] >= done["created_at"]
    assert done["content"]["last_frame_url"] == done["files"]["last_frame"]
    assert set(done["files"]) >= {"film", "poster", "score", "last_frame", "captions_srt", "captions_vtt"}


def test_the_bytes_of_the_vendors_sdk_with_every_unset_field_null_are_taken(server: Served) -> None:
    body = (
        b'{"model":"doubao-seedance-2-0-260128","content":[{"type":"text","text":"waves"}],"safety_identifier":"u-1","callback_url":null,'
        b'"return_last_frame":true,"service_tier":"default","execution_expires_after":3600,"priority":null,"generate_audio":true,"draft":null,'
        b'"camera_fixed":null,"watermark":false,"seed":11,"resolution":"480p","ratio":"16:9","duration":4,"frames":null,"tools":null,'
        b'"output_format":null,"omni_reference_task_type":null,"subdivision_level":null,"human_face_mode":null}'
    )
    answer = server.http.post(TASKS, content=body, headers={"content-type": "application/json", "authorization": "Bearer any"})
    assert answer.status_code == 200 and list(answer.json()) == ["id"], answer.text
    task = server.task(answer.json()["id"])
    assert (task["seed"], task["execution_expires_after"], task["model"]) == (11, 3600, "doubao-seedance-2-0-260128")
    assert task["request"]["engine"] == "stage"
    server.http.post(f"{TASKS}/{task['id']}/cancel")


def test_unknown_fields_are_ignored_with_a_warning(server: Served) -> None:
    answer = create(server, fps=24, camerafixed=True, negative_prompt="", content=[{"type": "text", "text": "waves", "cache": 1}])
    warnings = answer.json()["warnings"]
    assert len(warnings) == 4 and any("content[0].cache" in w for w in warnings)
    assert server.task(answer.json()["id"])["warnings"][:4] == warnings


def test_flags_in_the_prompt_are_obeyed_and_fields_win(server: Served) -> None:
    text = "A cat --ratio 9:16 --dur 6 --rs 720p --seed 5 --wm true --cf false --fps 30 --dur 99"
    answer = server.http.post(TASKS, json={"model": "test", "content": [{"type": "text", "text": text}], "resolution": "480p"})
    task = server.task(answer.json()["id"])
    request = task["request"]
    assert request["prompt"] == "A cat"
    assert (request["ratio"], request["resolution"], request["seed"], request["watermark"]) == ("9:16", "480p", 5, True)
    assert task["request"]["duration"] == 5  # 99 cannot be obeyed, and the last of a name counts
    assert any("--duration 99" in w for w in task["warnings"]) and any("24 frames" in w for w in task["warnings"])


@pytest.mark.parametrize(
    ("fields", "status", "code", "param"),
    [
        ({"model": "nobody-9"}, 404, "InvalidEndpointOrModel.NotFound", "model"),
        ({"duration": 16}, 400, "InvalidParameter", "duration"),
        ({"duration": 3}, 400, "InvalidParameter", "duration"),
        ({"duration": None, "frames": 100}, 400, "InvalidParameter", "frames"),
        ({"resolution": "4k"}, 400, "InvalidParameter", "resolution"),
        ({"ratio": "5:4"}, 400, "InvalidParameter", "ratio"),
        ({"seed": -2}, 400, "InvalidParameter", "seed"),
        ({"execution_expires_after": 60}, 400, "InvalidParameter", "execution_expires_after"),
        ({"service_tier": "gold"}, 400, "InvalidParameter", "service_tier"),
        ({"content": []}, 400, "MissingParameter", "content"),
        ({"content": [{"type": "text"}]}, 400, "MissingParameter", "content[0].text"),
        ({"content": [{"type": "poem", "text": "x"}]}, 400, "InvalidParameter", "content[0].type"),
        ({"content": [{"type": "text", "text": "@nobody waves"}]}, 400, "InvalidParameter.UnknownMention", None),
        ({"content": [image("ftp://example.com/a.png")]}, 400, "InvalidParameter.Address", "content[0].image_url.url"),
        ({"content": [image("asset://asset-" + "0" * 64)]}, 400, "InvalidParameter.Reference", "content[0].image_url.url"),
        ({"content": [image("data:image/png;base64,AAAA")]}, 400, "InvalidParameter.Reference", "content[0].image_url.url"),
        ({"content": [image("data:image/png;base64,A*A")]}, 400, "InvalidParameter.Body", "content"),
        ({"content": [image(data_url(picture(40, 30)))]}, 400, "InvalidParameter.Limit", "content[0].image_url.url"),
        ({"content": [image(data_url(picture()), "mask")]}, 400, "InvalidParameter.TaskTypeMismatch", "content[0].role"),
        ({"content": [image(data_url(picture()), "first_frame")] * 2}, 400, "InvalidParameter.TaskTypeMismatch", "content[1].role"),
        ({"engine": "nobody"}, 404, "InvalidEndpointOrModel.NotFound", None),
        ({"limits": "nobody"}, 400, "InvalidParameter", None),
        ({"references": [{"tag": "../x", "url": data_url(picture())}]}, 400, "InvalidParameter", "references[0].url"),
        ({"callback_url": "http://169.254.169.254/latest"}, 400, "InvalidParameter.Address", "callback_url"),
    ],
)  # fmt: skip
def test_what_cannot_be_met_is_refused_by_name(server: Served, fields: dict[str, Any], status: int, code: str, param: str | None) -> None:
    answer = create(server, **fields)
    refused(answer, status, code, param)
    assert answer.headers["x-should-retry"] == "false"


def test_frames_and_references_do_not_mix_with_the_vendors_models(server: Served) -> None:
    both = [image(data_url(picture()), "first_frame"), image(data_url(picture(colour=(1, 2, 3))), "reference_image")]
    refused(create(server, model="doubao-seedance-2-0-260128", content=both), 400, "InvalidParameter.TaskTypeMismatch", "content")
    assert create(server, content=both).status_code == 200


def test_a_lone_picture_is_the_first_frame_and_more_are_numbered_in_order(server: Served) -> None:
    alone = server.task(create(server, content=[{"type": "text", "text": "waves"}, image(data_url(picture()))]).json()["id"])
    assert [(r["tag"], r["kind"]) for r in alone["request"]["references"]] == [("first_frame", "image")]
    content = [
        {"type": "text", "text": "@Image1 and [图2] stand before Image 3."},
        *(image(data_url(picture(colour=(k, 9, 9)), "image/png"), "reference_image") for k in range(3)),
    ]
    several = server.task(create(server, content=content).json()["id"])
    assert [r["tag"] for r in several["request"]["references"]] == ["image1", "image2", "image3"]
    unread = create(server, content=[*content, {"type": "text", "text": "@Image4"}])
    refused(unread, 400, "InvalidParameter.UnknownMention")


def test_named_references_are_called_by_their_tags_and_can_be_seen_again(server: Served) -> None:
    asset = server.http.post("/api/v3/files", content=picture(), headers={"content-type": "image/png", "x-file-name": "Alice.png"}).json()
    references = [{"tag": "face_photo", "url": f"asset://{asset['id']}", "name": "Alice.png"}]
    task = server.task(create(server, content=[{"type": "text", "text": "@face_photo waves"}], references=references).json()["id"])
    (shown,) = task["request"]["references"]
    assert (shown["tag"], shown["name"], shown["asset"]) == ("face_photo", "Alice.png", f"asset://{asset['id']}")
    seen = httpx2.get(shown["url"], trust_env=False)
    assert seen.content == picture() and seen.headers["content-type"] == "image/png" and "sandbox" in seen.headers["content-security-policy"]


def test_minus_one_means_any_seed_and_auto_length(server: Served) -> None:
    tasks = [server.task(create(server, seed=-1, duration=-1).json()["id"]) for _ in range(2)]
    assert tasks[0]["seed"] != tasks[1]["seed"] and all(t["seed"] >= 0 for t in tasks)
    assert all(t["request"]["duration"] == -1 for t in tasks)


def test_a_number_of_frames_near_whole_seconds_is_rounded_with_a_warning(server: Served) -> None:
    answer = server.http.post(TASKS, json={**FILM, "duration": None, "frames": 121}).json()
    assert "121 frames were rounded to 120" in answer["warnings"][0]
    assert server.task(answer["id"])["duration"] == 5


def test_a_fixed_camera_becomes_words_unless_the_prompt_moves_it(server: Served) -> None:
    still = server.task(create(server, camera_fixed=True).json()["id"])
    assert still["request"]["prompt"] == "A beach at dusk. Static camera."
    moved = server.task(create(server, camera_fixed=True, content=[{"type": "text", "text": "A beach. Slow push in."}]).json()["id"])
    assert any("camera_fixed" in w for w in moved["warnings"])


def test_a_draft_is_made_in_full_by_its_task(server: Served) -> None:
    draft = create(server, draft=True, seed=3).json()["id"]
    assert server.task(draft)["draft"] is True
    full = server.task(create(server, content=[{"type": "draft_task", "draft_task": {"id": draft}}]).json()["id"])
    assert (full["draft"], full["draft_task_id"], full["seed"]) == (False, draft, 3)
    refused(create(server, content=[{"type": "draft_task", "draft_task": {"id": "cgt-none"}}]), 404, "ResourceNotFound")


# lists, ends, cancels


def test_lists_are_filtered_and_paged(server: Served, done: dict[str, Any]) -> None:
    page = server.http.get(TASKS, params={"page_num": 1, "page_size": 1, "filter.status": "succeeded", "filter.model": "test"}).json()
    assert len(page["items"]) == 1 and page["total"] >= 1 and page["items"][0]["status"] == "succeeded"
    assert server.http.get(TASKS, params={"filter.model": "sora-2"}).json() == {"items": [], "total": 0}
    assert server.http.get(TASKS, params={"filter.service_tier": "flex"}).json()["total"] == 0
    refused(server.http.get(TASKS, params={"page_size": 501}), 400, "InvalidParameter", "page_size")
    refused(server.http.get(TASKS, params={"filter.status": "lost"}), 400, "InvalidParameter", "filter.status")


def test_deleting_cancels_what_waits_and_forgets_what_is_over(server: Served) -> None:
    first = server.create(duration=15, resolution="1080p")
    second = server.create()
    server.wait(first, "running")
    headers = {"content-type": "application/json"}
    refused(server.http.request("DELETE", f"{TASKS}/{first}", content=b"{}", headers=headers), 409, "InvalidTaskState")
    gone = server.http.request("DELETE", f"{TASKS}/{second}", content=b"{}", headers=headers)
    assert (gone.status_code, gone.json()) == (200, {})
    assert server.task(second)["status"] == "cancelled"
    refused(server.http.delete(f"{TASKS}/{second}"), 409, "InvalidTaskState")
    began = time.monotonic()
    assert server.http.post(f"{TASKS}/{first}/cancel").status_code == 200
    assert server.wait(first)["status"] == "cancelled"
    assert time.monotonic() - began < 1.5  # the worker lets go within one second
    over = server.wait(server.create())
    film = over["content"]["video_url"]
    assert server.http.delete(f"{TASKS}/{over['id']}").json() == {}
    refused(server.http.get(f"{TASKS}/{over['id']}"), 404, "ResourceNotFound")
    refused(httpx2.get(film, trust_env=False), 404, "ResourceNotFound")


def test_a_second_request_with_the_same_key_costs_no_work(server: Served) -> None:
    key = {"Idempotency-Key": "once-1"}
    first = server.create(key, content=[{"type": "text", "text": "waves"}, image(data_url(picture()))])
    assert server.create(key, content=[{"type": "text", "text": "waves"}, image(data_url(picture()))]) == first
    other = server.http.post(TASKS, json={**FILM, "seed": 99}, headers=key)
    refused(other, 422, "IdempotencyMismatch")
    assert server.http.get(TASKS, params={"filter.task_ids": first}).json()["total"] == 1


# events


def events_of(server: Served, id: str, last: str = "") -> list[dict[str, Any]]:
    """All events to the end, each with the time at which it came."""
    found: list[dict[str, Any]] = []
    headers = {"Last-Event-ID": last} if last else {}
    with httpx2.stream("GET", f"{server.url}{TASKS}/{id}/events", headers=headers, timeout=60, trust_env=False) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        event: dict[str, Any] = {}
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if line:
                event[name] = json.loads(value) if name == "data" else value
            elif "event" in event:
                found.append({**event, "came": time.time()})
                event = {}
            else:
                event = {}
    return found


def test_events_tell_everything_as_it_happens_and_begin_again_where_they_ended(server: Served) -> None:
    id = server.create(duration=6)
    events = events_of(server, id)
    kinds = [e["event"] for e in events]
    assert kinds[0] == "status" and kinds[-1] == "done" and kinds.count("done") == 1
    assert [e["data"]["status"] for e in events if e["event"] == "status"] == ["queued", "running", "succeeded"]
    shares = [e["data"]["progress"] for e in events if e["event"] == "progress"]
    assert len(shares) >= 3 and shares == sorted(shares)
    assert "preview" in kinds
    assert events[-1]["data"]["content"]["video_url"]
    ids = [int(e["id"]) for e in events]
    assert ids == sorted(ids)
    again = events_of(server, id, last=str(ids[-2]))
    assert [e["event"] for e in again] == [e["event"] for e in events if int(e["id"]) > ids[-2]] or [e["event"] for e in again][-1] == "done"
    assert all(int(e["id"]) >= ids[-2] for e in again)


def test_a_preview_can_be_looked_at_while_the_film_is_made(server: Served) -> None:
    id = server.create(duration=15, resolution="1080p")
    seen: list[tuple[int, int]] = []

    def look() -> None:
        with httpx2.stream("GET", f"{server.url}{TASKS}/{id}/events", timeout=60, trust_env=False) as answer:
            for line in answer.iter_lines():
                if line.startswith("data: ") and "preview.jpg" in line:
                    got = httpx2.get(json.loads(line[6:])["url"], trust_env=False)
                    if got.status_code == 200:
                        seen.append(Image.open(io.BytesIO(got.content)).size)
                        return

    thread = threading.Thread(target=look)
    thread.start()
    thread.join(30)
    server.http.post(f"{TASKS}/{id}/cancel")
    assert seen and max(seen[0]) == 480


# scores


def test_an_edited_score_is_played_as_a_new_task(server: Served, done: dict[str, Any]) -> None:
    score = server.http.get(f"{TASKS}/{done['id']}/score").json()
    assert score == httpx2.get(done["files"]["score"], trust_env=False).json()
    new = server.http.post(f"{TASKS}/{done['id']}/score", json=score)
    task = server.wait(new.json()["id"])
    assert task["status"] == "succeeded" and task["id"] != done["id"]
    refused(server.http.post(f"{TASKS}/{done['id']}/score", json={**score, "length": 1}), 400, "InvalidParameter.Score")
    refused(server.http.post(f"{TASKS}/{done['id']}/score", json={}), 400, "InvalidParameter.Score")


# files


def test_films_are_served_in_ranges_and_not_again_where_they_are_known(server: Served, done: dict[str, Any]) -> None:
    url = done["content"]["video_url"]
    get = lambda **headers: httpx2.get(url, headers=headers, trust_env=False)  # noqa: E731
    whole = get()
    etag = whole.headers["etag"]
    part = get(Range="bytes=100-199")
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    assert get(Range="bytes=-10").content == whole.content[-10:]
    refused(get(Range=f"bytes={len(whole.content)}-"), 416, "RangeNotSatisfiable")
    assert get(**{"If-None-Match": etag}).status_code == 304
    assert get(**{"If-None-Match": '"other"'}).status_code == 200
    assert get(**{"If-Range": '"other"', "Range": "bytes=0-1"}).status_code == 200
    head = httpx2.head(url, trust_env=False)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(whole.content)))
    assert get().headers["content-disposition"].startswith("inline")
    assert httpx2.get(url + "&download=1", trust_env=False).headers["content-disposition"].startswith("attachment")


def test_a_link_that_was_changed_or_has_expired_opens_nothing(server: Served, done: dict[str, Any]) -> None:
    url = done["content"]["video_url"]
    refused(httpx2.get(url[:-1] + ("0" if url[-1] != "0" else "1"), trust_env=False), 403, "AccessDenied.Link")
    refused(httpx2.get(url.replace("film.mp4", "score.json"), trust_env=False), 403, "AccessDenied.Link")
    refused(httpx2.get(url.partition("?")[0], trust_env=False), 403, "AccessDenied.Link")
    refused(httpx2.get(url.replace("expires=", "expires=1"), trust_env=False), 403, "AccessDenied.Link")


def test_a_film_given_back_restores_its_request(server: Served) -> None:
    task = server.wait(
        create(server, content=[{"type": "text", "text": "@cup turns"}], references=[{"tag": "cup", "url": data_url(picture())}]).json()["id"]
    )
    film = httpx2.get(task["content"]["video_url"], trust_env=False).content
    wish = server.http.post("/api/v3/restore", files={"file": ("film.mp4", film, "video/mp4")}).json()
    assert (wish["prompt"], wish["duration"], wish["resolution"], wish["engine"]) == ("@cup turns", 4, "480p", "test")
    assert wish["references"][0]["tag"] == "cup" and wish["references"][0]["asset"].startswith("asset://asset-")
    refused(server.http.post("/api/v3/restore", content=picture(), headers={"content-type": "image/png"}), 400, "InvalidParameter.Reference")


# what the studio asks


def test_uploads_are_known_by_their_content(server: Served) -> None:
    by_form = server.http.post("/api/v3/files", files={"file": ("my cat.jpg", picture(), "application/x-evil")}).json()
    by_body = server.http.post("/api/v3/files", content=picture(), headers={"content-type": "application/octet-stream"}).json()
    assert by_form["id"] == by_body["id"]
    assert (by_form["kind"], by_form["width"], by_form["height"], by_form["name"], by_form["format"]) == ("image", 400, 300, "my cat.jpg", "png")
    small = Image.open(io.BytesIO(base64.b64decode(by_form["thumbnail"].partition(",")[2])))
    assert small.size == (320, 240) and np.asarray(small)[10, 10].tolist()[0] > 150
    assert server.http.get(f"/api/v3/files/{by_form['id']}").json()["id"] == by_form["id"]


def test_a_clip_and_a_sound_show_what_they_are(server: Served, done: dict[str, Any], tmp_path: Path) -> None:
    film = httpx2.get(done["content"]["video_url"], trust_env=False).content
    clip = server.http.post("/api/v3/files", files={"file": ("film.mp4", film)}).json()
    assert (clip["kind"], clip["seconds"], clip["sound"]) == ("video", 4.0, True) and clip["thumbnail"]
    import soundfile

    sound = np.zeros((96000, 1), np.float32)
    sound[48000:] = 0.5
    soundfile.write(tmp_path / "s.wav", sound, 48000)
    heard = server.http.post("/api/v3/files", files={"file": ("s.wav", (tmp_path / "s.wav").read_bytes())}).json()
    assert (heard["kind"], heard["seconds"], heard["thumbnail"]) == ("audio", 2.0, "")
    assert heard["peaks"][0] == 0 and abs(heard["peaks"][-1] - 0.5) < 0.01


def test_a_prompt_is_read_with_places_as_a_page_counts_them(server: Served) -> None:
    prompt = '😀 @face says: "Hello there." Slow push in.'
    read = server.http.post("/api/v3/read", json={"prompt": prompt, "references": [{"tag": "face", "kind": "image"}]}).json()
    assert read["language"] == "en" and read["roles"] == {"face": "face"}
    mention = next(s for s in read["spans"] if s["kind"] == "mention")
    units = prompt.encode("utf-16-le")
    assert prompt[mention["start"] : mention["end"]] == "@face" == units[2 * mention["start16"] : 2 * mention["end16"]].decode("utf-16-le")
    assert {"mention", "line", "move"} <= {s["kind"] for s in read["spans"]}
    unknown = server.http.post("/api/v3/read", json={"prompt": "😀 @nobody waves", "references": []}).json()
    assert unknown["remarks"][0]["error"] and unknown["remarks"][0]["start16"] == 3


def test_what_can_be_asked_for_is_listed(server: Served) -> None:
    options = server.http.get("/api/v3/options").json()
    assert {e["name"] for e in options["engines"]} >= {"stage", "test"}
    assert options["resolutions"] == ["480p", "720p", "1080p", "2k"] and options["seconds"]["longest"] == 15
    assert options["limits"]["seedance"]["image"]["count"] == 9 and {v["language"] for v in options["voices"]} >= {"en", "zh"}
    assert options["roles"]["audio"] == ["effect", "music", "timbre", "voice"]


# with the stage


@pytest.mark.slow
def test_a_real_film_with_a_photograph_comes_with_all_its_files_and_can_be_edited(server: Served) -> None:
    buffer = io.BytesIO()
    Image.fromarray(skimage.data.astronaut()).save(buffer, "PNG")
    content = [{"type": "text", "text": '@Image1 says: "Hello there, this is a film."'}, image(data_url(buffer.getvalue()), "reference_image")]
    wish = {"model": "doubao-seedance-2-0-260128", "content": content, "resolution": "480p", "ratio": "16:9", "duration": 4, "seed": 5}
    id = server.http.post(TASKS, json=wish).json()["id"]
    task = server.wait(id, seconds=300)
    assert task["status"] == "succeeded", task
    assert set(task["files"]) >= {"film", "poster", "score", "captions_srt", "captions_vtt", "stems"}
    stems = zipfile.ZipFile(io.BytesIO(httpx2.get(task["files"]["stems"], trust_env=False).content))
    assert any(name.endswith(".wav") for name in stems.namelist())
    assert "Hello there" in httpx2.get(task["files"]["captions_srt"], trust_env=False).text
    score = server.http.get(f"{TASKS}/{id}/score").json()
    again = server.http.post(f"{TASKS}/{id}/score", json={**score, "seed": 6})
    edited = server.wait(again.json()["id"], seconds=300)
    assert edited["status"] == "succeeded" and edited["seed"] == 6, edited
