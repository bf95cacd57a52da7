"""Between the Ark interface and a job: what a body asks for, and what a task looks like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from phonofilm.errors import shown_name
from phonofilm.jobs.job import Failed, Job, Running, Status, Wanted
from phonofilm.prompt.script import Script
from phonofilm.request import RATIOS, SIZES
from phonofilm.server.films import EXPIRES, percent_of, random_seed, ratio_of, remarks_of, seconds_of, tokens_of
from phonofilm.server.inputs import Source
from phonofilm.server.models import Model, model_of
from phonofilm.server.problem import Problem, error_of_job
from phonofilm.server.routes.ark_models import UNUSED, AudioItem, CreateTask, DraftItem, ImageItem, TextItem, VideoItem
from phonofilm.server.settings import Settings

WATERMARK = "AI generated"
FRAMES = 24
#: inline flags by their names and short names, and the field that each stands for
FLAGS = {
    "resolution": "resolution", "rs": "resolution", "ratio": "ratio", "rt": "ratio", "duration": "duration", "dur": "duration", "seed": "seed",
    "framespersecond": "fps", "fps": "fps", "camerafixed": "camera_fixed", "cf": "camera_fixed", "watermark": "watermark", "wm": "watermark",
    "frames": "frames",
}  # fmt: skip
_FLAG = re.compile(rf"(?:(?<=\s)|^)--({'|'.join(sorted(FLAGS, key=len, reverse=True))})(?:[ \t=]+([^\s-][^\s]*|-\d+))?(?=\s|$)", re.IGNORECASE)
_TRUE, _FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")
#: "the camera does not move", by the language of the prompt
_STILL = {
    "zh": "固定镜头。", "yue": "固定鏡頭。", "ja": "カメラは固定。", "ko": "고정 카메라.", "es": "Cámara fija.", "fr": "Caméra fixe.",
    "de": "Statische Kamera.",
}  # fmt: skip
_RATIOS = (*RATIOS, "adaptive")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A body, read: the wish without its files, where those are, what to echo, and what was ignored."""

    wanted: Wanted
    sources: tuple[Source, ...]
    model: Model
    echo: dict[str, Any]
    limits: str
    priority: int
    expires_after: int
    callback: str
    camera_fixed: bool
    draft_task: str
    warnings: list[str] = field(default_factory=list[str])


def read_body(data: dict[str, Any], settings: Settings) -> tuple[CreateTask, list[str]]:
    """The body as its model, and a warning for each field that is not known. Raises ``Problem`` naming the first field that is wrong."""
    try:
        body = CreateTask.model_validate(data)
    except ValidationError as e:
        raise problem_of_validation(e) from e
    unknown = list(_unknown(body))
    if unknown and settings.strict:
        raise Problem("invalid", f"There is no field {unknown[0]}.", param=unknown[0])
    return body, [f"The field {name} is not known here and was ignored." for name in unknown]


def problem_of_validation(error: ValidationError) -> Problem:
    """The first thing that is wrong with a body, by its place."""
    first = error.errors(include_url=False, include_context=False)[0]
    place = list(first["loc"])
    if len(place) > 2 and place[0] == "content":
        del place[2]  # the name of the variant is no part of the body
    param = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
    if first["type"] == "missing":
        return Problem("missing_parameter", f"The field {param} is missing.", param=param)
    if first["type"].startswith("union_tag"):
        param = f"{param}.type"
    return Problem("invalid", f"{param}: {first['msg']}.", param=param)


def _unknown(model: BaseModel, where: str = "") -> Sequence[str]:
    names = [f"{where}{name}" for name, value in (model.model_extra or {}).items() if value is not None and name not in UNUSED]
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            names += _unknown(value, f"{where}{name}.")
        elif isinstance(value, list):
            for k, one in enumerate(value):
                names += _unknown(one, f"{where}{name}[{k}].") if isinstance(one, BaseModel) else ()
    return [shown_name(name) for name in names][:20]


