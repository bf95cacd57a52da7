"""The Ark SDKs: volcenginesdkarkruntime, byteplussdkarkruntime, arkruntime, named by the second argument."""

import asyncio
import importlib
import sys
import time

from common import KEY, MODEL, NARROW, OUT, SECONDS, URL, WRONG, caught, data, fetch, poll, tell

sdk = importlib.import_module(sys.argv[2])
GOING = ("queued", "running")


def client(key):
    return sdk.Ark(base_url=f"{URL}/api/v3", api_key=key, max_retries=0)


tasks = client(KEY).content_generation.tasks


def get(made):
    return poll(lambda: tasks.get(task_id=made.id), GOING)


def text(words):
    return {"type": "text", "text": words}


def reference(kind, name, role):
    return {"type": f"{kind}_url", f"{kind}_url": {"url": data(name)}, "role": role}


asked = {"model": MODEL, "resolution": "480p", "ratio": "16:9", "duration": 4}
words = tasks.create(
    **asked, content=[text("A quiet sea at dusk.")], seed=11, generate_audio=True, watermark=False, safety_identifier="u-1", service_tier="default"
)
seen = get(words)
references = tasks.create(
    **asked,
    content=[
        text("Image 1 turns as in Video 1, to the music of Audio 1."), reference("image", "image", "reference_image"),
        reference("video", "clip", "reference_video"), reference("audio", "sound", "reference_audio"),
    ],
)  # fmt: skip
with_references = get(references)
frames = tasks.create(
    **asked, return_last_frame=True,
    content=[text("From one to the other."), reference("image", "image", "first_frame"), reference("image", "image", "last_frame")],
)  # fmt: skip
with_frames = get(frames)

first, second = (tasks.create(**asked, content=[text(f"Number {k}. --seed {k}")]) for k in (1, 2))
tasks.delete(task_id=second.id)
cancelled = tasks.get(task_id=second.id).status
get(first)
listed = tasks.list(page_num=1, page_size=10, status="succeeded", task_ids=[words.id, references.id, second.id])
film = fetch(seen.content.video_url, "words.mp4")
tasks.delete(task_id=words.id)


async def awaited():
    many = sdk.AsyncArk(base_url=f"{URL}/api/v3", api_key=KEY, max_retries=0).content_generation.tasks
    made = await many.create(**asked, content=[text("Waves.")])
    until = time.monotonic() + SECONDS
    while (now := await many.get(task_id=made.id)).status in GOING and time.monotonic() < until:
        await asyncio.sleep(0.3)
    return now.status


narrow = client(NARROW).content_generation.tasks
narrow.list(page_size=1)
tell(
    films={
        "words": film,
        "references": fetch(with_references.content.video_url, "references.mp4"),
        "frames": fetch(with_frames.content.video_url, "frames.mp4"),
    },
    last_frame=fetch(with_frames.content.last_frame_url, "last.png"),
    shown={name: getattr(seen, name) for name in ("status", "seed", "resolution", "ratio", "duration", "framespersecond", "model")},
    tokens=seen.usage.completion_tokens,
    progress=getattr(seen, "progress", None),
    cancelled=cancelled,
    listed=sorted(item.id for item in listed.items) == sorted([words.id, references.id]) and listed.total == 2,
    awaited=asyncio.run(awaited()),
    errors={
        "401": caught(lambda: client(WRONG).content_generation.tasks.get(task_id=words.id)),
        "400": caught(lambda: tasks.create(**{**asked, "ratio": "7:3"}, content=[text("A sea.")])),
        "400 content": caught(
            lambda: tasks.create(**asked, content=[text("A sea."), {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}])
        ),
        "404": caught(lambda: tasks.get(task_id=words.id)),
        "404 model": caught(lambda: tasks.create(**{**asked, "model": "no-such-model"}, content=[text("A sea.")])),
        "409": caught(lambda: tasks.delete(task_id=second.id)),
        "429": caught(lambda: narrow.list(page_size=1)),
    },
    out=str(OUT),
)
