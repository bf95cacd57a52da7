"""OpenAPI 3.1 documents, made from the models that the interfaces themselves work with: one of everything, and one for each interface."""

from __future__ import annotations

import copy
import re
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request
from starlette.responses import JSONResponse, Response

from phonofilm.server.problem import Problem
from phonofilm.server.routes import ark, openai, openrouter

#: which tags an interface has, and what its document is called
DIALECTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "ark": ("Phonofilm: tasks as Ark and ModelArk have them, and what the studio uses", ("Ark", "Studio", "Files", "Health")),
    "openai": ("Phonofilm: videos as OpenAI and vLLM-Omni have them", ("OpenAI Videos",)),
    "openrouter": ("Phonofilm: videos as OpenRouter has them", ("OpenRouter Videos",)),
}
_REF = re.compile(r"#/components/schemas/(\w+)")

router = APIRouter()


@router.get("/openapi.json", include_in_schema=False)
async def get_document(request: Request, dialect: Annotated[str, Query(max_length=40)] = "") -> Response:
    """The document of everything, or of one interface."""
    if dialect and dialect not in DIALECTS:
        raise Problem("invalid", f"dialect is {dialect!r}; choose one of {', '.join(DIALECTS)}.", param="dialect")
    return JSONResponse(document_of(request.app, dialect))


def document_of(app: FastAPI, dialect: str = "") -> dict[str, Any]:
    """The document of a server; of one interface where it is named."""
    if app.openapi_schema is None:
        app.openapi_schema = _whole(app)
    return _part(app.openapi_schema, dialect) if dialect else app.openapi_schema


def _whole(app: FastAPI) -> dict[str, Any]:
    """All paths, with the bodies that are read by hand."""
    document = FastAPI.openapi(app)
    found = document.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in (ark.schemas() | openai.schemas() | openrouter.schemas()).items():
        found.setdefault(name, schema)
    for operation in (o for path in document["paths"].values() for o in path.values()):
        operation["responses"].pop("422", None)  # the framework's own form, which is never sent
    for name in ("HTTPValidationError", "ValidationError"):
        found.pop(name, None)
    document["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{}, {"bearer": []}]
    return document


def _part(whole: dict[str, Any], dialect: str) -> dict[str, Any]:
    """One interface of a document, with the schemas that it needs and no others."""
    title, tags = DIALECTS[dialect]
    document = copy.deepcopy(whole)
    document["info"]["title"] = title
    paths: dict[str, Any] = {}
    for path, operations in document["paths"].items():
        kept = {verb: operation for verb, operation in operations.items() if set(operation.get("tags", ())) & set(tags)}
        if kept:
            paths[path] = kept
    document["paths"] = paths
    schemas = document["components"]["schemas"]
    needed: set[str] = set()
    new = set(_REF.findall(str(paths)))
    while new:
        needed |= new
        new = {name for known in new for name in _REF.findall(str(schemas.get(known, {})))} - needed
    document["components"]["schemas"] = {name: schema for name, schema in schemas.items() if name in needed}
    return document
