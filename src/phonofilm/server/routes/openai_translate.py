"""OpenAI's words for a film into those of the Ark interface, which every other interface speaks here. Nothing is decided but what words mean."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from phonofilm.request import SIZES
from phonofilm.server.bodies import Form, Stored
from phonofilm.server.problem import Problem
from phonofilm.server.routes.openai_models import UNUSED, CreateVideo, Place, Reference

MODEL = "sora-2"
FPS = 24
#: which take files and addresses
FIELDS = ("input_reference", "image_reference", "video_reference", "audio_reference", "references")
_BRACKETS = re.compile(r"(\w+)((?:\[\w*\])+)")
#: the field here that stands behind one of the Ark interface
PARAMS = {
    "duration": "seconds", "frames": "num_frames", "resolution": "size", "ratio": "size", "content": "input_reference",
    "generate_audio": "generate_sound",
}  # fmt: skip


def of_form(form: Form, *more: str) -> tuple[dict[str, Any], dict[str, Stored]]:
    """A form as the JSON that it stands for, and its files by the tokens that stand for their addresses in it.

    ``input_reference[image_url]`` is a field of an object; ``references[][url]`` are columns of a list of objects, in order.
    ``more``: further fields that files may come in.
    """
    data: dict[str, Any] = {}
    columns: dict[str, dict[str, list[str]]] = {}
    for name, value in form.fields:
        match = _BRACKETS.fullmatch(name)
        if match is None:
            data[name] = value
            continue
        keys = re.findall(r"\[(\w*)\]", match[2])
        if keys == [""]:
            data.setdefault(match[1], []).append(value)
        elif len(keys) == 1:
            data.setdefault(match[1], {})[keys[0]] = value
        elif len(keys) == 2 and not keys[0] and keys[1]:
            columns.setdefault(match[1], {}).setdefault(keys[1], []).append(value)
        else:
            raise Problem("invalid", f"{name} is no field; send what has structure as JSON in one field.", param=match[1])
    for name, found in columns.items():
        if len({len(values) for values in found.values()}) != 1:
            raise Problem(
                "invalid", f"{name} came in columns of different lengths, so that nobody knows what belongs together. Send it as JSON.", param=name
            )
        data.setdefault(name, []).extend(dict(zip(found, row, strict=True)) for row in zip(*found.values(), strict=True))
    lifted = dict(form.lifted)
    for k, (name, stored) in enumerate(form.files):
        plain = name.removesuffix("[]")
        if plain not in (*FIELDS, *more):
            raise Problem("invalid", f"No file is expected in the field {name}. Files go into input_reference.", param=name)
        token = f"form:{k}"
        lifted[token] = stored
        before = data.get(plain)
        data[plain] = [*(before if isinstance(before, list) else [before] if before else []), {"url": token, "name": stored.name}]
    return data, lifted


def to_ark(video: CreateVideo, kinds: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The request in Ark's words, and remarks. ``kinds`` of the addresses whose fields do not say: image, video or audio. Raises ``Problem``."""
    remarks = [f"{name} changes nothing here." for name in UNUSED if (video.model_extra or {}).get(name) not in (None, "")]
    remarks += [f"extra_params.{name} changes nothing here." for name in video.extra_params or {}]
    ark: dict[str, Any] = {"model": video.model or MODEL}
    given = [(field, reference) for field in FIELDS for reference in getattr(video, field) or ()]
    found = [(kind_and_url(field, reference, kinds), reference) for field, reference in given]
    lone = len(found) == 1 and not video.references
    content: list[dict[str, Any]] = [{"type": "text", "text": prompt_of(video)}]
    named: list[dict[str, Any]] = []
    for (kind, url), reference in found:
        tag = reference.tag or _mentioned(reference.name or "", video.prompt)
        if tag:
            named.append({"tag": tag, "url": url, "name": reference.name})
        else:
            role = None if lone and kind == "image" else f"reference_{kind}"
            content.append({"type": f"{kind}_url", f"{kind}_url": {"url": url}, "role": role})
    ark["content"] = content
    if named:
        ark["references"] = named
    if (seconds := seconds_of(video, remarks)) is not None:
        ark["duration"] = seconds
    ark |= size_of(video, remarks)
    sound = video.generate_sound if video.generate_audio is None else video.generate_audio
    same = ("seed", "watermark", "engine", "limits", "transcripts", "consent", "callback_url")
    ark |= {name: value for name in same if (value := getattr(video, name)) is not None}
    ark |= {name: value for name, value in (("generate_audio", sound), ("safety_identifier", video.user)) if value is not None}
    return ark, remarks


def edit_of(ark: dict[str, Any], url: str) -> dict[str, Any]:
    """The request to change the clip at that address: as long and of the shape that it has, unless said otherwise."""
    text, *others = ark["content"]
    clip = {"type": "video_url", "video_url": {"url": url}, "role": "reference_video"}
    return {"ratio": "adaptive", "duration": -1, **ark, "content": [text, clip, *others], "omni_reference_task_type": "edit"}


