"""OpenRouter's words for a film into those of the Ark interface, and a task into OpenRouter's. Nothing is decided but what words mean."""

from __future__ import annotations

import re
import time
from typing import Any

from phonofilm.jobs.job import Failed, Job, Status, Succeeded
from phonofilm.request import RATIOS, SIZES
from phonofilm.server.films import percent_of, remarks_of
from phonofilm.server.models import LISTED, Model, model_of
from phonofilm.server.problem import Problem
from phonofilm.server.routes.openai_translate import nearest
from phonofilm.server.routes.openrouter_models import UNUSED, CreateVideos, Generation, InputReference, Usage, VideoModel

#: fields of the Ark interface that ``provider.options`` may set
PASSED = (
    "watermark", "camera_fixed", "return_last_frame", "service_tier", "priority", "draft", "engine", "limits", "transcripts", "consent",
    "execution_expires_after", "safety_identifier", "omni_reference_task_type",
)  # fmt: skip
STATUS: dict[Status, str] = {
    "queued": "pending", "running": "in_progress", "succeeded": "completed", "failed": "failed", "cancelled": "cancelled", "expired": "expired",
}  # fmt: skip
#: the field here that stands behind one of the Ark interface
PARAMS = {"ratio": "aspect_ratio", "content": "input_references", "text": "prompt"}
CREATED = 1_767_225_600  # of every model: the first of January 2026


def to_ark(asked: CreateVideos) -> tuple[dict[str, Any], list[str]]:
    """The request in Ark's words, and remarks. Raises ``Problem``."""
    remarks = [f"{name} changes nothing here." for name in UNUSED if (asked.model_extra or {}).get(name) is not None]
    content: list[dict[str, Any]] = [{"type": "text", "text": asked.prompt}] if asked.prompt else []
    for frame in asked.frame_images or ():
        content.append({"type": "image_url", "image_url": {"url": frame.image_url.url}, "role": frame.frame_type})
    named: list[dict[str, Any]] = []
    for k, reference in enumerate(asked.input_references or ()):
        kind, url = _place(reference, k)
        if reference.tag:
            named.append({"tag": reference.tag, "url": url})
        else:
            content.append({"type": f"{kind}_url", f"{kind}_url": {"url": url}, "role": f"reference_{kind}"})
    ark: dict[str, Any] = {"model": asked.model, "content": content}
    if named:
        ark["references"] = named
    ark |= _size(asked, remarks)
    ark |= {name: value for name in ("duration", "seed", "generate_audio", "callback_url") if (value := getattr(asked, name)) is not None}
    if asked.user is not None:
        ark["safety_identifier"] = asked.user
    for provider, options in ((asked.provider.options if asked.provider else None) or {}).items():
        for name, value in (options or {}).items():
            if name in PASSED:
                ark[name] = value
            else:
                remarks.append(f"provider.options.{provider[:40]}.{name[:40]} is not known here and was ignored.")
    return ark, remarks


def _place(reference: InputReference, k: int) -> tuple[str, str]:
    kind = reference.type.removesuffix("_url")
    address = getattr(reference, reference.type)
    if address is None:
        param = f"input_references[{k}].{reference.type}"
        raise Problem("missing_parameter", f"The field {param} is missing.", param=param)
    return kind, address.url


def _size(asked: CreateVideos, remarks: list[str]) -> dict[str, str]:
    said = {name: value for name, value in (("resolution", asked.resolution), ("ratio", asked.aspect_ratio)) if value}
    if not asked.size:
        return said
    match = re.fullmatch(r"(\d{2,5})[x×*](\d{2,5})", asked.size.strip(), re.IGNORECASE)
    if match:
        return nearest(int(match[1]), int(match[2]), remarks) | said
    if asked.size.strip().lower() in SIZES:  # the AI SDK sends its resolution as the size
        return {"resolution": asked.size.strip().lower()} | said
    raise Problem("invalid", f"size is {asked.size!r}; give width and height, such as 1280x720.", param="size")


def generation_of(job: Job, *, polling_url: str, urls: list[str], expires_at: int) -> Generation:
    """A job as OpenRouter shows one. ``urls`` need no key."""
    state = job.state
    shown = Generation(
        id=job.id, generation_id=job.id, polling_url=polling_url, status=STATUS[state.status], progress=percent_of(job),  # type: ignore[arg-type]
        warnings=list(remarks_of(job)) or None,
    )  # fmt: skip
    if isinstance(state, Succeeded):
        more = {"unsigned_urls": urls, "urls": urls, "expires_at": expires_at, "usage": Usage()}
        return shown.model_copy(update=more)
    if isinstance(state, Failed):
        return shown.model_copy(update={"error": state.message})
    if state.status in ("cancelled", "expired"):
        said = "The film was cancelled." if state.status == "cancelled" else "The film was not done in time."
        return shown.model_copy(update={"error": said})
    return shown


def models() -> list[VideoModel]:
    """The models by the names that are listed for people."""
    return [_shown(name, model_of(name)) for name in LISTED]


def _shown(name: str, model: Model) -> VideoModel:
    least, most = model.seconds
    sizes = ["x".join(map(str, size)) for resolution in model.resolutions for size in SIZES[resolution].values()]
    return VideoModel(
        id=name, canonical_slug=name, name=name, description=model.about, created=CREATED, supported_resolutions=list(model.resolutions),
        supported_aspect_ratios=list(RATIOS), supported_durations=list(range(least, most + 1)), supported_sizes=sizes,
        allowed_passthrough_parameters=list(PASSED),
    )  # fmt: skip


def param_of(param: str) -> str:
    """The field here that stands behind one of the Ark interface."""
    first = re.match(r"\w+", param)
    return PARAMS.get(first[0], param) if first else param


def expiry(seconds: float) -> int:
    """Until when links hold that are given out now."""
    return int(time.time() + seconds)
