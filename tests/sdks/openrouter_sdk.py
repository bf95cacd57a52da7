"""OpenRouter's SDK."""

from common import KEY, MODEL, NARROW, OUT, URL, WRONG, caught, data, fetch, poll, tell
from openrouter import OpenRouter


def client(key):
    return OpenRouter(api_key=key, server_url=f"{URL}/api/v1")


videos = client(KEY).video_generation
GOING = ("pending", "in_progress")
asked = {"model": MODEL, "resolution": "480p", "aspect_ratio": "16:9", "duration": 4}


def finished(made):
    return poll(lambda: videos.get_generation(job_id=made.id), GOING)


def reference(kind, name):
    return {"type": f"{kind}_url", f"{kind}_url": {"url": data(name)}}


made = videos.generate(prompt="A quiet sea at dusk.", seed=3, generate_audio=True, **asked)
words = finished(made)
references = finished(
    videos.generate(
        prompt="Image 1 turns as in Video 1, to the music of Audio 1.", **asked,
        input_references=[reference("image", "image"), reference("video", "clip"), reference("audio", "sound")],
    )
)  # fmt: skip
frames = finished(
    videos.generate(
        prompt="From one to the other.", **{name: value for name, value in asked.items() if name not in ("resolution", "aspect_ratio")},
        size="864x496", frame_images=[{**reference("image", "image"), "frame_type": frame} for frame in ("first_frame", "last_frame")],
        provider={"options": {"byteplus": {"watermark": True, "camera_fixed": True}}},
    )
)  # fmt: skip
path = OUT / "content.mp4"
path.write_bytes(videos.get_video_content(job_id=words.id, index=0).read())
models = videos.list_videos_models().data
narrow = client(NARROW).video_generation
narrow.list_videos_models()
tell(
    films={
        "content": str(path),
        "words": fetch(words.unsigned_urls[0], "words.mp4"),
        "references": fetch(references.urls[0], "references.mp4"),
        "frames": fetch(frames.urls[0], "frames.mp4"),
    },
    created=[made.status, made.polling_url],
    statuses=[generation.status for generation in (words, references, frames)],
    cost=words.usage.cost,
    models={model.id: model.supported_durations for model in models},
    errors={
        "401": caught(lambda: client(WRONG).video_generation.get_generation(job_id=words.id)),
        "400": caught(lambda: videos.generate(prompt="A sea.", **{**asked, "aspect_ratio": "7:3"})),
        "404": caught(lambda: videos.get_generation(job_id="gen-vid-none")),
        "404 model": caught(lambda: videos.generate(prompt="A sea.", **{**asked, "model": "no-such-model"})),
        "429": caught(lambda: narrow.generate(prompt="A sea.", **asked)),
    },
)
