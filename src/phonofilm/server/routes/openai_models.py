"""What the OpenAI Videos interface takes and gives, with the extension fields of vLLM-Omni.

The same models read JSON and forms: in a form everything is text, and what has structure is JSON in a text.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, Field

from phonofilm.server.routes.ark_models import Open


def _structure(value: object) -> object:
    """JSON in a text, read; an empty text is nothing."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text:
        return None
    if text[0] not in "{[":
        return value
    try:
        return json.loads(text)
    except ValueError as e:
        raise ValueError(f"it begins like JSON and is none ({e})") from e


def _references(value: object) -> object:
    """One reference, a list of them, an address alone: always a list."""
    value = _structure(value)
    if value is None:
        return None
    many = cast("list[object]", value) if isinstance(value, list) else [value]
    return [{"url": one} if isinstance(one, str) else one for one in many]


def _text(value: object) -> object:
    """A number where a text is usual: ``seconds`` is ``"8"``, and is sent as 8 too."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


class Place(Open):
    """An address in an object of its own."""

    url: str = Field(min_length=1)


class Reference(Open):
    """A picture, clip or recording. ``file_id``: an upload of here. ``tag``: what the prompt calls it, without @ (an extension of ours)."""

    image_url: str | Place | None = None
    video_url: str | Place | None = None
    audio_url: str | Place | None = None
    url: str | None = None
    file_id: str | None = None
    tag: str | None = Field(default=None, max_length=64)
    name: str | None = Field(default=None, max_length=300)


Structure = Annotated[dict[str, Any] | None, BeforeValidator(_structure)]
References = Annotated[list[Reference] | None, BeforeValidator(_references)]
Texts = Annotated[dict[str, str] | None, BeforeValidator(_structure)]


class CreateVideo(Open):
    """A film wanted. The first five fields are the vendor's; those up to ``extra_params`` are vLLM-Omni's; the rest is ours."""

    prompt: str = Field(min_length=1, max_length=100_000)
    model: str | None = Field(default=None, max_length=200)
    seconds: Annotated[str | None, BeforeValidator(_text)] = Field(default=None, max_length=20)
    size: str | None = Field(default=None, max_length=40)
    input_reference: References = Field(default=None, max_length=24)
    user: str | None = Field(default=None, max_length=512)
    image_reference: References = Field(default=None, max_length=24)
    video_reference: References = Field(default=None, max_length=24)
    audio_reference: References = Field(default=None, max_length=24)
    width: int | None = Field(default=None, ge=16, le=16_384)
    height: int | None = Field(default=None, ge=16, le=16_384)
    aspect_ratio: str | None = Field(default=None, max_length=20)
    num_frames: int | None = Field(default=None, ge=1, le=100_000)
    fps: float | None = Field(default=None, ge=1, le=1000)
    seed: int | None = Field(default=None, ge=-1, le=2**32 - 1)
    negative_prompt: str | None = Field(default=None, max_length=10_000)
    generate_sound: bool | None = None
    extra_params: Structure = None
    references: References = Field(default=None, max_length=24)
    resolution: str | None = Field(default=None, max_length=20)
    generate_audio: bool | None = None
    watermark: bool | None = None
    engine: str | None = Field(default=None, max_length=64)
    limits: str | None = Field(default=None, max_length=64)
    transcripts: Texts = None
    consent: Texts = None
    callback_url: str | None = Field(default=None, max_length=4000)


class EditVideo(CreateVideo):
    """A clip that is to be changed: ``video`` is a file, or ``{"id"}`` of a film that was made here."""

    video: Annotated[dict[str, Any] | list[dict[str, Any]] | None, BeforeValidator(_structure)] = None


#: of vLLM-Omni's fields, those that steer how its models compute; they change nothing here
UNUSED = (
    "num_inference_steps", "guidance_scale", "guidance_scale_2", "boundary_ratio", "flow_shift", "true_cfg_scale", "sound_duration", "lora",
    "enable_frame_interpolation", "frame_interpolation_exp", "frame_interpolation_scale", "frame_interpolation_model_path", "n", "quality",
)  # fmt: skip


class Remix(Open):
    """What is to change of a film that was made."""

    prompt: str = Field(min_length=1, max_length=100_000)


class VideoError(BaseModel):
    """Why a film was not made."""

    code: str
    message: str


class Video(BaseModel):
    """A film as it stands. ``warnings`` is an extension of ours: what of the request was ignored or made otherwise."""

    id: str
    object: Literal["video"] = "video"
    model: str
    status: Literal["queued", "in_progress", "completed", "failed"]
    progress: int
    created_at: int
    completed_at: int | None = None
    expires_at: int | None = None
    prompt: str
    seconds: str
    size: str
    remixed_from_video_id: str | None = None
    error: VideoError | None = None
    warnings: list[str] = []


class Videos(BaseModel):
    """Some films; ``last_id`` is where the next page begins (``after``)."""

    object: Literal["list"] = "list"
    data: list[Video]
    has_more: bool
    first_id: str | None = None
    last_id: str | None = None


class Deleted(BaseModel):
    """A film that is no more."""

    id: str
    object: Literal["video.deleted"] = "video.deleted"
    deleted: bool = True
