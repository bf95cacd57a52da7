"""Bodies as they stream in: JSON whose ``data:`` addresses are lifted out into files on the way, and multipart forms whose files never are in memory.

A 60 MB picture in JSON costs its text no memory either: the text keeps a token where the address was. Work on bytes is done in threads.
"""

from __future__ import annotations

import asyncio
import binascii
import hashlib
import json
import re
import secrets
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from typing import Any, cast

import anyio.to_thread
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from phonofilm.jobs.files import Upload
from phonofilm.server.problem import Problem

BLOCK = 256 * 1024
MOST_TEXT = 4_000_000
MOST_PARTS = 100
IDLE_SECONDS = 30.0
_OPENING = b'"data:'
_ESCAPE = re.compile(rb"\\u00([0-9a-fA-F]{2})|\\(.)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A file that came in and is kept: its sha256, size, and what the sender called it and its type (neither is believed)."""

    sha256: str
    size: int
    name: str = ""
    type: str = ""


@dataclass(frozen=True, kw_only=True)
class Body:
    """A JSON body. ``lifted``: files by the token that stands in ``data`` for their ``data:`` address. ``hash``: sha256 of the bytes that came."""

    data: dict[str, Any]
    hash: str
    lifted: dict[str, Stored] = field(default_factory=dict[str, Stored])


@dataclass(frozen=True, kw_only=True)
class Form:
    """A multipart form: its fields, and its files, each in order. ``hash``: sha256 of the bytes that came.

    ``lifted``: files by the token that stands in a field for their ``data:`` address.
    """

    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, Stored], ...]
    hash: str
    lifted: dict[str, Stored] = field(default_factory=dict[str, Stored])

    @property
    def meaning(self) -> str:
        """A sha256 that is the same for two forms that say the same, whatever stands between their parts."""
        files = {token: stored.sha256 for token, stored in self.lifted.items()}
        fields = [[name, *(files.get(part, part) for part in re.split(r"(lifted:[0-9a-f]+:\d+)", value))] for name, value in self.fields]
        said = [fields, [[name, stored.sha256, stored.name] for name, stored in self.files]]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


async def blocks(request: Request, most: int) -> AsyncIterator[bytes]:
    """The body in blocks of about ``BLOCK`` bytes. Raises ``Problem`` for more than ``most`` and for one that stops coming."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise too_large(most)
    size, held = 0, bytearray()
    stream = request.stream()
    try:
        while True:
            async with asyncio.timeout(IDLE_SECONDS):
                chunk = await anext(stream, None)
            if chunk is None:
                break
            size += len(chunk)
            if size > most:
                raise too_large(most)
            held += chunk
            if len(held) >= BLOCK:
                yield bytes(held)
                held.clear()
    except TimeoutError as e:
        raise Problem("slow", f"No byte of the body came for {IDLE_SECONDS:g} seconds.") from e
    except ClientDisconnect as e:
        raise Problem("body", "The connection ended before the body did.") from e
    if held:
        yield bytes(held)


def too_large(most: int) -> Problem:
    """The refusal of a body or a file above its cap."""
    return Problem("too_large", f"At most {most // 1_000_000} MB may be sent at once. Upload large files to /api/v3/files and name them by asset://.")


def _drop(upload: Upload) -> None:
    upload.__exit__(None, None, None)


async def read_json(request: Request, sink: Callable[[], Upload], *, most: int, file_most: int) -> Body:
    """A JSON object. Raises ``Problem``."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind not in ("application/json", "") and not kind.endswith("+json"):
        raise Problem("media_type", f"The body is {kind[:80]}; it must be application/json.")
    digest = hashlib.sha256()
    lifter = _Lifter(sink, file_most)
    held = b""
    try:
        async for block in blocks(request, most):
            digest.update(block)
            if held or len(block) >= BLOCK or _OPENING in block:
                await anyio.to_thread.run_sync(lifter.feed, held + block)
                held = b""
            else:
                held = block
        if held and not lifter.busy and _OPENING not in held:
            text = bytes(lifter.text) + held
        else:
            text = await anyio.to_thread.run_sync(lifter.end, held)
        data = await anyio.to_thread.run_sync(_parsed, text) if len(text) > BLOCK else _parsed(text)
    except BaseException:
        await asyncio.shield(anyio.to_thread.run_sync(lifter.abort))
        raise
    return Body(data=data, hash=digest.hexdigest(), lifted=lifter.lifted)


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        data = json.loads(text, parse_constant=_no_constant)
        if b"\\u" in text:
            json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError as e:
        raise Problem("body", "The body holds half of a surrogate pair, which is no character.") from e
    except (ValueError, RecursionError) as e:
        raise Problem("body", f"The body is no JSON ({str(e)[:120]}).") from e
    if not isinstance(data, dict):
        raise Problem("body", "The body must be a JSON object.")
    return cast(dict[str, Any], data)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


