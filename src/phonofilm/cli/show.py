"""What every verb shares: progress on stderr, results on stdout."""

from __future__ import annotations

import json
import sys
import time
from types import TracebackType
from typing import Any, Self

import click


class Bar:
    """Progress as one line on stderr that is rewritten; on a pipe, one line a step. A context manager and a Progress."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.live = sys.stderr.isatty()
        self._step = ""
        self._drawn = 0.0
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.live and not self.quiet:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def __call__(self, step: str, done: float = 0.0) -> None:
        """Show a step of the work, ``done`` 0…1 of it."""
        if self.quiet:
            return
        if not self.live:
            if step != self._step:
                click.echo(f"{step} …", err=True)
            self._step = step
            return
        now = time.monotonic()
        if step == self._step and now - self._drawn < 0.08 and done < 1:
            return
        if step != self._step:
            self._began = now
        self._step, self._drawn = step, now
        full = round(24 * done)
        left = f" {(now - self._began) / done * (1 - done):4.0f} s left" if done > 0.03 else ""
        bar = f" {'█' * full}{'░' * (24 - full)} {done:4.0%}{left}" if done else ""
        sys.stderr.write(f"\r\x1b[K{step}{bar}")
        sys.stderr.flush()


def remarks_on(remarks: tuple[str, ...], *, quiet: bool) -> None:
    """What was not honoured, on stderr."""
    if not quiet:
        for remark in remarks:
            click.echo(f"note: {remark}", err=True)


def as_json(document: Any) -> None:
    """A result as JSON on stdout."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))
