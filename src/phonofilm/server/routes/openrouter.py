"""The OpenRouter Videos interface."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from phonofilm.jobs.job import Job, Queued, Running, Succeeded
from phonofilm.server.keys import Caller
from phonofilm.server.problem import Problem
from phonofilm.server.routes.ark_translate import problem_of_validation
from phonofilm.server.routes.files import answer
from phonofilm.server.routes.openrouter_models import UNUSED, CreateVideos, Generation, RouterProblem, VideoModels
from phonofilm.server.routes.openrouter_translate import expiry, generation_of, models, param_of, to_ark
from phonofilm.server.routes.queueing import named, queue
from phonofilm.server.services import Services, reader, services, writer

PATH = "/api/v1/videos"
REFUSALS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": RouterProblem, "description": "Refused"},
    "5XX": {"model": RouterProblem, "description": "Failed here"},
}
BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CreateVideos"}}}}}

router = APIRouter(tags=["OpenRouter Videos"], responses=REFUSALS)
Reads = Annotated[Caller, Depends(reader)]
Writes = Annotated[Caller, Depends(writer)]
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=255)]


@router.post(PATH, status_code=202, response_model=Generation, response_model_exclude_none=True, openapi_extra=BODY)
async def generate(request: Request, caller: Writes, idempotency_key: Key = "") -> Response:
    """Queue a film."""
    the = services(request)
    body = await the.json(request)
    with the.films.once(caller, idempotency_key):
        job = await the.films.first(caller, idempotency_key, body.hash)
        if job is None:
            try:
                asked = CreateVideos.model_validate(body.data)
            except ValidationError as error:
                raise problem_of_validation(error) from error
            if asked.previous_job_id:
                await the.films.get(asked.previous_job_id, caller)
                hint = "Give its last picture as a first_frame instead: ask for it with provider.options return_last_frame."
                raise Problem("invalid", f"Films here are not continued from a job. {hint}", param="previous_job_id")
            ark, remarks = to_ark(asked)
            unknown = {name: value for name, value in (asked.model_extra or {}).items() if name not in UNUSED and value is not None}
            with named(param_of):
                job = await queue(
                    request, the, caller, ark | unknown, dialect="openrouter", lifted=body.lifted, remarks=remarks, key=idempotency_key,
                    body_hash=body.hash,
                )  # fmt: skip
    return _shown(request, the, job, 202)


@router.get(PATH + "/models", response_model=VideoModels)
async def list_models(request: Request, caller: Reads) -> Response:
    """The models, and what each can do."""
    return JSONResponse(VideoModels(data=models()).model_dump())


@router.get(PATH + "/{job_id}", response_model=Generation, response_model_exclude_none=True)
async def get_generation(request: Request, job_id: str, caller: Reads) -> Response:
    """A film as it stands."""
    the = services(request)
    return _shown(request, the, await the.films.get(job_id, caller), 200)


@router.get(PATH + "/{job_id}/content", response_class=Response, responses={200: {"content": {"video/mp4": {}}}})
async def get_content(request: Request, job_id: str, caller: Reads, index: Annotated[int, Query(ge=0, le=1000)] = 0) -> Response:
    """The film. Takes Range and If-None-Match."""
    the = services(request)
    job = await the.films.get(job_id, caller)
    if not isinstance(job.state, Succeeded):
        raise Problem("state", f"The film {job.id} is {job.state.status}; its content is there when it is completed.", param="job_id")
    if index:
        raise Problem("not_found", "There is one film in a job; its index is 0.", param="index")
    return await answer(request, the, job, "film")


def _shown(request: Request, the: Services, job: Job, status: int) -> Response:
    return JSONResponse(_generation(the, job, the.base(request)), status)


def _generation(the: Services, job: Job, base: str) -> dict[str, Any]:
    film = the.films.urls(job, base).get("film", "")
    shown = generation_of(job, polling_url=f"{base}{PATH}/{job.id}", urls=[film] if film else [], expires_at=expiry(the.settings.link_seconds))
    return shown.model_dump(exclude_none=True)


def notice_of(the: Services, job: Job) -> dict[str, Any] | None:
    """What a callback is told of a film that was asked for here: what a poll is answered once it is over; nothing before."""
    if isinstance(job.state, Queued | Running):
        return None
    return _generation(the, job, str(job.asked.get("base", "")) or the.settings.base_url)


def schemas() -> dict[str, Any]:
    """The schemas of bodies that are read by hand, for the OpenAPI document."""
    schema = CreateVideos.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), "CreateVideos": schema}
