"""From a body in Ark's words to a queued job: the way that the compatible interfaces take."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from starlette.requests import Request

from phonofilm.errors import PhonofilmError
from phonofilm.jobs.job import Job
from phonofilm.limits import profile
from phonofilm.server.bodies import Stored
from phonofilm.server.films import Dialect, in_thread
from phonofilm.server.inputs import ASSET
from phonofilm.server.keys import Caller
from phonofilm.server.problem import Problem, problem_of
from phonofilm.server.routes.ark_translate import asked_of, hold_still, read_body
from phonofilm.server.services import Services

_KINDS = ("image", "video", "audio")


async def queue(
    request: Request, the: Services, caller: Caller, ark: dict[str, Any], *, dialect: Dialect, lifted: Mapping[str, Stored], remarks: Sequence[str],
    key: str, body_hash: str, echo: Mapping[str, Any] | None = None,
) -> Job:  # fmt: skip
    """Queue what ``ark`` asks for. ``echo`` is what the interface wants to remember. Raises ``Problem`` and errors of the tree."""
    fields, warnings = read_body(ark, the.settings)
    asked = asked_of(fields, the.settings, warnings)
    base = the.base(request)
    rules = await in_thread(profile, asked.limits)
    wanted = replace(asked.wanted, given=await the.inputs.all(asked.sources, lifted, base, rules))
    script = await the.films.read(wanted) if wanted.prompt or wanted.given else None
    if asked.camera_fixed and script:
        wanted = hold_still(wanted, script, warnings)
    job = await the.films.create(
        wanted, caller=caller, dialect=dialect, model=fields.model, base=base, asked={**asked.echo, **(echo or {})}, priority=asked.priority,
        script=script, expires_after=asked.expires_after, callback=asked.callback, warnings=[*remarks, *warnings], idempotency=key,
        body_hash=body_hash,
    )  # fmt: skip
    request.state.committed = True
    the.metrics.created.labels(dialect).inc()
    return job


async def kinds_of(the: Services, urls: Sequence[str], lifted: Mapping[str, Stored], param: str) -> dict[str, str]:
    """What the content of addresses is, where that is known here: image, video or audio. Raises ``Problem``."""
    kinds: dict[str, str] = {}
    with named(lambda _: param):
        for url in urls:
            asset = ASSET.fullmatch(url)
            if url in lifted or asset:
                stored = lifted.get(url)
                arrived = await the.inputs.look(stored.sha256 if stored else asset[1], stored.name if stored else "")  # type: ignore[index]
                kinds[url] = arrived.facts.kind
            elif url.startswith("data:"):
                said = url[5:].partition("/")[0].lower()
                kinds[url] = said if said in _KINDS else "image"
    return kinds


@contextmanager
def named(param_of: Callable[[str], str]) -> Generator[None]:
    """What is refused inside names the field of the interface that was used."""
    try:
        yield
    except (Problem, PhonofilmError) as error:
        problem = problem_of(error)
        problem.param = param_of(problem.param)
        raise problem from error
