"""Films and what goes with them, behind signed links that need no key."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from phonofilm.jobs.job import Job, Running, Succeeded
from phonofilm.media.sniff import HEAD, sniff
from phonofilm.server.films import NAMES, PREVIEW, in_thread
from phonofilm.server.problem import Problem
from phonofilm.server.services import Services, services

_ANY: dict[str, Any] = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
#: what the document says of a file
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", **_ANY},
    206: {"description": "A range of it", **_ANY},
    304: {"description": "It is as it was"},
}
router = APIRouter(tags=["Files"])
_TYPES = {
    "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif", "bmp": "image/bmp", "tiff": "image/tiff",
    "heic": "image/heic", "avif": "image/avif", "mp4": "video/mp4", "mov": "video/quicktime", "wav": "audio/wav", "mp3": "audio/mpeg",
    "flac": "audio/flac", "ogg": "audio/ogg", "matroska": "video/webm",
}  # fmt: skip
#: what may be shown in a page; the rest is only ever saved
_SHOWN = (
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "image/avif",
    "video/mp4",
    "video/webm",
    "audio/wav",
    "audio/mpeg",
    "audio/flac",
    "audio/ogg",
)
#: nothing that comes from here may do anything in a page of its own
_ALONE = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"


@router.head("/files/uploads/{sha256}", include_in_schema=False)
@router.get("/files/uploads/{sha256}", response_class=FileResponse, responses=_FILE)
async def get_upload(request: Request, sha256: str, expires: str = "", signature: str = "") -> Response:
    """A reference that was uploaded."""
    the = services(request)
    the.signer.check(f"/files/uploads/{sha256}", expires, signature)
    path = await in_thread(the.files.path, sha256)
    if path is None:
        raise Problem("not_found", "This upload is not here any more.")
    form = sniff(await in_thread(_head, path))
    kind = _TYPES.get(form.name, "application/octet-stream") if form else "application/octet-stream"
    return await _answer(request, path, kind, "upload", etag=sha256)


@router.head("/files/{task_id}/{name}", include_in_schema=False)
@router.get("/files/{task_id}/{name}", response_class=FileResponse, responses=_FILE)
async def get_file(request: Request, task_id: str, name: str, expires: str = "", signature: str = "", download: str = "") -> Response:
    """A file of a task: film.mp4, poster.jpg, score.json … ``download`` 1: to be saved rather than shown. Takes Range and If-None-Match."""
    the = services(request)
    the.signer.check(f"/files/{task_id}/{name}", expires, signature)
    if name == PREVIEW:
        return await _preview(the, task_id)
    job = await in_thread(the.store.get, task_id)
    what = next((what for what, (known, _) in NAMES.items() if known == name), "")
    if job is None:
        raise Problem("not_found", "There is no such file; its task may have been deleted.")
    return await answer(request, the, job, what, save=download not in ("", "0"))


async def answer(request: Request, the: Services, job: Job, what: str, *, save: bool = False) -> Response:
    """A file of a finished task by what it is, with Range and If-None-Match. Raises ``Problem`` where the task left none."""
    if not isinstance(job.state, Succeeded) or what not in job.state.made.files or what not in NAMES:
        raise Problem("not_found", "There is no such file; its task may have been deleted.")
    name, kind = NAMES[what]
    etag = hashlib.sha256(f"{job.id} {job.state.made.files[what]} {job.state.finished}".encode()).hexdigest()[:32]
    return await _answer(request, the.files.of(job)[what], kind, f"{job.id}-{name}", etag=etag, save=save)


async def _preview(the: Services, task_id: str) -> Response:
    job = await in_thread(the.store.get, task_id)
    path = the.files.preview(job.id, f"{job.state.attempt}/{PREVIEW}") if job and isinstance(job.state, Running) else None
    try:
        data = await in_thread(path.read_bytes) if path else b""
    except FileNotFoundError:
        data = b""
    if not data:
        raise Problem("not_found", "There is no preview (any more).")
    return Response(data, media_type="image/jpeg")


async def _answer(request: Request, path: Path, kind: str, name: str, *, etag: str, save: bool = False) -> Response:
    try:
        status = await in_thread(path.stat)
    except FileNotFoundError as e:
        raise Problem("not_found", "There is no such file; its task may have been deleted.") from e
    how = "inline" if kind in (*_SHOWN, "application/json", "text/vtt") and not save else "attachment"
    headers = {
        "ETag": f'"{etag}"', "Cache-Control": "private, max-age=3600", "Content-Security-Policy": _ALONE,
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(name)}", "Accept-Ranges": "bytes",
    }  # fmt: skip
    if _matches(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers={k: v for k, v in headers.items() if k != "Content-Disposition"})
    if asked := request.headers.get("range", ""):
        _one_range(request, asked, status.st_size)
    return FileResponse(path, headers=headers, media_type=kind, stat_result=status)


def _one_range(request: Request, asked: str, size: int) -> None:
    """Leave one range as it is; what is none, or several, is as if it had not been asked for. Raises ``Problem`` for one outside the file."""
    one = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", asked.replace(" ", ""))
    if one is None or one[0].endswith("=-") or (one[1] and one[2] and int(one[1]) > int(one[2])):
        request.scope["headers"] = [(name, value) for name, value in request.scope["headers"] if name != b"range"]
    elif int(one[1]) >= size if one[1] else int(one[2]) == 0:
        raise Problem("range", f"The file has {size} bytes.", headers={"Content-Range": f"bytes */{size}"})


def _matches(given: str, etag: str) -> bool:
    return any(one.strip().removeprefix("W/") in ("*", f'"{etag}"') for one in given.split(",")) if given else False


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)
