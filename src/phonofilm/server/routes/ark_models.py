"""What the Ark interface takes and gives. Every optional field may be null, for the vendors' SDKs send all that they know.

Unknown fields are kept aside (``model_extra``) and reported, not refused.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Open(BaseModel):
    """A body with fields that we may not know."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())


class Address(Open):
    """Where a file is: ``https:``, ``data:``, ``asset://`` and the id of an upload, or a link of this server."""

    url: str = Field(min_length=1)


class TextItem(Open):
    """The prompt; more than one are joined. Flags such as ``--ratio 16:9`` in it are obeyed where no field says otherwise."""

    type: Literal["text"]
    text: str = Field(max_length=100_000)


class ImageItem(Open):
    """A picture: a first or last frame, or a reference."""

    type: Literal["image_url"]
    image_url: Address
    role: Literal["first_frame", "last_frame", "reference_image", "mask"] | None = None


class VideoItem(Open):
    """A clip."""

    type: Literal["video_url"]
    video_url: Address
    role: Literal["reference_video"] | None = None


class AudioItem(Open):
    """A recording."""

    type: Literal["audio_url"]
    audio_url: Address
    role: Literal["reference_audio"] | None = None


class DraftTask(Open):
    """A task made as a draft."""

    id: str


class DraftItem(Open):
    """The draft that is to be made in full."""

    type: Literal["draft_task"]
    draft_task: DraftTask


Item = Annotated[TextItem | ImageItem | VideoItem | AudioItem | DraftItem, Field(discriminator="type")]


class Named(Open):
    """A reference with a name of one's own, which the prompt calls ``@tag``. An extension of ours."""

    tag: str = Field(min_length=1, max_length=64)
    url: str = Field(min_length=1)
    name: str | None = Field(default=None, max_length=300)


class CreateTask(Open):
    """A film wanted."""

    model: str = Field(min_length=1, max_length=200)
    content: list[Item] = Field(default_factory=list[Item], max_length=100)
    callback_url: str | None = Field(default=None, max_length=4000)
    return_last_frame: bool | None = None
    service_tier: Literal["default", "flex"] | None = None
    execution_expires_after: int | None = Field(default=None, ge=3600, le=259_200)
    priority: int | None = Field(default=None, ge=0, le=9)
    generate_audio: bool | None = None
    draft: bool | None = None
    camera_fixed: bool | None = None
    watermark: bool | None = None
    seed: int | None = Field(default=None, ge=-1, le=2**32 - 1)
    resolution: str | None = Field(default=None, max_length=20)
    ratio: str | None = Field(default=None, max_length=20)
    duration: int | None = Field(default=None, ge=-1, le=1000)
    frames: int | None = Field(default=None, ge=1, le=100_000)
    tools: list[dict[str, Any]] | None = None
    safety_identifier: str | None = Field(default=None, max_length=256)
    output_format: str | None = Field(default=None, max_length=20)
    omni_reference_task_type: Literal["auto", "reference", "edit", "extend"] | None = None
    references: list[Named] | None = Field(default=None, max_length=24)
    engine: str | None = Field(default=None, max_length=64)
    limits: str | None = Field(default=None, max_length=64)
    transcripts: dict[str, str] | None = None
    consent: dict[str, str] | None = None


#: fields of the vendors' that change nothing here
UNUSED = ("subdivision_level", "file_format", "optimize_prompt", "reasoning_effort", "human_face_mode")


class TaskError(BaseModel):
    """Why a task failed."""

    code: str
    message: str


class TaskContent(BaseModel):
    """What a task made: links that need no key and hold for a day."""

    video_url: str
    last_frame_url: str | None = None


class Usage(BaseModel):
    """Tokens as the vendor counts them: width × height × 24 × seconds / 1024."""

    completion_tokens: int
    total_tokens: int


class Files(BaseModel):
    """Links to all that a task left. An extension of ours."""

    model_config = ConfigDict(extra="allow")
    film: str | None = None
    poster: str | None = None
    last_frame: str | None = None
    score: str | None = None
    captions_srt: str | None = None
    captions_vtt: str | None = None
    stems: str | None = None
    preview: str | None = None


class Task(BaseModel):
    """A task as it stands. ``progress`` and what follows it are extensions of ours."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())
    id: str
    model: str
    status: Literal["queued", "running", "succeeded", "failed", "cancelled", "expired"]
    error: TaskError | None = None
    content: TaskContent | None = None
    usage: Usage | None = None
    created_at: int
    updated_at: int
    seed: int
    resolution: str
    ratio: str
    duration: int
    framespersecond: int = 24
    service_tier: str = "default"
    execution_expires_after: int
    generate_audio: bool = True
    draft: bool = False
    priority: int = 0
    safety_identifier: str | None = None
    progress: int = 0
    step: str = ""
    position: int | None = None
    warnings: list[str] = []
    files: Files | None = None
    request: dict[str, Any] | None = None


class Created(BaseModel):
    """The id of a new task."""

    id: str
    warnings: list[str] | None = None


class Tasks(BaseModel):
    """A page of tasks, the newest first."""

    items: list[Task]
    total: int


class ProblemBody(BaseModel):
    """A refusal: RFC 9457 with the vendors' ``error`` object."""

    type: str
    title: str
    status: int
    detail: str
    error: dict[str, str | None]
