"""The OpenAI Videos interface, as its clients and those of vLLM-Omni and LiteLLM speak it. START HERE: ``create``."""

from __future__ import annotations

import asyncio
import hashlib
import time
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from phonofilm.jobs.job import Failed, Job, Queued, Running, Status, Succeeded
from phonofilm.server.bodies import Stored
from phonofilm.server.films import percent_of, remarks_of, seconds_of, size_of
from phonofilm.server.keys import Caller
from phonofilm.server.models import LISTED
from phonofilm.server.problem import Problem, error_of_job
from phonofilm.server.routes.ark import REFUSALS
from phonofilm.server.routes.ark_translate import problem_of_validation
from phonofilm.server.routes.files import answer
from phonofilm.server.routes.openai_models import UNUSED, CreateVideo, Deleted, EditVideo, Remix, Video, VideoError, Videos
from phonofilm.server.routes.openai_translate import FIELDS, MODEL, edit_of, of_form, param_of, to_ark, urls_of
from phonofilm.server.routes.queueing import kinds_of, named, queue
from phonofilm.server.services import Services, reader, services, writer

PATH = "/v1/videos"
STATUS: dict[Status, Literal["queued", "in_progress", "completed", "failed"]] = {
    "queued": "queued", "running": "in_progress", "succeeded": "completed", "failed": "failed", "cancelled": "failed", "expired": "failed",
}  # fmt: skip
VARIANTS = {"video": "film", "thumbnail": "poster", "spritesheet": "spritesheet"}
POLL_MS, LONGEST_POLL_MS = 500, 5000
DELETING_SECONDS = 5.0


def _body(name: str, *kinds: str) -> dict[str, Any]:
    schema = {"schema": {"$ref": f"#/components/schemas/{name}"}}
    return {"requestBody": {"required": True, "content": dict.fromkeys(kinds, schema)}}


BODY = _body("CreateVideo", "application/json", "multipart/form-data")
_EDIT = _body("EditVideo", "application/json", "multipart/form-data")
_REMIX = _body("Remix", "application/json")
_MP4: dict[int | str, dict[str, Any]] = {200: {"content": {"video/mp4": {}, "image/jpeg": {}}}}

router = APIRouter(tags=["OpenAI Videos"], responses=REFUSALS)
Reads = Annotated[Caller, Depends(reader)]
Writes = Annotated[Caller, Depends(writer)]
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=255)]


@router.post(PATH, response_model=Video, openapi_extra=BODY)
async def create_video(request: Request, caller: Writes, idempotency_key: Key = "") -> Response:
    """Queue a film, from JSON or a form."""
    job = await _created(request, caller, idempotency_key)
    return await _shown(services(request), job)


@router.post(PATH + "/sync", response_class=Response, responses=_MP4, openapi_extra=BODY)
async def create_and_wait(request: Request, caller: Writes, idempotency_key: Key = "") -> Response:
    """Make a film and answer with it. Who hangs up cancels it."""
    the = services(request)
    job = await _created(request, caller, idempotency_key)
    while isinstance(job.state, Queued | Running):
        await asyncio.sleep(POLL_MS / 2000)
        if await request.is_disconnected():
            await the.films.cancel(job.id, caller)
            return Response(status_code=499)
        job = await the.films.get(job.id, caller)
    return await _file(request, the, job, "film")


@router.post(PATH + "/edits", response_model=Video, openapi_extra=_EDIT)
async def edit_video(request: Request, caller: Writes, idempotency_key: Key = "") -> Response:
    """Change a clip, or a film that was made here, as the prompt says."""
    return await _shown(services(request), await _created(request, caller, idempotency_key, EditVideo))


