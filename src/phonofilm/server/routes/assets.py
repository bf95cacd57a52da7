"""What the studio needs besides tasks: uploads, the reading of a prompt, what can be asked for, and the request in a film."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import JSONResponse, Response

from phonofilm.clock import seconds
from phonofilm.errors import ReferenceError_
from phonofilm.media import sandbox
from phonofilm.media.thumbnail import thumbnail
from phonofilm.request import Reference
from phonofilm.server.bodies import Stored
from phonofilm.server.films import in_thread
from phonofilm.server.inputs import Arrived
from phonofilm.server.keys import Caller
from phonofilm.server.problem import Problem
from phonofilm.server.reading import reading
from phonofilm.server.routes.ark import REFUSALS
from phonofilm.server.routes.ark_translate import problem_of_validation
from phonofilm.server.services import Services, reader, services, writer

router = APIRouter(prefix="/api/v3", tags=["Studio"], responses=REFUSALS)
Reads = Annotated[Caller, Depends(reader)]
Writes = Annotated[Caller, Depends(writer)]
MOST_PROMPT = 100_000
_BYTES = {"type": "string", "format": "binary"}
_FORM = {"type": "object", "required": ["file"], "properties": {"file": _BYTES}}
_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"multipart/form-data": {"schema": _FORM}, "application/octet-stream": {"schema": _BYTES}},
    }
}


class Asset(BaseModel):
    """An upload: name it as ``asset://`` and its id. ``thumbnail`` is empty for a sound, ``peaks`` (levels 0…1) for what is silent."""

    id: str
    kind: Literal["image", "video", "audio"]
    name: str
    bytes: int
    width: int
    height: int
    seconds: float
    format: str
    sound: bool
    thumbnail: str
    peaks: list[float]
    url: str


class NamedKind(BaseModel):
    """A reference as a prompt knows it."""

    model_config = ConfigDict(extra="ignore")
    tag: str = Field(min_length=1, max_length=64)
    kind: Literal["image", "video", "audio"]


class ReadPrompt(BaseModel):
    """A prompt and what it may mention."""

    model_config = ConfigDict(extra="ignore")
    prompt: str = Field(max_length=MOST_PROMPT)
    references: list[NamedKind] = Field(default_factory=list[NamedKind], max_length=64)


@router.post("/files", response_model=Asset, openapi_extra=_FILE)
async def upload(request: Request, caller: Writes) -> Response:
    """Upload a file, as a form with a field ``file`` or as the whole body. It is kept for a day, or for as long as a task needs it."""
    the = services(request)
    stored = await _one_file(request, the)
    arrived = await the.inputs.look(stored.sha256, stored.name)
    return JSONResponse(await shown(the, arrived, stored.name, the.base(request)))


@router.get("/files/{asset}", response_model=Asset)
async def look(request: Request, asset: str, caller: Reads) -> Response:
    """An upload again, by its id."""
    the = services(request)
    sha256 = asset.removeprefix("asset-")
    if len(sha256) != 64 or await in_thread(the.files.path, sha256) is None:
        raise Problem("not_found", "There is no such upload here (any more).")
    return JSONResponse(await shown(the, await the.inputs.look(sha256), "", the.base(request)))


async def _one_file(request: Request, the: Services) -> Stored:
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        form = await the.form(request)
        files = [stored for name, stored in form.files if name == "file"] or [stored for _, stored in form.files]
        if len(files) != 1:
            raise Problem("missing_parameter", f"The form holds {len(files)} files; send one in the field file.", param="file")
        return files[0]
    return await the.file(request)


async def shown(the: Services, arrived: Arrived, name: str, base: str) -> dict[str, Any]:
    """An upload as it is shown."""
    facts = arrived.facts
    path = await in_thread(the.files.path, arrived.sha256)
    jpeg, peaks = (b"", []) if path is None else await _small(the, path)
    return {
        "id": f"asset-{arrived.sha256}", "kind": facts.kind, "name": arrived.name or name, "bytes": facts.bytes, "width": facts.width,
        "height": facts.height, "seconds": round(seconds(facts.length), 3), "format": facts.format, "sound": facts.sound or facts.kind == "audio",
        "thumbnail": f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}" if jpeg else "", "peaks": peaks,
        "url": the.films.upload_url(arrived.sha256, base),
    }  # fmt: skip


async def _small(the: Services, path: Path) -> tuple[bytes, list[float]]:
    try:
        return await the.inputs.looking(thumbnail, path)
    except ReferenceError_:  # it is a known file, but it cannot be shown small
        return b"", []


@router.post("/read", openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": ReadPrompt.model_json_schema()}}}})
async def read_prompt(request: Request, caller: Reads) -> Response:
    """How a prompt is read: spans, roles, and what was not understood. Places count characters, and as JavaScript does in start16 and end16."""
    the = services(request)
    body = await the.json(request)
    try:
        wanted = ReadPrompt.model_validate(body.data)
    except ValidationError as e:
        raise problem_of_validation(e) from e
    references = [Reference(tag=r.tag, path=Path(r.tag), kind=r.kind, sha256="") for r in wanted.references]
    return JSONResponse(await in_thread(reading, wanted.prompt, references))


@router.get("/options")
async def options(request: Request, caller: Reads) -> Response:
    """What can be asked for here: engines, sizes, ratios, lengths, limits, voices, roles, models."""
    return JSONResponse(await services(request).described.options())


@router.post("/restore", openapi_extra=_FILE)
async def restore(request: Request, caller: Reads) -> Response:
    """The request that is in a film made with Phonofilm. ``asset`` of a reference is empty where its file is not here (any more)."""
    the = services(request)
    stored = await _one_file(request, the)
    path = await in_thread(the.files.path, stored.sha256)
    assert path is not None
    try:
        answer = await the.inputs.looking(lambda at: sandbox.run("provenance", at, seconds=10.0), path)
    except ReferenceError_ as e:
        raise ReferenceError_(stored.name or "the file", e.problem, e.hint) from e
    document: dict[str, Any] = answer.values["document"]
    request_: dict[str, Any] = document["request"] if isinstance(document.get("request"), dict) else {}
    references = [await _restored(the, one, the.base(request)) for one in request_.get("references", [])[:12] if isinstance(one, dict)]
    wish = {
        "prompt": str(request_.get("prompt", "")), "references": references, "duration": request_.get("seconds") or -1,
        "ratio": request_.get("ratio", "adaptive"), "resolution": request_.get("resolution", "1080p"), "seed": request_.get("seed", 0),
        "engine": document.get("engine", ""), "generate_audio": request_.get("sound", True), "draft": bool(request_.get("draft")),
        "transcripts": request_.get("transcripts", {}), "consent": request_.get("consent", {}), "score_sha256": document.get("score_sha256", ""),
    }  # fmt: skip
    return JSONResponse(wish)


async def _restored(the: Services, one: dict[str, Any], base: str) -> dict[str, Any]:
    sha256 = str(one.get("sha256", ""))
    here = await in_thread(the.files.path, sha256) is not None
    found: dict[str, Any] = {"tag": str(one.get("tag", "")), "kind": str(one.get("kind", "")), "name": str(one.get("file", "")), "asset": ""}
    if here:
        arrived = await the.inputs.look(sha256, found["name"])
        found |= {"asset": f"asset://asset-{sha256}", **await shown(the, arrived, found["name"], base)}
    return found
