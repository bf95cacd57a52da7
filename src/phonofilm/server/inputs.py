"""References as they come over the wire: addresses, ``data:``, uploads, links of ours; each becomes bytes in the file store with known facts."""

from __future__ import annotations

import asyncio
import binascii
import re
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, unquote_to_bytes, urlsplit

import anyio
import anyio.to_thread

from phonofilm.errors import LimitError, ReferenceError_, RequestError, shown_name
from phonofilm.jobs.files import Files
from phonofilm.jobs.job import Given
from phonofilm.limits import Limits
from phonofilm.media.check import check_facts
from phonofilm.media.probe import Facts, probe
from phonofilm.media.reference import LONGEST_TAG
from phonofilm.request import Kind, Reference
from phonofilm.server.bodies import Stored
from phonofilm.server.guard import Guard
from phonofilm.server.problem import Problem, problem_of
from phonofilm.server.signed import Signer

T = TypeVar("T")
ASSET = re.compile(r"asset://(?:asset-)?([0-9a-f]{64})")
_SUFFIX = {"jpeg": "jpg", "matroska": "mkv", "mpegts": "ts"}


@dataclass(frozen=True, kw_only=True)
class Source:
    """A reference as named by a client: its ``tag`` (None: by its kind and number), where it is, the kind that was said, the field's name."""

    url: str
    param: str
    tag: str | None = None
    kind: Kind | None = None
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A file in the store, with what it is. ``name`` is what people call it, with the suffix of its content."""

    sha256: str
    name: str
    facts: Facts


class Inputs:
    """Brings references in. ``looks``: how many files are looked at at a time."""

    def __init__(self, files: Files, guard: Guard, signer: Signer, film_at: Callable[[str], Path | None], *, file_most: int, looks: int = 2) -> None:
        self.files, self._guard, self._signer, self._film_at, self._most = files, guard, signer, film_at, file_most
        self._known: OrderedDict[str, Facts] = OrderedDict()
        self._looks = anyio.CapacityLimiter(looks)

    async def look(self, sha256: str, name: str = "") -> Arrived:
        """What a stored file is. Raises ``ReferenceError_``; ``Problem`` where it is not here."""
        path = await anyio.to_thread.run_sync(self.files.path, sha256)
        if path is None:
            raise Problem("reference", f"There is no upload asset-{sha256[:12]}… here (any more); send it again.")
        facts = self._known.get(sha256)
        if facts is None:
            try:
                facts = await self.looking(probe, path)
            except ReferenceError_ as e:
                raise ReferenceError_(name or "the file", e.problem, e.hint) from e
            self._known[sha256] = facts
            while len(self._known) > 4096:
                self._known.popitem(last=False)
        return Arrived(sha256=sha256, name=_named(name, facts), facts=facts)

    async def looking(self, work: Callable[[Path], T], path: Path) -> T:
        """Have the sandbox do something with a file; so many at a time as may be looked at."""
        return await anyio.to_thread.run_sync(work, path, limiter=self._looks)

    async def bring(self, source: Source, lifted: Mapping[str, Stored], base: str) -> Arrived:
        """One reference. Raises ``Problem`` that names the field."""
        try:
            sha256, name = await self._bytes(source.url, lifted, base)
            arrived = await self.look(sha256, source.name or name)
        except (RequestError, ReferenceError_, Problem) as e:
            problem = problem_of(e, param=source.param)
            problem.param = problem.param or source.param
            raise problem from e
        if source.kind and arrived.facts.kind != source.kind:
            raise Problem("reference", f"{source.param} is a {source.kind}, but what came is of the kind {arrived.facts.kind}.", param=source.param)
        return arrived

    async def all(self, sources: Sequence[Source], lifted: Mapping[str, Stored], base: str, rules: Limits) -> tuple[Given, ...]:
        """References in order, named and held against the limits. Raises ``Problem``."""
        if len(sources) > rules.files:
            raise Problem("limit", f"{len(sources)} references came; at most {rules.files} may be given.", param=sources[rules.files].param)
        arrived = await asyncio.gather(*(self.bring(s, lifted, base) for s in sources), return_exceptions=True)
        for one in arrived:
            if isinstance(one, BaseException):
                raise one
        whole = [one for one in arrived if isinstance(one, Arrived)]
        given = _tagged(sources, whole)
        references = [Reference(tag=g.tag, path=Path(g.name), kind=g.kind, sha256=g.sha256) for g in given]
        try:
            check_facts(references, [a.facts for a in whole], rules)
        except LimitError as e:
            param = next((s.param for s, g in zip(sources, given, strict=True) if g.name == e.file), "content")
            raise problem_of(e, param=param) from e
        return given

    async def _bytes(self, url: str, lifted: Mapping[str, Stored], base: str) -> tuple[str, str]:
        """(sha256, name) of what an address leads to."""
        if url in lifted:
            return lifted[url].sha256, lifted[url].name
        if match := ASSET.fullmatch(url):
            return match[1], ""
        if url.startswith("data:"):
            return await anyio.to_thread.run_sync(self._plain_data, url), ""
        if url.startswith(("http://", "https://")):
            if path := self._signer.own(url, base):
                return await anyio.to_thread.run_sync(self._own, path), Path(path).name
            return await self._fetch(url), _tail(url)
        hint = "Uploads of here are asset://asset- and 64 hexadecimal digits." if url.startswith("asset://") else "Give https:, data: or asset://."
        raise Problem("address", f"{shown_name(url)} is no address that can be read. {hint}")

    def _own(self, path: str) -> str:
        """An upload or a film that one of our own links leads to."""
        if match := re.fullmatch(r"/files/uploads/([0-9a-f]{64})", path):
            return match[1]
        film = self._film_at(path)
        if film is None or not film.is_file():
            raise Problem("address", "There is nothing (any more) where this link led to.")
        with film.open("rb") as file:
            return self.files.put(iter(lambda: file.read(1 << 20), b""))

    def _plain_data(self, url: str) -> str:
        header, comma, data = url.partition(",")
        if not comma:
            raise Problem("address", "The data: address has no comma.")
        try:
            content = binascii.a2b_base64(unquote(data), strict_mode=True) if header.lower().endswith(";base64") else unquote_to_bytes(data)
        except (binascii.Error, ValueError) as e:
            raise Problem("address", f"The data: address is no base64 ({e}).") from e
        if not content:
            raise Problem("reference", "The data: address is empty.")
        return self.files.put([content])

    async def _fetch(self, url: str) -> str:
        upload = await anyio.to_thread.run_sync(self.files.upload)
        try:
            async for piece in self._guard.fetch(url, most=self._most):
                await anyio.to_thread.run_sync(upload.write, piece)
            if not upload.size:
                raise Problem("address", "The address answered with an empty file.")
            return await anyio.to_thread.run_sync(upload.keep)
        finally:
            upload.__exit__(None, None, None)


def fit(tag: str, param: str) -> str:
    """A person's tag, checked: letters, digits, _ and -. Raises ``Problem``."""
    plain = unicodedata.normalize("NFC", tag.strip().removeprefix("@"))
    good = plain and plain[0].isalnum() and len(plain) <= LONGEST_TAG
    if not good or not all(c.isalnum() or c in "_-" or unicodedata.category(c) in ("Mn", "Mc") for c in plain):
        raise Problem("invalid", f"{shown_name(tag)!r} is no tag; a tag is at most {LONGEST_TAG} letters, digits, _ and -.", param=param)
    return plain