async def _created(request: Request, caller: Caller, key: str, model: type[CreateVideo] = CreateVideo) -> Job:
    the = services(request)
    lifted: dict[str, Stored] = {}
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        form = await the.form(request, lift=FIELDS)
        data, lifted = of_form(form, *(["video"] if model is EditVideo else []))
        body_hash = form.meaning
    else:
        body = await the.json(request)
        data, lifted, body_hash = body.data, body.lifted, body.hash
    with the.films.once(caller, key):
        if job := await the.films.first(caller, key, body_hash):
            return job
        video: CreateVideo = _read(model, data)
        kinds = await kinds_of(the, urls_of(video), lifted, "input_reference")
        ark, remarks = to_ark(video, kinds)
        echo = {"prompt": video.prompt}
        if isinstance(video, EditVideo):
            ark, old = await _edited(request, the, caller, video, ark)
            echo |= {"remixed_from": old} if old else {}
        with named(param_of):
            return await queue(
                request, the, caller, ark | _unknown(video), dialect="openai", lifted=lifted, remarks=remarks, key=key, body_hash=body_hash, echo=echo
            )


async def _edited(request: Request, the: Services, caller: Caller, video: EditVideo, ark: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The request with the clip in it, and the id of the film that it is, if it is one of here."""
    given = video.video[0] if isinstance(video.video, list) and video.video else video.video
    if not isinstance(given, dict) or not (given.get("url") or given.get("id")):
        raise Problem("missing_parameter", 'The field video is missing: send a file, or {"id": …} of a film that was made here.', param="video")
    if not given.get("id"):
        return edit_of(ark, str(given["url"])), ""
    old = await the.films.get(str(given["id"]), caller)
    if not isinstance(old.state, Succeeded):
        raise Problem("state", f"The film {old.id} is {STATUS[old.state.status]}; it can be changed when it is completed.", param="video")
    like = {"model": video.model or old.model, "resolution": ark.get("resolution") or old.wanted.resolution}
    return edit_of(ark | like, the.films.urls(old, the.base(request))["film"]), old.id


def _read(model: type[Any], data: dict[str, Any]) -> Any:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise problem_of_validation(error) from error


def _unknown(video: CreateVideo) -> dict[str, Any]:
    """Fields that nobody knows go on: they are reported, or refused where the server is strict."""
    return {name: value for name, value in (video.model_extra or {}).items() if name not in UNUSED and value not in (None, "")}


@router.get(PATH, response_model=Videos)
async def list_videos(
    request: Request,
    caller: Reads,
    after: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    order: Literal["asc", "desc"] = "desc",
) -> Response:
    """List films, the newest first."""
    the = services(request)
    jobs, total = await the.films.list(caller, size=limit, after=after, oldest_first=order == "asc")
    data = [video_of(job) for job in jobs]
    page = Videos(data=data, has_more=total > len(data), first_id=data[0].id if data else None, last_id=data[-1].id if data else None)
    return JSONResponse(page.model_dump())


@router.get(PATH + "/{video_id}", response_model=Video)
async def get_video(request: Request, video_id: str, caller: Reads) -> Response:
    """A film as it stands. ``openai-poll-after-ms`` says when to ask again."""
    the = services(request)
    return await _shown(the, await the.films.get(video_id, caller))


@router.get(PATH + "/{video_id}/content", response_class=Response, responses=_MP4)
async def get_content(request: Request, video_id: str, caller: Reads, variant: Literal["video", "thumbnail", "spritesheet"] = "video") -> Response:
    """The film, a picture of it, or a sheet of pictures. Takes Range and If-None-Match."""
    the = services(request)
    return await _file(request, the, await the.films.get(video_id, caller), VARIANTS[variant])


async def _file(request: Request, the: Services, job: Job, what: str) -> Response:
    if isinstance(job.state, Failed):
        raise Problem(job.state.code if job.state.fault == "request" else "work", job.state.message)
    if not isinstance(job.state, Succeeded):
        raise Problem("state", f"The film {job.id} is {STATUS[job.state.status]}; its content is there when it is completed.", param="video_id")
    return await answer(request, the, job, what)


@router.delete(PATH + "/{video_id}", response_model=Deleted)
async def delete_video(request: Request, video_id: str, caller: Writes) -> Response:
    """Forget a film and its files; one that is not done is cancelled first."""
    the = services(request)
    job = await the.films.cancel(video_id, caller)
    until = time.monotonic() + DELETING_SECONDS
    while isinstance(job.state, Running):
        if time.monotonic() > until:
            raise Problem("state", f"The film {job.id} is being stopped. Delete it in a moment.", param="video_id")
        await asyncio.sleep(0.1)
        job = await the.films.get(video_id, caller)
    await the.films.delete(video_id, caller)
    return JSONResponse(Deleted(id=job.id).model_dump())


@router.post(PATH + "/{video_id}/remix", response_model=Video, openapi_extra=_REMIX)
async def remix_video(request: Request, video_id: str, caller: Writes, idempotency_key: Key = "") -> Response:
    """The same film with changes: its references, size, length and seed, and its prompt with the new one after it."""
    the = services(request)
    body = await the.json(request)
    with the.films.once(caller, idempotency_key):
        job = await the.films.first(caller, idempotency_key, body.hash)
        if job is None:
            remix: Remix = _read(Remix, body.data)
            old = await the.films.get(video_id, caller)
            job = await the.films.create(
                replace(old.wanted, prompt=f"{old.wanted.prompt}\n{remix.prompt}", score=""), caller=caller, dialect="openai", model=old.model,
                base=the.base(request), asked={"prompt": remix.prompt, "remixed_from": old.id}, idempotency=idempotency_key, body_hash=body.hash,
            )  # fmt: skip
            request.state.committed = True
            the.metrics.created.labels("openai").inc()
    return await _shown(the, job)


@router.post(PATH + "/extensions", include_in_schema=False)
@router.post(PATH + "/characters", include_in_schema=False)
@router.get(PATH + "/characters/{character_id}", include_in_schema=False)
async def not_here(request: Request, caller: Reads) -> Response:
    """What the vendor has and this server has not."""
    what = request.url.path.removeprefix(f"{PATH}/").partition("/")[0]
    hint = "Give the clip in input_reference of a new film, and say in the prompt what is to become of it."
    raise Problem("not_implemented", f"There are no {what} here. {hint}")


@router.get("/v1/models")
async def list_models(request: Request, caller: Reads) -> Response:
    """The models by the names that are listed for people."""
    return JSONResponse({"object": "list", "data": [{"id": name, "object": "model", "created": 0, "owned_by": "phonofilm"} for name in LISTED]})


async def _shown(the: Services, job: Job) -> Response:
    place = await the.films.place(job) or 1
    wait = {"openai-poll-after-ms": str(min(POLL_MS * place, LONGEST_POLL_MS))} if isinstance(job.state, Queued | Running) else {}
    return JSONResponse(video_of(job).model_dump(), headers=wait)


def video_of(job: Job) -> Video:
    """A job as the interface shows it."""
    state = job.state
    error = None
    if isinstance(state, Failed):
        error = VideoError(**error_of_job(state.code, state.message))
    elif state.status in ("cancelled", "expired"):
        said = "The film was cancelled." if state.status == "cancelled" else "The film was not done in time."
        error = VideoError(**error_of_job(state.status, said))
    width, height = size_of(job)
    return Video(
        id=job.id, model=job.model or MODEL, status=STATUS[state.status], progress=percent_of(job), created_at=int(job.created),
        completed_at=int(state.finished) if isinstance(state, Succeeded) else None, prompt=str(job.asked.get("prompt") or job.wanted.prompt),
        seconds=str(seconds_of(job) or "auto"), size=f"{width}x{height}", remixed_from_video_id=job.asked.get("remixed_from"), error=error,
        warnings=list(remarks_of(job)),
    )  # fmt: skip


def event_of(job: Job) -> dict[str, Any] | None:
    """What a callback is told of a film that was asked for here: that it is completed or failed; nothing before."""
    status = STATUS[job.state.status]
    if status not in ("completed", "failed"):
        return None
    number = hashlib.sha256(f"{job.id} {job.state.status}".encode()).hexdigest()[:24]
    return {"id": f"evt_{number}", "object": "event", "type": f"video.{status}", "created_at": int(job.updated), "data": {"id": job.id}}


def schemas() -> dict[str, Any]:
    """The schemas of bodies that are read by hand, for the OpenAPI document."""
    found: dict[str, Any] = {}
    for model in (CreateVideo, EditVideo, Remix):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        found |= {**schema.pop("$defs", {}), model.__name__: schema}
    return found
