"""What the OpenRouter Videos interface takes and gives."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from phonofilm.server.routes.ark_models import Address, Open


class FrameImage(Open):
    """The first or the last picture of the film."""

    type: Literal["image_url"] = "image_url"
    image_url: Address
    frame_type: Literal["first_frame", "last_frame"]


class InputReference(Open):
    """A picture, clip or recording. ``tag``: what the prompt calls it, without @ (an extension of ours)."""

    type: Literal["image_url", "video_url", "audio_url"]
    image_url: Address | None = None
    video_url: Address | None = None
    audio_url: Address | None = None
    tag: str | None = Field(default=None, max_length=64)


class Provider(Open):
    """What is meant for one maker of models; ``options`` by its name."""

    options: dict[str, dict[str, Any] | None] | None = None


class CreateVideos(Open):
    """A film wanted."""

    model: str = Field(min_length=1, max_length=200)
    prompt: str | None = Field(default=None, max_length=100_000)
    aspect_ratio: str | None = Field(default=None, max_length=20)
    resolution: str | None = Field(default=None, max_length=20)
    size: str | None = Field(default=None, max_length=40)
    duration: int | None = Field(default=None, ge=-1, le=1000)
    seed: int | None = Field(default=None, ge=-1, le=2**32 - 1)
    generate_audio: bool | None = None
    callback_url: str | None = Field(default=None, max_length=4000)
    previous_job_id: str | None = Field(default=None, max_length=200)
    frame_images: list[FrameImage] | None = Field(default=None, max_length=24)
    input_references: list[InputReference] | None = Field(default=None, max_length=24)
    provider: Provider | None = None
    user: str | None = Field(default=None, max_length=512)


#: fields of the vendor's that change nothing here
UNUSED = ("creativity", "upscale_factor", "session_id", "trace")


class Usage(BaseModel):
    """What the film cost: nothing."""

    cost: float = 0.0
    is_byok: bool = False


class Generation(BaseModel):
    """A film as it stands. Fields that have no value yet are left out. ``progress`` and ``warnings`` are extensions of ours."""

    id: str
    polling_url: str
    status: Literal["pending", "in_progress", "completed", "failed", "cancelled", "expired"]
    generation_id: str | None = None
    error: str | None = None
    unsigned_urls: list[str] | None = None
    urls: list[str] | None = None
    expires_at: int | None = None
    usage: Usage | None = None
    progress: int | None = None
    warnings: list[str] | None = None


class VideoModel(BaseModel):
    """A model, and what it can do."""

    id: str
    canonical_slug: str
    name: str
    description: str
    created: int
    generate_audio: bool | None = True
    seed: bool | None = True
    supported_resolutions: list[str] | None
    supported_aspect_ratios: list[str] | None
    supported_durations: list[int] | None
    supported_sizes: list[str] | None
    supported_frame_images: list[str] | None = ["first_frame", "last_frame"]
    allowed_passthrough_parameters: list[str]
    creativity: list[int] | None = None
    upscale_factor: dict[str, float | None] | None = None
    pricing_skus: dict[str, str] | None = None
    hugging_face_id: str | None = None


class VideoModels(BaseModel):
    """The models of this server."""

    data: list[VideoModel]


class RouterFault(BaseModel):
    """Inside of a refusal: the HTTP status as ``code``, and in ``metadata`` what the other interfaces call ``code`` and ``param``."""

    code: int
    message: str
    metadata: dict[str, Any] | None = None


class RouterProblem(BaseModel):
    """A refusal."""

    error: RouterFault