def asked_of(body: CreateTask, settings: Settings, warnings: list[str]) -> Asked:
    """What a body asks for. Raises ``Problem`` naming the field."""
    model = model_of(body.model)
    text = "\n".join(item.text for item in body.content if isinstance(item, TextItem))
    prompt, flags = strip_flags(text)
    given: dict[str, Any] = {name: value for name in type(body).model_fields if (value := getattr(body, name)) is not None}
    options = _lenient(flags, given, model, warnings) | given
    sources = sources_of(body, model)
    seconds = seconds_asked(options, model, warnings)
    seed = options.get("seed", -1)
    for name in ("tools", "output_format"):
        if given.get(name) and given[name] not in ("mp4",):
            warnings.append(f"{name} is not known here and was ignored.")
    if options.get("fps", FRAMES) != FRAMES:
        warnings.append(f"Films here have {FRAMES} frames a second.")
    tier = options.get("service_tier", "default")
    draft = next((item.draft_task.id for item in body.content if isinstance(item, DraftItem)), "")
    wanted = Wanted(
        prompt=prompt, seconds=seconds, ratio=ratio_asked(options.get("ratio", model.ratio), warnings),
        resolution=resolution_asked(options.get("resolution", model.resolution), model), seed=random_seed() if seed < 0 else seed,
        engine=options.get("engine") or model.engine or settings.engine, transcripts=options.get("transcripts", {}),
        consent=options.get("consent", {}), sound=options.get("generate_audio", True), draft=options.get("draft", False),
        watermark=WATERMARK if options.get("watermark") else "",
        limits=options.get("limits") or settings.limits, last_frame=options.get("return_last_frame", False),
    )  # fmt: skip
    expires = options.get("execution_expires_after", EXPIRES)
    echo = {"service_tier": tier, "execution_expires_after": expires, "priority": options.get("priority", 0), "auto": seconds == 0}
    if "safety_identifier" in given:
        echo["safety_identifier"] = given["safety_identifier"]
    return Asked(
        wanted=wanted, sources=sources, model=model, echo=echo, limits=wanted.limits, expires_after=expires,
        priority=options.get("priority", 0) - (10 if tier == "flex" else 0), callback=given.get("callback_url", ""),
        camera_fixed=bool(options.get("camera_fixed")), draft_task=draft, warnings=warnings,
    )  # fmt: skip


def strip_flags(text: str) -> tuple[str, dict[str, str]]:
    """A prompt without its inline flags, and those by field; the last of a name counts."""
    flags = {FLAGS[name.lower()]: value for name, value in _FLAG.findall(text)}
    return (_FLAG.sub("", text).strip(), flags) if flags else (text.strip(), {})


def _lenient(flags: dict[str, str], given: dict[str, Any], model: Model, warnings: list[str]) -> dict[str, Any]:
    """Flags as options. One that cannot be read is left out with a warning; a field of the same name counts more."""
    found: dict[str, Any] = {}
    for name, text in flags.items():
        if name in given:
            continue
        value = _flag(name, text.strip().lower(), model)
        if value is None:
            warnings.append(f"The flag --{name} {text} in the prompt cannot be obeyed and was left out.")
        else:
            found[name] = value
    return found


def _flag(name: str, text: str, model: Model) -> Any:
    if name in ("watermark", "camera_fixed"):
        return True if text in ("", *_TRUE) else False if text in _FALSE else None
    if name == "resolution":
        return text if text in model.resolutions and text in SIZES else None
    if name == "ratio":
        return text if text in _RATIOS else None
    if not re.fullmatch(r"-?\d{1,10}", text):
        return None
    number = int(text)
    least, most = model.seconds
    fits = {"duration": number == -1 or least <= number <= most, "seed": -1 <= number < 2**32, "fps": True, "frames": _whole_seconds(number) > 0}
    return number if fits[name] else None


def _whole_seconds(frames: int) -> int:
    """The seconds that a number of frames means: whole ones, or with one frame more or less as the vendors count; else 0."""
    seconds = round(frames / FRAMES)
    return seconds if seconds >= 4 and seconds <= 15 and abs(frames - seconds * FRAMES) <= 1 else 0


def seconds_asked(options: dict[str, Any], model: Model, warnings: list[str]) -> int:
    """The length, 0 for auto. Raises ``Problem``."""
    least, most = model.seconds
    if "frames" in options and "duration" not in options:
        seconds = _whole_seconds(options["frames"])
        if not seconds:
            choices = ", ".join(str(FRAMES * s) for s in range(least, most + 1))
            message = f"frames is {options['frames']}; films last whole seconds of {FRAMES} frames: {choices}. Or give duration."
            raise Problem("invalid", message, param="frames")
        if options["frames"] != seconds * FRAMES:
            warnings.append(f"{options['frames']} frames were rounded to {seconds * FRAMES} ({seconds} s).")
        return seconds
    seconds = options.get("duration", model.default_seconds)
    if seconds == -1:
        return 0
    if not least <= seconds <= most:
        raise Problem("invalid", f"duration is {seconds}; {model.name} makes films of {least} to {most} s, or -1 for auto.", param="duration")
    return seconds


def resolution_asked(text: str, model: Model) -> str:
    """The resolution. Raises ``Problem``."""
    name = text.strip().lower()
    if name not in model.resolutions:
        raise Problem("invalid", f"resolution is {text!r}; {model.name} makes {', '.join(model.resolutions)}.", param="resolution")
    return name


def ratio_asked(text: str, warnings: list[str]) -> str:
    """The ratio. Raises ``Problem``."""
    name = {"auto": "adaptive", "keep_ratio": "adaptive"}.get(text.strip().lower(), text.strip().lower())
    if name not in _RATIOS:
        raise Problem("invalid", f"ratio is {text!r}; choose one of {', '.join(_RATIOS)}.", param="ratio")
    if name != text:
        warnings.append(f"The ratio {text} is read as {name}.")
    return name


