"""What goes wrong at the interface: one table, one body.

Every refusal is ``application/problem+json`` (RFC 9457) that also carries the ``error`` object which the vendors' SDKs read. ``TABLE`` holds the
codes of our error tree and those of HTTP itself. Nothing of a traceback, a path or a file of this machine goes into a body.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from phonofilm.errors import PhonofilmError

MEDIA_TYPE = "application/problem+json"
ROUTER = "/api/v1/"  # of the interface whose clients know an error by the number in it, and only as application/json


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A row: the HTTP status, the vendor's ``code`` and ``type``, and a title. ``again``: the same request may succeed later."""

    status: int
    code: str
    type: str
    title: str
    again: bool = False


def _bad(code: str, title: str, status: int = 400) -> Fault:
    return Fault(status=status, code=code, type="BadRequest", title=title)


def _ours(title: str, status: int = 500) -> Fault:
    return Fault(status=status, code="InternalServiceError", type="InternalServerError", title=title)


#: by the code of an error of ours, or the name of a fault of HTTP
TABLE: dict[str, Fault] = {
    "error": _ours("The work failed"),
    "input": _bad("InvalidParameter", "The request cannot be met"),
    "request": _bad("InvalidParameter", "The request cannot be met"),
    "limit": _bad("InvalidParameter.Limit", "A reference breaks a limit"),
    "consent_missing": _bad("InvalidParameter.Consent", "A statement of consent is needed"),
    "reference": _bad("InvalidParameter.Reference", "A reference cannot be read"),
    "prompt": _bad("InvalidParameter.Prompt", "The prompt cannot be acted on"),
    "unknown_mention": _bad("InvalidParameter.UnknownMention", "The prompt names no reference that was given"),
    "score": _bad("InvalidParameter.Score", "The score does not hold together"),
    "missing_material": _bad("InvalidParameter.Material", "A file of the score is not here"),
    "engine_missing": Fault(status=404, code="InvalidEndpointOrModel.NotFound", type="NotFound", title="No such engine"),
    "missing": _ours("Something is not installed"),
    "model_missing": _ours("A model file is not installed"),
    "job": Fault(status=409, code="InvalidTaskState", type="Conflict", title="Not in this state of the task"),
    "unknown_job": Fault(status=404, code="ResourceNotFound", type="NotFound", title="There is no such task"),
    "job_busy": Fault(status=409, code="InvalidTaskState", type="Conflict", title="Not in this state of the task"),
    "queue_full": Fault(status=429, code="QuotaExceeded", type="TooManyRequests", title="Too many tasks at once", again=True),
    "idempotency_mismatch": _bad("IdempotencyMismatch", "The key was used for another request", 422),
    "store": Fault(status=503, code="ServerOverloaded", type="ServiceUnavailable", title="The store of tasks does not answer", again=True),
    "work": _ours("The work failed"),
    "encode": _ours("The film could not be written"),
    "worker_lost": _ours("The process that made the film was lost, more than once"),
    "cancelled": Fault(status=409, code="TaskCancelled", type="Conflict", title="The task was cancelled"),
    "expired": Fault(status=410, code="TaskExpired", type="Gone", title="The task expired"),
    "invalid": _bad("InvalidParameter", "A parameter is wrong"),
    "missing_parameter": _bad("MissingParameter", "A parameter is missing"),
    "task_type": _bad("InvalidParameter.TaskTypeMismatch", "The content does not go together"),
    "address": _bad("InvalidParameter.Address", "An address cannot be fetched"),
    "body": _bad("InvalidParameter.Body", "The body cannot be read"),
    "authentication": Fault(status=401, code="AuthenticationError", type="Unauthorized", title="The key is missing or wrong"),
    "scope": Fault(status=403, code="AccessDenied", type="Forbidden", title="The key may not do this"),
    "link": Fault(status=403, code="AccessDenied.Link", type="Forbidden", title="The link is wrong or has expired"),
    "forgery": Fault(status=403, code="AccessDenied.CrossSite", type="Forbidden", title="Another site may not ask for this"),
    "model": Fault(status=404, code="InvalidEndpointOrModel.NotFound", type="NotFound", title="No such model"),
    "not_found": Fault(status=404, code="ResourceNotFound", type="NotFound", title="There is nothing here"),
    "method": Fault(status=405, code="MethodNotAllowed", type="BadRequest", title="Not with this method"),
    "not_acceptable": Fault(status=406, code="NotAcceptable", type="BadRequest", title="Not in this form"),
    "slow": Fault(status=408, code="RequestTimeout", type="BadRequest", title="The request came too slowly", again=True),
    "state": Fault(status=409, code="InvalidTaskState", type="Conflict", title="Not in this state of the task"),
    "in_flight": Fault(status=409, code="IdempotencyConflict", type="Conflict", title="The first request with this key is not answered yet"),
    "too_large": Fault(status=413, code="RequestTooLarge", type="BadRequest", title="More than may be sent"),
    "media_type": Fault(status=415, code="UnsupportedMediaType", type="BadRequest", title="Not in this form"),
    "not_implemented": Fault(status=501, code="NotImplemented", type="BadRequest", title="This server has nothing of the kind"),
    "range": Fault(status=416, code="RangeNotSatisfiable", type="BadRequest", title="Outside the file"),
    "host": Fault(status=421, code="MisdirectedRequest", type="BadRequest", title="This server does not answer to that name"),
    "rate": Fault(status=429, code="RateLimitExceeded", type="TooManyRequests", title="Too many requests", again=True),
    "overloaded": Fault(status=503, code="ServerOverloaded", type="ServiceUnavailable", title="The queue is full", again=True),
    "no_space": Fault(status=507, code="StorageFull", type="InternalServerError", title="The disk is full"),
    "internal": _ours("Something went wrong here"),
}

