"""The studio: the built pages, served as they are, and the five requests that it offers to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles

from phonofilm.jobs.files import Files
from phonofilm.server.examples import EXAMPLES, example, prepared
from phonofilm.server.films import in_thread
from phonofilm.server.keys import Caller
from phonofilm.server.problem import Problem
from phonofilm.server.routes.assets import shown
from phonofilm.server.services import reader, services, writer

FOLDER = Path(__file__).parents[1] / "studio"
PIECE = 1 << 20
_MISSING = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Phonofilm</title>
<p>The studio is not built here. Build it with <code>make studio</code>, or use the interface at <code>/api/v3</code>.</p></html>"""

router = APIRouter(include_in_schema=False)


@router.api_route("/", methods=["GET", "HEAD"])
async def page(request: Request) -> Response:
    """The page, or how to build it."""
    return index(FOLDER)


def index(folder: Path) -> Response:
    """The page of a built studio, asked for anew each time; how to build it where it is not."""
    path = folder / "index.html"
    if not path.is_file():
        return HTMLResponse(_MISSING, headers={"Cache-Control": "no-cache"})
    return FileResponse(path, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-cache"})


@router.get("/api/v3/examples")
async def examples(request: Request, caller: Annotated[Caller, Depends(reader)]) -> Response:
    """The examples, without their files."""
    return JSONResponse({"examples": [one.shown() for one in EXAMPLES]})


@router.post("/api/v3/examples/{id}")
async def prepare(request: Request, id: str, caller: Annotated[Caller, Depends(writer)]) -> Response:
    """The files of an example as uploads, made or fetched the first time."""
    the = services(request)
    one = example(id)
    if one is None:
        raise Problem("not_found", "There is no such example.")
    references: list[dict[str, Any]] = []
    for media, path in await in_thread(prepared, one):
        sha256 = await in_thread(_put, the.files, path)
        arrived = await the.inputs.look(sha256, media.name)
        references.append({"tag": media.tag, "asset": await shown(the, arrived, media.name, the.base(request))})
    return JSONResponse({"references": references})


def _put(files: Files, path: Path) -> str:
    with path.open("rb") as file:
        return files.put(iter(lambda: file.read(PIECE), b""))


class Assets(StaticFiles):
    """What the page loads. Names under ``assets/`` hold a hash of their content and may be kept for ever."""

    def file_response(self, full_path: str, *arguments: object, **named: object) -> Response:  # type: ignore[override]
        """The file, with how long it may be kept."""
        response = super().file_response(full_path, *arguments, **named)  # type: ignore[arg-type]
        kept = "public, max-age=31536000, immutable" if "assets" in Path(full_path).parts[-2:-1] else "no-cache"
        response.headers["Cache-Control"] = kept
        return response


def assets(folder: Path = FOLDER) -> StaticFiles | None:
    """The built files; None where the studio is not built."""
    return Assets(directory=folder, check_dir=False) if (folder / "index.html").is_file() else None
