"""The OpenAI SDK, of today and of the year before (which sends JSON where no file goes along)."""

import asyncio
import json
import warnings

import openai
from common import KEY, MEDIA, MODEL, NARROW, OUT, URL, WRONG, caught, data, tell

warnings.simplefilter("ignore")
asked = {"model": MODEL, "seconds": "4", "size": "864x496"}


def client(key):
    return openai.OpenAI(base_url=f"{URL}/v1", api_key=key, max_retries=0)


videos = client(KEY).videos
words = videos.create_and_poll(prompt="A quiet sea at dusk.", **asked, extra_body={"seed": 7, "generate_sound": True, "num_inference_steps": 8})
films = {}
for variant, name in (("video", "words.mp4"), ("thumbnail", "words.jpg"), ("spritesheet", "sheet.jpg")):
    path = OUT / name
    videos.download_content(words.id, variant=variant).write_to_file(path)
    films[name] = str(path)


def film(video, name):
    path = OUT / name
    videos.download_content(video.id).write_to_file(path)
    films[name] = str(path)


picture = videos.create_and_poll(prompt="It begins to move.", input_reference=MEDIA["image"], **asked)
film(picture, "picture.mp4")
several = videos.create_and_poll(
    prompt="@image turns as in Video 1, to the music of Audio 1.", input_reference=[MEDIA["image"], MEDIA["clip"], MEDIA["sound"]], **asked
)
film(several, "several.mp4")
extended = videos.create_and_poll(
    prompt="Image 1 turns as in Video 1, to the music of Audio 1.", **asked,
    extra_body={
        "image_reference": json.dumps({"image_url": data("image")}), "video_reference": json.dumps({"video_url": data("clip")}),
        "audio_reference": json.dumps({"audio_url": data("sound")}), "negative_prompt": "music", "fps": 30,
    },
)  # fmt: skip
named = videos.create_and_poll(
    prompt="@hero looks up.", **asked, extra_body={"references": [{"tag": "hero", "image_url": data("image")}]}
)  # fmt: skip
remix = videos.remix(words.id, prompt="At night.")
remixed = videos.poll(remix.id)
pages = [video.id for video in videos.list(limit=2, order="asc")]
deleted = videos.delete(remix.id)


async def awaited():
    async with openai.AsyncOpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0) as many:
        return (await many.videos.create_and_poll(prompt="Waves.", **asked)).status


narrow = client(NARROW)
narrow.models.list()
tell(
    films=films,
    shown={name: getattr(words, name) for name in ("object", "status", "progress", "seconds", "size", "model", "prompt", "error")},
    times=[words.created_at, words.completed_at],
    statuses=[video.status for video in (words, picture, several, extended, named, remixed)],
    warnings={"words": words.warnings, "extended": extended.warnings},
    remixed_from=remixed.remixed_from_video_id == words.id,
    listed=pages == [words.id, picture.id, several.id, extended.id, named.id, remix.id],
    deleted=[deleted.deleted, deleted.object],
    awaited=asyncio.run(awaited()),
    errors={
        "401": caught(lambda: client(WRONG).videos.retrieve(words.id)),
        "400": caught(lambda: videos.create(prompt="A sea.", **{**asked, "seconds": "4.5"})),
        "400 size": caught(lambda: videos.create(prompt="A sea.", **{**asked, "size": "wide"})),
        "400 file": caught(lambda: videos.create(prompt="A sea.", input_reference=("x.png", b"not a picture"), **asked)),
        "404": caught(lambda: videos.retrieve("video_none")),
        "429": caught(lambda: narrow.models.list()),
        "501": caught(lambda: videos.create_character(name="x", video=MEDIA["clip"]) if hasattr(videos, "create_character") else narrow),
    },
)