def _tagged(sources: Sequence[Source], arrived: Sequence[Arrived]) -> tuple[Given, ...]:
    """Names for all: those given, else image1, video1, audio1 … by kind in the order of the content."""
    numbers: dict[str, int] = {}
    given: list[Given] = []
    for source, one in zip(sources, arrived, strict=True):
        kind = one.facts.kind
        numbers[kind] = numbers.get(kind, 0) + 1
        tag = fit(source.tag, source.param) if source.tag else f"{kind}{numbers[kind]}"
        given.append(Given(tag=tag, kind=kind, sha256=one.sha256, name=one.name or f"{tag}.{_suffix(one.facts)}"))
    seen: set[str] = set()
    for one, source in zip(given, sources, strict=True):
        if one.tag.casefold() in seen:
            raise Problem("invalid", f"Two references are called @{one.tag}.", param=source.param)
        seen.add(one.tag.casefold())
    taken: set[str] = set()
    for k, one in enumerate(given):  # files of the same name are told apart by their tags
        if one.name in taken:
            given[k] = replace(one, name=f"{one.tag}-{one.name}")
        taken.add(given[k].name)
    return tuple(given)


def _named(name: str, facts: Facts) -> str:
    """What people call a file, in one line, with the suffix that its content has."""
    plain = shown_name(name.replace("\\", "/").rpartition("/")[2].strip()) if name else ""
    if not plain:
        return ""
    stem, dot, suffix = plain.rpartition(".")
    return plain if dot and stem and len(suffix) <= 5 else f"{plain}.{_suffix(facts)}"


def _suffix(facts: Facts) -> str:
    return "m4a" if (facts.format, facts.kind) == ("mp4", "audio") else _SUFFIX.get(facts.format, facts.format)


def _tail(url: str) -> str:
    try:
        return unquote(urlsplit(url).path).rpartition("/")[2][:200]
    except ValueError:
        return ""
