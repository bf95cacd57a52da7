"""The application: routes over the services, and what runs beside them while it serves."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import urlsplit

import anyio.to_thread
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from phonofilm import __version__
from phonofilm.errors import PhonofilmError, StoreError
from phonofilm.jobs.cleaning import clean
from phonofilm.jobs.job import Job
from phonofilm.jobs.pool import Pool
from phonofilm.jobs.process import command as worker_command
from phonofilm.prompt import read
from phonofilm.server import documents
from phonofilm.server.films import in_thread
from phonofilm.server.problem import Problem, answer_problem, problem_of_status, response_of
from phonofilm.server.routes import ark, assets, files, health, openai, openrouter, studio
from phonofilm.server.routes.ark_translate import task_of
from phonofilm.server.security import Gate
from phonofilm.server.services import Services
from phonofilm.server.settings import Settings, secret_of
from phonofilm.server.webhooks import Bodies, Webhooks, read_secret

ROUTERS: tuple[APIRouter, ...] = (ark.router, assets.router, openai.router, openrouter.router, files.router, health.router, documents.router)
SWEEP_SECONDS, CLEAN_SECONDS = 0.5, 600.0
THREADS = 12
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_log = logging.getLogger(__name__)


def create_app(settings: Settings) -> FastAPI:
    """The server as an ASGI application; its workers live from its start to its end. Raises ``RequestError`` for settings that cannot be."""
    the = Services.of(settings)
    app = FastAPI(
        title="Phonofilm", version=__version__, docs_url=None, redoc_url=None, lifespan=_lifespan, responses=ark.REFUSALS,
        openapi_url=None,  # documents.router answers
        description="One request of words, pictures, clips and recordings in; one film out, its picture and sound made together.",
    )  # fmt: skip
    app.state.services, app.state.pool = the, None
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(studio.router)
    if static := studio.assets():
        app.mount("/", static)
    app.add_exception_handler(Problem, answer_problem)
    app.add_exception_handler(PhonofilmError, answer_problem)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_validation)
    public = urlsplit(settings.public_url).hostname or ""
    named = settings.host if not settings.host.replace(".", "").isdigit() else ""
    app.add_middleware(Gate, hosts=[h for h in (*settings.hosts, public, named) if h], any_host=settings.keys and not settings.hosts, done=_Done(the))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    the: Services = app.state.services
    settings = the.settings
    sys.setswitchinterval(0.001)  # threads that talk to the store must not hold up the loop
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    await in_thread(the.store.recover)
    command = worker_command("phonofilm.server.work:make", settings.database, settings.data, max_running=settings.max_running)
    pool = Pool(settings.workers, command, on_end=the.store.lost, hanging=the.store.hanging)
    app.state.pool = pool
    the.metrics.more |= {
        "phonofilm_workers": ("Worker processes that run.", lambda: len(pool.workers())),
        "phonofilm_worker_restarts": ("Worker processes that ended and were started again.", lambda: pool.restarts),
        "phonofilm_listeners": ("Open streams of events.", lambda: the.listening.num_listeners),
    }
    secret = read_secret(settings.webhook_secret) if settings.webhook_secret else secret_of(settings.data, "webhook-secret")
    webhooks = Webhooks(the.store, the.guard, secret, bodies(the), the.metrics)
    pool.start()
    works = (the.listening.run, webhooks.run, lambda: _sweep(the), lambda: _clean(the))
    tasks = [asyncio.create_task(_kept(work)) for work in works]
    tasks.append(asyncio.create_task(in_thread(_warm)))
    try:
        yield
    finally:
        the.listening.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await in_thread(pool.stop)
        await the.guard.close()
        await in_thread(the.store.close)


def bodies(the: Services) -> Bodies:
    """What callbacks hold, by interface."""

    def of_ark(job: Job) -> dict[str, Any]:
        return task_of(job, the.settings, urls=the.films.urls(job))

    return {"ark": of_ark, "openai": openai.event_of, "openrouter": lambda job: openrouter.notice_of(the, job)}


async def _kept(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """What runs beside the requests runs for as long as the server does, whatever happens in it."""
    while True:
        try:
            await work()
        except Exception:
            _log.exception("work beside the requests begins anew")
            await asyncio.sleep(1.0)


def _warm() -> None:
    """Read once in two languages, so that the first request finds the lexicons in memory."""
    for prompt in ("A beach at dusk. Slow push in.", "黄昏的海边，镜头缓缓推进。"):
        read(prompt, ())


async def _sweep(the: Services) -> None:
    while True:
        try:
            await in_thread(the.store.sweep)
        except StoreError as e:
            _log.warning("deadlines and leases are late: %s", e)
        await asyncio.sleep(SWEEP_SECONDS)


async def _clean(the: Services) -> None:
    while True:
        try:
            await in_thread(clean, the.store, the.files)
        except (StoreError, OSError) as e:
            _log.warning("the cleaning waits: %s", e)
        await asyncio.sleep(CLEAN_SECONDS)


class _Done:
    """What is told of every request: one line in the log, and its figures."""

    def __init__(self, the: Services) -> None:
        self._the = the
        self._log = logging.getLogger("phonofilm.requests")

    def __call__(self, scope: Scope, status: int, seconds: float, size: int, error: Exception | None) -> None:
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._the.metrics.requests.labels(method, route, str(status)).inc()
        if not route.endswith("/events"):
            self._the.metrics.seconds.labels(route).observe(seconds)
        state = scope.get("state", {})
        client = scope.get("client")
        extra = {
            "request_id": state.get("request_id", ""), "method": scope["method"], "path": scope["path"][:200], "status": status,
            "ms": round(seconds * 1000, 1), "bytes": size, "client": client[0] if client else "", "key": state.get("caller", ""),
        }  # fmt: skip
        if error is not None:
            self._log.error("request failed", extra=extra, exc_info=error)
        else:
            self._log.info("request", extra=extra)


async def _on_http(request: Request, error: Exception) -> Response:
    error = cast(HTTPException, error)
    words = {404: "There is nothing at this path.", 405: "This path does not take that method."}
    problem = problem_of_status(error.status_code, words.get(error.status_code, str(error.detail)))
    problem.headers |= error.headers or {}
    return response_of(problem, path=request.url.path)


async def _on_validation(request: Request, error: Exception) -> Response:
    first = cast(RequestValidationError, error).errors()[0]
    param = ".".join(str(part) for part in first["loc"][1:])
    name = "missing_parameter" if first["type"] == "missing" else "invalid"
    return response_of(Problem(name, f"{param}: {first['msg']}.", param=param), path=request.url.path)