def urls_of(video: CreateVideo) -> tuple[str, ...]:
    """The addresses whose kind no field says."""
    return tuple(r.url for field in ("input_reference", "references") for r in getattr(video, field) or () if r.url)


def kind_and_url(field: str, reference: Reference, kinds: Mapping[str, str]) -> tuple[str, str]:
    """(image, video or audio; address) of a reference. Raises ``Problem``."""
    said = field.removesuffix("_reference")
    for kind in ("image", "video", "audio"):
        if place := getattr(reference, f"{kind}_url"):
            return kind, place.url if isinstance(place, Place) else place
    if url := reference.url or (f"asset://{reference.file_id}" if reference.file_id else ""):
        return kinds.get(url) or (said if said in ("image", "video", "audio") else "image"), url
    raise Problem("missing_parameter", f"{field} holds neither a file nor an address; give image_url, video_url, audio_url or file_id.", param=field)


def prompt_of(video: CreateVideo) -> str:
    """The prompt, with what is not wanted said in it as people say it: "no music"."""
    unwanted = [word.strip(" .。") for word in re.split(r"[,;，、；\n]", video.negative_prompt or "")]
    bare = [re.sub(r"^no\s+|^不要", "", word, flags=re.IGNORECASE) for word in unwanted if word]
    words = [("不要" if re.search(r"[\u4e00-\u9fff]", word) else "No ") + word for word in bare]
    return "\n".join((video.prompt, *(f"{word}." for word in words)))


def seconds_of(video: CreateVideo, remarks: list[str]) -> int | None:
    """Whole seconds, −1 for auto, None where nothing was said. Raises ``Problem``."""
    if video.fps is not None and video.fps != FPS:
        remarks.append(f"fps is {video.fps:g}; films have {FPS} frames a second.")
    if video.seconds is not None and video.seconds.strip():
        if video.seconds.strip().lower() in ("auto", "-1"):
            return -1
        try:
            seconds = float(video.seconds)
        except ValueError:
            seconds = math.nan
        if not seconds.is_integer():
            raise Problem("invalid", f'seconds is {video.seconds[:20]!r}; give whole seconds, such as "4", or "auto".', param="seconds")
        return int(seconds)
    if video.num_frames is None:
        return None
    asked = video.num_frames / (video.fps or FPS)
    whole = max(4, round(asked))
    if whole != asked:
        remarks.append(f"num_frames {video.num_frames} at {video.fps or FPS:g} a second is {asked:.2f} s; the film lasts {whole} s.")
    return whole


def size_of(video: CreateVideo, remarks: list[str]) -> dict[str, str]:
    """Resolution and ratio: those said, else those of the nearest size that films have. Raises ``Problem``."""
    said = {name: value for name, value in (("resolution", video.resolution), ("ratio", video.aspect_ratio)) if value}
    if video.size and video.size.strip().lower() != "auto":
        match = re.fullmatch(r"\s*(\d{2,5})\s*[x×*]\s*(\d{2,5})\s*", video.size, re.IGNORECASE)
        if match is None:
            raise Problem("invalid", f"size is {video.size!r}; give width and height, such as 1280x720.", param="size")
        return nearest(int(match[1]), int(match[2]), remarks) | said
    if video.width and video.height:
        return nearest(video.width, video.height, remarks) | said
    return said


def nearest(width: int, height: int, remarks: list[str]) -> dict[str, str]:
    """The size of ours that is nearest in shape, then in area. Raises ``Problem`` where the shape is none that films have."""
    shape, area = math.log(width / height), math.log(width * height)
    rows = [(resolution, ratio, *size) for resolution, sizes in SIZES.items() for ratio, size in sizes.items()]
    resolution, ratio, w, h = min(rows, key=lambda r: (round(abs(math.log(r[2] / r[3]) - shape), 1), abs(math.log(r[2] * r[3]) - area)))
    if abs(math.log(w / h) - shape) > 0.25:
        raise Problem("invalid", f"size is {width}x{height}; the nearest shape of films is {ratio}, which is another.", param="size")
    if (w, h) != (width, height):
        remarks.append(f"size is {width}x{height}; the film is made at {w}x{h}.")
    return {"resolution": resolution, "ratio": ratio}


def param_of(param: str) -> str:
    """The field here that stands behind one of the Ark interface."""
    first = re.match(r"\w+", param)
    return PARAMS.get(first[0], param) if first else param


def _mentioned(name: str, prompt: str) -> str:
    """The stem of a file's name, where the prompt calls the file by it."""
    stem = name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    return stem if stem and re.search(rf"@{re.escape(stem)}(?![\w-])", prompt) else ""