class _Lifter:
    """Finds the strings of a JSON text that begin with ``data:…;base64,`` and writes what they hold into sinks. A string begins where a
    quotation mark stands that no backslash escapes."""

    def __init__(self, sink: Callable[[], Upload], most: int) -> None:
        self._sink, self._most = sink, most
        self._buffer = bytearray()
        self.text = bytearray()
        self.lifted: dict[str, Stored] = {}
        self._key = secrets.token_hex(8)
        self._open: Upload | None = None
        self._type, self._size, self._carry = "", 0, b""

    @property
    def busy(self) -> bool:
        return self._open is not None or bool(self._buffer)

    def feed(self, data: bytes) -> None:
        self._buffer += data
        while self._data() if self._open else self._json():
            pass

    def end(self, data: bytes) -> bytes:
        """The whole text, tokens in it."""
        self.feed(data)
        if self._open:
            raise Problem("body", "The body ends inside a data: address.")
        self._move(len(self._buffer))
        return bytes(self.text)

    def abort(self) -> None:
        if self._open:
            _drop(self._open)
            self._open = None

    def _move(self, count: int) -> None:
        self.text += self._buffer[:count]
        del self._buffer[:count]
        if len(self.text) > MOST_TEXT:
            raise Problem("too_large", f"The text of the body is longer than {MOST_TEXT // 1_000_000} MB.")

    def _json(self) -> bool:
        at = self._buffer.find(_OPENING)
        if at < 0:
            self._move(max(len(self._buffer) - len(_OPENING) + 1, 0))
            return False
        self._move(at)
        escapes = next((n for n in range(len(self.text)) if self.text[-1 - n] != 0x5C), len(self.text))
        comma, mark = self._buffer.find(b",", 0, 300), self._buffer.find(b'"', 1, 300)
        if comma < 0 and mark < 0 and len(self._buffer) < 300:
            return False
        header = bytes(self._buffer[len(_OPENING) : comma]) if comma > 0 and not 0 < mark < comma else b""
        if escapes % 2 or not header.lower().endswith(b";base64"):
            self._move(len(_OPENING))
            return True
        if len(self.lifted) >= MOST_PARTS:
            raise Problem("too_large", f"A body holds at most {MOST_PARTS} data: addresses.")
        self._type, self._size, self._carry = header[:-7].replace(b"\\", b"").decode("latin-1"), 0, b""
        del self._buffer[: comma + 1]
        self._open = self._sink()
        return True

    def _data(self) -> bool:
        assert self._open is not None
        mark = self._buffer.find(b'"')
        part = bytes(self._buffer if mark < 0 else self._buffer[:mark])
        if mark < 0 and b"\\" in part[-5:]:  # an escape may go on in the next block
            part = part[: part.rindex(b"\\")]
        del self._buffer[: len(part)]
        if b"\\" in part:
            part = _ESCAPE.sub(lambda m: bytes([int(m[1], 16)]) if m[1] else m[2].translate(None, b"nrt"), part)
        part = self._carry + b"".join(part.split())
        whole = len(part) if mark >= 0 else len(part) // 4 * 4
        self._carry = part[whole:]
        try:
            data = binascii.a2b_base64(part[:whole] + b"=" * (-whole % 4), strict_mode=True) if whole else b""
        except binascii.Error as e:
            raise Problem("body", f"A data: address is no base64 ({e}).", param="content") from e
        self._size += len(data)
        if self._size > self._most:
            raise too_large(self._most)
        self._open.write(data)
        if mark < 0:
            return False
        del self._buffer[:1]
        sink, self._open = self._open, None
        token = f"lifted:{self._key}:{len(self.lifted)}"
        self.lifted[token] = Stored(sha256=sink.keep(), size=self._size, type=self._type)
        self.text += f'"{token}"'.encode()
        return bool(self._buffer)