def sources_of(body: CreateTask, model: Model) -> tuple[Source, ...]:
    """Where the references are, in the order of the content, and what they are called. Raises ``Problem`` for what does not go together."""
    pictures = [item for item in body.content if isinstance(item, ImageItem)]
    others = any(isinstance(item, VideoItem | AudioItem) for item in body.content) or bool(body.references)
    alone = len(pictures) == 1 and not others
    sources: list[Source] = []
    frames: list[str] = []
    edits = body.omni_reference_task_type == "edit"
    for k, item in enumerate(body.content):
        where = f"content[{k}]"
        if isinstance(item, ImageItem):
            role = item.role or ("first_frame" if alone else "reference_image")
            if role == "mask":
                raise Problem("task_type", "Masks are not known here.", param=f"{where}.role")
            if role in ("first_frame", "last_frame"):
                if role in frames:
                    raise Problem("task_type", f"Two pictures are the {role.replace('_', ' ')}.", param=f"{where}.role")
                frames.append(role)
            sources.append(Source(url=item.image_url.url, param=f"{where}.image_url.url", kind="image", tag=role if role in frames else None))
        elif isinstance(item, VideoItem):
            tag = "edit_source" if edits and not any(s.tag == "edit_source" for s in sources) else None
            sources.append(Source(url=item.video_url.url, param=f"{where}.video_url.url", kind="video", tag=tag))
        elif isinstance(item, AudioItem):
            sources.append(Source(url=item.audio_url.url, param=f"{where}.audio_url.url", kind="audio"))
    if frames == ["last_frame"] and not model.mixed:
        raise Problem("task_type", "There is a last frame without a first one.", param="content")
    if frames and len(sources) > len(frames) and not model.mixed:
        message = "First and last frames and references do not go together with this model; give one or the other, or use the model phonofilm."
        raise Problem("task_type", message, param="content")
    for k, named in enumerate(body.references or ()):
        sources.append(Source(url=named.url, param=f"references[{k}].url", tag=named.tag, name=named.name or ""))
    return tuple(sources)


def hold_still(wanted: Wanted, script: Script, warnings: list[str]) -> Wanted:
    """A wish whose camera does not move, where the prompt does not move it."""
    if any(move.move != "static" for shot in script.shots for move in shot.moves):
        warnings.append("camera_fixed was left out: the prompt moves the camera.")
        return wanted
    return replace(wanted, prompt=f"{wanted.prompt} {_STILL.get(script.language, 'Static camera.')}".strip())


def status_of(job: Job, settings: Settings) -> Status:
    """The state as the interface names it."""
    status = job.state.status
    return "failed" if status == "expired" and settings.expired_as_failed else status


def task_of(job: Job, settings: Settings, *, urls: dict[str, str], video_url: str = "", position: int | None = None) -> dict[str, Any]:
    """A task as it is shown. ``video_url`` is what the vendors' clients download."""
    wanted, state = job.wanted, job.state
    error: dict[str, str] | None = None
    if isinstance(state, Failed):
        error = error_of_job(state.code, state.message)
    elif state.status == "expired" and settings.expired_as_failed:
        error = error_of_job("expired", "The task was not done in time.")
    task: dict[str, Any] = {
        "id": job.id, "model": job.model, "status": status_of(job, settings), "error": error, "created_at": int(job.created),
        "updated_at": int(job.updated), "seed": wanted.seed, "resolution": wanted.resolution, "ratio": ratio_of(job),
        "duration": seconds_of(job) or -1, "framespersecond": FRAMES, "service_tier": job.asked.get("service_tier", "default"),
        "execution_expires_after": job.asked.get("execution_expires_after", round(job.deadline - job.created)),
        "generate_audio": wanted.sound, "draft": wanted.draft, "priority": job.asked.get("priority", 0),
    }  # fmt: skip
    for name in ("safety_identifier", "draft_task_id"):
        if name in job.asked:
            task[name] = job.asked[name]
    if state.status == "succeeded":
        task["content"] = {"video_url": video_url or urls.get("film", "")}
        if wanted.last_frame and "last_frame" in urls:
            task["content"]["last_frame_url"] = urls["last_frame"]
        tokens = tokens_of(job)
        task["usage"] = {"completion_tokens": tokens, "total_tokens": tokens}
    task |= {"progress": percent_of(job), "step": state.step if isinstance(state, Running) else "", "warnings": list(remarks_of(job)), "files": urls}
    if isinstance(state, Running) and state.cancelling:
        task["cancelling"] = True
    if position is not None:
        task["position"] = position
    return task


def request_shown(job: Job, uploads: dict[str, str]) -> dict[str, Any]:
    """What was asked for, so that it can be asked for again. ``uploads``: links to the references by sha256."""
    w = job.wanted
    references = [
        {"tag": g.tag, "kind": g.kind, "name": g.name, "asset": f"asset://asset-{g.sha256}", "url": uploads.get(g.sha256, "")} for g in w.given
    ]
    return {
        "prompt": w.prompt, "references": references, "duration": w.seconds or -1, "ratio": w.ratio, "resolution": w.resolution, "seed": w.seed,
        "engine": w.engine, "generate_audio": w.sound, "draft": w.draft, "watermark": bool(w.watermark), "transcripts": w.transcripts,
        "consent": w.consent, "limits": w.limits, "from_score": bool(w.score),
    }  # fmt: skip
