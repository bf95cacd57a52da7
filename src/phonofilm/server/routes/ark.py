"""The native interface: Ark's content-generation tasks, with extensions of ours (progress, events, cancel, scores)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from phonofilm.errors import UnknownJob
from phonofilm.jobs.job import Event, Job, Queued, Running, Status, Succeeded
from phonofilm.limits import profile
from phonofilm.score.document import check, loads
from phonofilm.server.films import in_thread
from phonofilm.server.keys import Caller
from phonofilm.server.problem import Problem
from phonofilm.server.routes.ark_models import Created, CreateTask, ProblemBody, Task, Tasks
from phonofilm.server.routes.ark_translate import asked_of, hold_still, read_body, request_shown, status_of, task_of
from phonofilm.server.services import Services, reader, services, writer

PATH = "/api/v3/contents/generations/tasks"
REFUSALS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ProblemBody, "description": "Refused", "content": {"application/problem+json": {}}},
    "5XX": {"model": ProblemBody, "description": "Failed here", "content": {"application/problem+json": {}}},
}
BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CreateTask"}}}}}
_STATUSES: tuple[Status, ...] = ("queued", "running", "succeeded", "failed", "cancelled", "expired")
_OVER = ("succeeded", "failed", "cancelled", "expired")

router = APIRouter(tags=["Ark"], responses=REFUSALS)
Reads = Annotated[Caller, Depends(reader)]
Writes = Annotated[Caller, Depends(writer)]
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=255)]


@router.post(PATH, response_model=Created, response_model_exclude_none=True, openapi_extra=BODY)
async def create(request: Request, caller: Writes, idempotency_key: Key = "") -> Response:
    """Create a task: queue a film."""
    the = services(request)
    body = await the.json(request)
    with the.films.once(caller, idempotency_key):
        if job := await the.films.first(caller, idempotency_key, body.hash):
            return _created(job)
        fields, warnings = read_body(body.data, the.settings)
        asked = asked_of(fields, the.settings, warnings)
        base = the.base(request)
        rules = await in_thread(profile, asked.limits)
        wanted = replace(asked.wanted, given=await the.inputs.all(asked.sources, body.lifted, base, rules))
        echo = asked.echo
        if asked.draft_task:
            draft = await the.films.get(asked.draft_task, caller)
            wanted = replace(draft.wanted, draft=False, last_frame=wanted.last_frame, watermark=wanted.watermark)
            echo = {**echo, "draft_task_id": draft.id}
        elif not wanted.prompt and not wanted.given:
            raise Problem("missing_parameter", "There is neither a prompt nor a reference. Say what the film shows.", param="content")
        script = await the.films.read(wanted)
        if asked.camera_fixed:
            wanted = hold_still(wanted, script, warnings)
        job = await the.films.create(
            wanted, caller=caller, dialect="ark", model=fields.model, base=base, asked=echo, priority=asked.priority, script=script,
            expires_after=asked.expires_after, callback=asked.callback, warnings=warnings, idempotency=idempotency_key, body_hash=body.hash,
        )  # fmt: skip
        request.state.committed = True
        the.metrics.created.labels("ark").inc()
        return _created(job)


def _created(job: Job) -> Response:
    return JSONResponse({"id": job.id, **({"warnings": list(job.warnings)} if job.warnings else {})})


@router.get(PATH, response_model=Tasks)
async def list_tasks(
    request: Request,
    caller: Reads,
    page_num: Annotated[int, Query(ge=1, le=100_000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=500)] = 20,
    status: Annotated[str, Query(alias="filter.status")] = "",
    model: Annotated[str, Query(alias="filter.model", max_length=200)] = "",
    service_tier: Annotated[str, Query(alias="filter.service_tier")] = "",
    task_ids: Annotated[list[str] | None, Query(alias="filter.task_ids", max_length=500)] = None,
) -> Response:
    """List tasks, the newest first."""
    the = services(request)
    states: tuple[Status, ...] = tuple(s for s in _STATUSES if s in status.split(","))
    if status and len(states) != len(status.split(",")):
        raise Problem("invalid", f"filter.status is {status[:80]!r}; choose of {', '.join(_STATUSES)}.", param="filter.status")
    if service_tier not in ("", "default", "flex"):
        raise Problem("invalid", f"filter.service_tier is {service_tier[:80]!r}; choose default or flex.", param="filter.service_tier")
    if the.settings.expired_as_failed and "failed" in states:
        states = (*states, "expired")
    tier = {"service_tier": service_tier} if service_tier else None
    ids = tuple(one for part in task_ids or () for one in part.split(",") if one)[:500]
    jobs, total = await the.films.list(caller, status=states, model=model, ids=ids, page=page_num, size=page_size, asked=tier)
    base = the.base(request)
    return JSONResponse({"items": [task_of(job, the.settings, urls=the.films.urls(job, base)) for job in jobs], "total": total})


@router.get(PATH + "/{task_id}", response_model=Task)
async def get_task(request: Request, task_id: str, caller: Reads) -> Response:
    """A task as it stands."""
    the = services(request)
    job = await the.films.get(task_id, caller)
    return JSONResponse(await shown(the, job, the.base(request)))


async def shown(the: Services, job: Job, base: str) -> dict[str, Any]:
    """A task with its links, its place in the queue, and its request."""
    urls = the.films.urls(job, base)
    video_url = await the.films.video_url(job, base) if isinstance(job.state, Succeeded) else ""
    uploads = {g.sha256: the.films.upload_url(g.sha256, base) for g in job.wanted.given}
    task = task_of(job, the.settings, urls=urls, video_url=video_url, position=await the.films.place(job))
    return {**task, "request": request_shown(job, uploads)}


@router.delete(PATH + "/{task_id}")
async def delete_task(request: Request, task_id: str, caller: Writes) -> Response:
    """Cancel a task that waits; forget one that is over. One that runs is refused: cancel it."""
    the = services(request)
    job = await the.films.get(task_id, caller)
    if isinstance(job.state, Queued):
        job = await the.films.cancel(task_id, caller)
        if job.state.status == "cancelled":
            return JSONResponse({})
    if isinstance(job.state, Running):
        raise Problem("state", f"The task {job.id} is running. Cancel it with POST {PATH}/{job.id}/cancel.", param="id")
    if job.state.status == "cancelled":
        raise Problem("state", f"The task {job.id} is cancelled; it goes by itself within a day.", param="id")
    await the.films.delete(task_id, caller)
    return JSONResponse({})


@router.post(PATH + "/{task_id}/cancel", response_model=Task)
async def cancel_task(request: Request, task_id: str, caller: Writes) -> Response:
    """Stop a task, also one that runs. What is over stays as it is."""
    the = services(request)
    job = await the.films.cancel(task_id, caller)
    return JSONResponse(await shown(the, job, the.base(request)))


@router.get(PATH + "/{task_id}/events", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
async def listen(
    request: Request, task_id: str, caller: Reads, last_event_id: Annotated[str, Header(alias="Last-Event-ID", max_length=40)] = ""
) -> Response:
    """A task's events as they happen (server-sent events): status, progress, preview, and done with the whole task at the end.

    After ``Last-Event-ID`` only what is newer comes. A comment is sent where nothing happened for 15 seconds.
    """
    the = services(request)
    await the.films.get(task_id, caller)
    after = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else 0
    lines = _lines(the, task_id, caller, after, the.base(request))
    return StreamingResponse(lines, media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


async def _lines(the: Services, id: str, caller: Caller, after: int, base: str) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    last = after
    if (job := await _still(the, id, caller)) and job.state.status in _OVER:  # nothing more will happen: what is new, and the end
        for event in await the.films.events(id, after):
            last = event.id
            yield _line(event.kind, event.id, _data(the, id, event, base))
        yield _line("done", last, await shown(the, job, base))
        return
    async for event in the.listening.listen(id, after):
        if event is None:
            yield ": still here\n\n"
            continue
        yield _line(event.kind, event.id, _data(the, id, event, base))
        if event.kind == "status" and event.data["status"] in _OVER:
            if job := await _still(the, id, caller):
                yield _line("done", event.id, await shown(the, job, base))
            return


async def _still(the: Services, id: str, caller: Caller) -> Job | None:
    try:
        return await the.films.get(id, caller)
    except UnknownJob:
        return None


def _data(the: Services, id: str, event: Event, base: str) -> dict[str, Any]:
    if event.kind == "preview":
        return {"url": base + the.signer.path(f"/files/{id}/preview.jpg") + f"&n={event.id}"}
    if event.kind == "progress":
        return {"step": event.data.get("step", ""), "progress": min(int(100 * event.data.get("progress", 0)), 99)}
    if event.data["status"] == "expired" and the.settings.expired_as_failed:
        return {**event.data, "status": "failed"}
    return event.data


def _line(kind: str, id: int, data: dict[str, Any]) -> str:
    return f"id: {id}\nevent: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


@router.get(PATH + "/{task_id}/score")
async def get_score(request: Request, task_id: str, caller: Reads) -> Response:
    """The score that the film was played from."""
    the = services(request)
    job = await the.films.get(task_id, caller)
    path = the.files.of(job).get("score")
    if path is None:
        raise Problem("state", f"The task {job.id} is {status_of(job, the.settings)}; there is a score when it has succeeded.", param="id")
    return Response(await in_thread(path.read_bytes), media_type="application/json")


@router.post(
    PATH + "/{task_id}/score", response_model=Created, response_model_exclude_none=True,
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}},
)  # fmt: skip
async def play_score(request: Request, task_id: str, caller: Writes, idempotency_key: Key = "") -> Response:
    """Play an edited score: a new task with the files of this one."""
    the = services(request)
    body = await the.json(request)
    with the.films.once(caller, idempotency_key):
        if job := await the.films.first(caller, idempotency_key, body.hash):
            return _created(job)
        old = await the.films.get(task_id, caller)
        text = json.dumps(body.data, ensure_ascii=False)
        score = await in_thread(loads, text)
        await in_thread(check, score)
        job = await the.films.create(
            replace(old.wanted, score=text, seed=score.seed), caller=caller, dialect="ark", model=old.model, base=the.base(request),
            asked={**old.asked, "score_of": old.id}, idempotency=idempotency_key, body_hash=body.hash,
        )  # fmt: skip
        request.state.committed = True
        the.metrics.created.labels("ark").inc()
        return _created(job)


def schemas() -> dict[str, Any]:
    """The schemas of bodies that are read by hand, for the OpenAPI document."""
    schema = CreateTask.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), "CreateTask": schema}