_BY_STATUS = {400: "body", 401: "authentication", 403: "scope", 404: "not_found", 405: "method", 406: "not_acceptable", 413: "too_large"}


class Problem(Exception):
    """A refusal, by its row of ``TABLE``. ``param`` names the field; ``retry_after`` seconds go into the header."""

    def __init__(self, name: str, message: str, *, param: str = "", retry_after: float = 0.0, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fault, self.name, self.message, self.param = TABLE[name], name, message, param
        self.headers = dict(headers or {})
        if retry_after:
            self.headers["Retry-After"] = str(math.ceil(retry_after))


def problem_of(error: Exception, *, param: str = "") -> Problem:
    """Any error as a refusal; what is none of ours says nothing of itself."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, PhonofilmError):
        name = error.code if error.code in TABLE else "error"
        return Problem(name, str(error), param=param)
    if isinstance(error, OSError) and error.errno == 28:
        return Problem("no_space", "There is no room left on the disk of this server.")
    return Problem("internal", "Something went wrong here; it is in the server's log under this request id.")


def problem_of_status(status: int, detail: str) -> Problem:
    """What the framework refuses, in our words' form."""
    return Problem(_BY_STATUS.get(status, "internal" if status >= 500 else "invalid"), detail)


def body_of(problem: Problem) -> dict[str, Any]:
    """The body: members of RFC 9457 beside the ``error`` object of the vendors."""
    fault = problem.fault
    return {
        "type": f"urn:phonofilm:problem:{problem.name}", "title": fault.title, "status": fault.status, "detail": problem.message,
        "error": {"code": fault.code, "message": problem.message, "param": problem.param or None, "type": fault.type},
    }  # fmt: skip


def response_of(problem: Problem, *, committed: bool = False, path: str = "") -> Response:
    """The answer to a request of that path. SDKs retry 408, 409, 429 and 5xx by themselves unless told not to: after a task may exist they are
    told so."""
    headers = dict(problem.headers)
    if committed or not problem.fault.again:
        headers["x-should-retry"] = "false"
    elif "Retry-After" not in headers:
        headers["Retry-After"] = "1"
    if problem.fault.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body, media_type = body_of(problem), MEDIA_TYPE
    if path.startswith(ROUTER):
        body["error"] = {"code": problem.fault.status, "message": problem.message, "metadata": body["error"]}
        media_type = "application/json"
    return Response(json.dumps(body, ensure_ascii=False), problem.fault.status, headers, media_type)


def error_of_job(code: str, message: str) -> dict[str, str]:
    """The ``error`` of a failed task as the vendors show it."""
    return {"code": TABLE.get(code, TABLE["error"]).code, "message": message}


async def answer_problem(request: Request, error: Exception) -> Response:
    """The handler of ``Problem`` and of our error tree."""
    return response_of(problem_of(error), committed=bool(getattr(request.state, "committed", False)), path=request.url.path)
