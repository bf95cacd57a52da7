"""LiteLLM, by its OpenAI and by its vLLM-Omni way."""

import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # the table of prices that comes with it, not a download

import litellm
from common import KEY, MEDIA, MODEL, NARROW, OUT, URL, WRONG, caught, data, poll, tell

litellm.suppress_debug_info = True
GOING = ("queued", "in_progress")


def at(provider, key=KEY):
    return {"custom_llm_provider": provider, "api_base": f"{URL}/v1", "api_key": key}


def finished(video, provider):
    return poll(lambda: litellm.video_status(video_id=video.id, **at(provider)), GOING)


def content(video, name, provider):
    path = OUT / name
    path.write_bytes(litellm.video_content(video_id=video.id, **at(provider)))
    return str(path)


asked = {"seconds": "4", "size": "864x496"}
words = finished(litellm.video_generation(prompt="A quiet sea at dusk.", model=MODEL, **asked, **at("openai")), "openai")
with MEDIA["image"].open("rb") as image:
    picture = finished(litellm.video_generation(prompt="It moves.", model=MODEL, input_reference=image, **asked, **at("openai")), "openai")
extended = finished(
    litellm.video_generation(
        prompt="Image 1 turns as in Video 1, to the music of Audio 1.", model=MODEL, width=864, height=496, num_frames=96, fps=24, seed=5,
        generate_sound=True, image_reference={"image_url": data("image")}, video_reference={"video_url": data("clip")},
        audio_reference={"audio_url": data("sound")}, **at("hosted_vllm"),
    ),
    "hosted_vllm",
)  # fmt: skip
listed = litellm.video_list(limit=3, order="asc", **at("openai"))
remix = finished(litellm.video_remix(video_id=words.id, prompt="At night.", **at("openai")), "openai")
try:
    litellm.video_list(**at("openai", NARROW))
finally:
    pass
tell(
    films={
        "words": content(words, "words.mp4", "openai"),
        "picture": content(picture, "picture.mp4", "openai"),
        "extended": content(extended, "extended.mp4", "hosted_vllm"),
    },
    statuses=[video.status for video in (words, picture, extended, remix)],
    seconds=words.seconds,
    listed=len(listed["data"] if isinstance(listed, dict) else listed),
    errors={
        "401": caught(lambda: litellm.video_status(video_id=words.id, **at("openai", WRONG))),
        "400": caught(lambda: litellm.video_generation(prompt="A sea.", model=MODEL, seconds="4.5", size="864x496", **at("openai"))),
        "404": caught(lambda: litellm.video_status(video_id="video_none", **at("openai"))),
        "429": caught(lambda: litellm.video_list(**at("openai", NARROW))),
    },
)
