"""The studio: the built pages, served as they are."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

FOLDER = Path(__file__).parents[1] / "studio"
_MISSING = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Phonofilm</title>
<p>The studio is not built here. Build it with <code>make studio</code>, or use the interface at <code>/api/v3</code>.</p></html>"""

router = APIRouter(include_in_schema=False)


@router.api_route("/", methods=["GET", "HEAD"])
async def page(request: Request) -> Response:
    """The page, or how to build it."""
    index = FOLDER / "index.html"
    if not index.is_file():
        return HTMLResponse(_MISSING, headers={"Cache-Control": "no-cache"})
    return FileResponse(index, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-cache"})


class Assets(StaticFiles):
    """What the page loads. Names under ``assets/`` hold a hash of their content and may be kept for ever."""

    def file_response(self, full_path: str, *arguments: object, **named: object) -> Response:  # type: ignore[override]
        """The file, with how long it may be kept."""
        response = super().file_response(full_path, *arguments, **named)  # type: ignore[arg-type]
        kept = "public, max-age=31536000, immutable" if f"{Path('assets')}" in Path(full_path).parts else "no-cache"
        response.headers["Cache-Control"] = kept
        return response


def assets() -> StaticFiles | None:
    """The built files; None where the studio is not built."""
    return Assets(directory=FOLDER, check_dir=False) if (FOLDER / "index.html").is_file() else None
