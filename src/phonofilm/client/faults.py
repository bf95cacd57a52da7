"""What can go wrong between a client and a server, as exceptions.

    PhonofilmError
    └── ApiError                      the server refused, or cannot be reached
        ├── Unreachable               no answer came
        ├── NotAllowed                401 or 403: the key is missing, wrong, or may not do this
        ├── NotFound                  404 or 410
        ├── Conflict                  409 or 422: not in this state, or the idempotency key was used otherwise
        ├── TooMany                   429: ``retry_after`` says when to ask again
        ├── ServerTrouble             5xx
        ├── TaskFailed (WorkError)    the film could not be made
        ├── TaskExpired (WorkError)   it waited or ran for longer than it may
        └── TaskCancelled (Cancelled) somebody stopped it

What the server refuses by an error of ``phonofilm.errors`` is also that error here: ``except LimitError`` works as it does without a server.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast

from phonofilm import errors
from phonofilm.errors import PhonofilmError

PREFIX = "urn:phonofilm:problem:"


class ApiError(PhonofilmError):
    """The server refused, or cannot be reached.

    ``status``: of HTTP, 0 without an answer. ``name``: of the problem (``limit``, ``rate`` …). ``vendor_code``: as the vendors have it
    (``InvalidParameter.Limit``). ``param``: the field at fault. ``retry_after``: seconds, 0 where the server named none.
    ``request_id``: what the server's log knows it by.
    """

    code = "api"

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        name: str = "",
        vendor_code: str = "",
        param: str = "",
        request_id: str = "",
        retry_after: float = 0.0,
    ) -> None:
        Exception.__init__(self, message)  # an error of the tree beside this class may ask for other arguments
        self.status, self.name, self.vendor_code, self.param = status, name, vendor_code, param
        self.request_id, self.retry_after = request_id, retry_after


class Unreachable(ApiError):
    """No answer came."""

    code = "unreachable"


class NotAllowed(ApiError):
    """The key is missing or wrong, or may not do this."""

    code = "not_allowed"


class NotFound(ApiError):
    """There is no such task, file, model or engine, or it has gone."""

    code = "not_found"


class Conflict(ApiError):
    """Not in this state of the task, or the idempotency key was used for another request."""

    code = "conflict"


class TooMany(ApiError):
    """Too many requests, or too many tasks at once."""

    code = "too_many"


class ServerTrouble(ApiError):
    """Something went wrong there."""

    code = "server"


class TaskFailed(ApiError, errors.WorkError):
    """The film could not be made."""

    code = "task_failed"


class TaskExpired(ApiError, errors.WorkError):
    """It waited or ran for longer than it may."""

    code = "task_expired"


class TaskCancelled(ApiError, errors.Cancelled):
    """Somebody stopped it."""

    code = "cancelled"


_BY_STATUS: dict[int, type[ApiError]] = {
    401: NotAllowed, 403: NotAllowed, 404: NotFound, 410: NotFound, 409: Conflict, 422: Conflict, 429: TooMany,
}  # fmt: skip


def fault_of(status: int, headers: Mapping[str, str], body: bytes) -> ApiError:
    """The exception for an answer of 400 and above."""
    told = _told(body)
    inner = _mapping(told.get("error"))
    kind = str(told.get("type", ""))
    name = kind.removeprefix(PREFIX) if kind.startswith(PREFIX) else ""
    message = str(told.get("detail") or inner.get("message") or told.get("title") or f"The server answered {status}.")
    base = _BY_STATUS.get(status, ServerTrouble if status >= 500 else ApiError)
    tree = _tree().get(name)
    return (joined(base, tree) if tree else base)(
        message,
        status=status,
        name=name,
        vendor_code=str(inner.get("code") or ""),
        param=str(inner.get("param") or ""),
        request_id=headers.get("x-request-id", ""),
        retry_after=seconds_of(headers.get("retry-after", "")),
    )


@cache
def joined(base: type[ApiError], tree: type[PhonofilmError]) -> type[ApiError]:
    """A class that is both: what went wrong, and that it went wrong over HTTP."""
    return cast("type[ApiError]", type(tree.__name__, (base, tree), {"__doc__": tree.__doc__, "__module__": __name__, "code": tree.code}))


def seconds_of(text: str) -> float:
    """The value of a Retry-After header in seconds; 0 where it is none (dates are not used here)."""
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0


@cache
def _tree() -> dict[str, type[PhonofilmError]]:
    """The classes of ``phonofilm.errors`` by their codes, the root left out."""
    return {found.code: found for found in _below(PhonofilmError) if found.__module__ == errors.__name__}


def _below(root: type[PhonofilmError]) -> Iterator[type[PhonofilmError]]:
    for found in root.__subclasses__():
        yield found
        yield from _below(found)


def _told(body: bytes) -> dict[str, Any]:
    try:
        return _mapping(json.loads(body))
    except ValueError:
        return {}


def _mapping(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