async def read_form(request: Request, sink: Callable[[], Upload], *, most: int, file_most: int, lift: Collection[str] = ()) -> Form:
    """A multipart/form-data body; ``data:`` addresses are lifted out of the fields of these names. Raises ``Problem``."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise Problem("media_type", "The body must be multipart/form-data with a boundary.")
    digest = hashlib.sha256()
    parts = _Parts(sink, file_most, lift)
    try:
        parser = MultipartParser(options[b"boundary"], parts.callbacks())  # type: ignore[arg-type]
        async for block in blocks(request, most):
            digest.update(block)
            await anyio.to_thread.run_sync(parser.write, block)
        parser.finalize()
        if not parts.ended:
            raise Problem("body", "The form ends in the middle of a part.")
    except FormParserError as e:
        await asyncio.shield(anyio.to_thread.run_sync(parts.abort))
        raise Problem("body", f"The form cannot be read ({str(e)[:120]}).") from e
    except BaseException:
        await asyncio.shield(anyio.to_thread.run_sync(parts.abort))
        raise
    return Form(fields=tuple(parts.fields), files=tuple(parts.files), hash=digest.hexdigest(), lifted=parts.lifted)


class _Parts:
    """What the parser calls while a form streams by."""

    def __init__(self, sink: Callable[[], Upload], most: int, lift: Collection[str]) -> None:
        self._sink, self._most, self._lift = sink, most, lift
        self.lifted: dict[str, Stored] = {}
        self._lifter: _Lifter | None = None
        self._bare = False
        self.fields: list[tuple[str, str]] = []
        self.files: list[tuple[str, Stored]] = []
        self.ended = False
        self._num = self._text_size = self._size = 0
        self._headers: dict[bytes, bytes] = {}
        self._field, self._value = b"", b""
        self._name = self._file = self._type = ""
        self._text = bytearray()
        self._open: Upload | None = None

    def callbacks(self) -> dict[str, Callable[..., None]]:
        return {
            "on_part_begin": self._begin, "on_header_field": self._on_field, "on_header_value": self._on_value, "on_header_end": self._on_header,
            "on_headers_finished": self._on_headers, "on_part_data": self._on_data, "on_part_end": self._on_end, "on_end": self._on_last,
        }  # fmt: skip

    def abort(self) -> None:
        if self._open:
            _drop(self._open)
            self._open = None
        if self._lifter:
            self._lifter.abort()

    def _begin(self) -> None:
        self._num += 1
        if self._num > MOST_PARTS:
            raise Problem("too_large", f"A form has at most {MOST_PARTS} parts.")
        self._headers, self._field, self._value = {}, b"", b""

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field, self._value = b"", b""

    def _on_headers(self) -> None:
        kind, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if kind != b"form-data" or b"name" not in options:
            raise Problem("body", "A part of the form has no name.")
        self._name = options[b"name"].decode("utf-8", "replace")[:200]
        self._type = self._headers.get(b"content-type", b"").decode("latin-1")[:200]
        self._size = 0
        if b"filename" in options:
            self._file = options[b"filename"].decode("utf-8", "replace")
            self._open = self._sink()
        else:
            self._text = bytearray()
            self._lifter = _Lifter(self._sink, self._most) if self._name.partition("[")[0] in self._lift else None

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._open:
            self._size += end - start
            if self._size > self._most:
                raise too_large(self._most)
            self._open.write(data[start:end])
            return
        if self._lifter is not None:
            self._text_size += self._lifted(self._lifter, data[start:end])
        else:
            self._text_size += end - start
            self._text += data[start:end]
        if self._text_size > MOST_TEXT:
            raise Problem("too_large", f"The fields of a form are longer than {MOST_TEXT // 1_000_000} MB together.")

    def _lifted(self, lifter: _Lifter, data: bytes) -> int:
        """Take text that may hold addresses: JSON, or an address that stands there alone; how much longer the text became."""
        before = len(lifter.text)
        if not lifter.busy and not lifter.text:
            self._text += data
            if len(self._text) < len(_OPENING):  # too little to tell
                return 0
            data, self._bare = bytes(self._text), self._text.startswith(_OPENING[1:])
            self._text.clear()
            lifter.feed(b'"' if self._bare else b"")
        lifter.feed(data)
        return len(lifter.text) - before

    def _end_lifted(self, lifter: _Lifter) -> None:
        text = bytes(self._text)
        if not text:
            text = lifter.end(b'"' if self._bare else b"")
            text = text[1:-1] if self._bare else text
        self._text = bytearray(text)
        self.lifted |= lifter.lifted
        self._lifter, self._bare = None, False

    def _on_end(self) -> None:
        if self._lifter is not None:
            self._end_lifted(self._lifter)
        if self._open is None:
            self.fields.append((self._name, self._text.decode("utf-8", "replace")))
            return
        sink, self._open = self._open, None
        if not self._size:
            _drop(sink)
            if self._file:
                raise Problem("reference", f"The file of the field {self._name!r} is empty.", param=self._name)
            return
        self.files.append((self._name, Stored(sha256=sink.keep(), size=self._size, name=self._file, type=self._type)))

    def _on_last(self) -> None:
        self.ended = True


async def read_file(request: Request, sink: Callable[[], Upload], *, most: int) -> Stored:
    """A body that is one file. Raises ``Problem``."""
    held = sink()
    size = 0
    try:
        async for block in blocks(request, most):
            size += len(block)
            await anyio.to_thread.run_sync(held.write, block)
        if not size:
            raise Problem("reference", "The body is empty; send the file as the body, or as a form with a field named file.")
        sha256 = await anyio.to_thread.run_sync(held.keep)
    except BaseException:
        await asyncio.shield(anyio.to_thread.run_sync(_drop, held))
        raise
    return Stored(sha256=sha256, size=size, name=request.headers.get("x-file-name", ""), type=request.headers.get("content-type", ""))
