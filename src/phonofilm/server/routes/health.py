"""Whether it lives, whether it can work, and its figures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from phonofilm.server.films import in_thread
from phonofilm.server.keys import ADMIN, Caller
from phonofilm.server.services import may, services

router = APIRouter(tags=["Health"])
Operators = Annotated[Caller, Depends(may(ADMIN))]


@router.get("/healthz")
async def lives() -> Response:
    """It answers."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def ready(request: Request) -> Response:
    """It can take and make films: its store answers and a worker is there."""
    the = services(request)
    counts = await in_thread(the.store.counts)
    num_workers = len(request.app.state.pool.workers()) if request.app.state.pool else 0
    good = bool(num_workers or not the.settings.workers) and not the.listening.stopping
    body = {
        "status": "ready" if good else "not ready",
        "workers": num_workers,
        "queued": counts.get("queued", 0),
        "running": counts.get("running", 0),
    }
    return JSONResponse(body, 200 if good else 503)


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request, caller: Operators) -> Response:
    """Figures for Prometheus."""
    return Response(await in_thread(services(request).metrics.text), media_type="text/plain; version=0.0.4; charset=utf-8")
