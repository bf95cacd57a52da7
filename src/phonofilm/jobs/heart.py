"""The second thread of a worker: signs of life, progress and previews out; the news that the job is over in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from phonofilm.errors import Cancelled, StoreError
from phonofilm.jobs.store import Store

TICK = 0.1  # seconds: progress is written once a tick at most
LOOK = 0.2  # between two looks at whether the job is still to be made
RENEW = 0.5  # between two signs of life
SHOW = 0.3  # between two previews


class Heart:
    """Beats while its ``with`` block runs. ``stopped``: the job is no longer to be made; then ``leave`` is called ``grace`` seconds later.

    ``progress`` and ``preview`` cost their caller next to nothing: they leave the newest for the next beat. Both raise ``Cancelled`` once stopped.
    """

    def __init__(self, store: Store, id: str, attempt: int, out: Path, *, leave: Callable[[], None], grace: float) -> None:
        self.stopped = False
        self._store, self._id, self._attempt, self._out = store, id, attempt, out
        self._leave, self._grace = leave, grace
        self._progress: tuple[str, float] | None = None
        self._preview: bytes | None = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def progress(self, step: str, done: float = 0.0) -> None:
        """How far the work is: its step, and its share 0…1 of the whole."""
        self._check()
        self._progress = (step, done)

    def preview(self, jpeg: bytes) -> None:
        """What the film looks like by now."""
        self._check()
        self._preview = jpeg

    def __enter__(self) -> Heart:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end.set()
        self._thread.join()

    def _check(self) -> None:
        if self.stopped:
            raise Cancelled("The job is no longer to be made.")

    def _beat(self) -> None:
        renewed = looked = shown = time.monotonic()
        written: tuple[str, float] | None = None
        while not self._end.wait(TICK):
            now, kept = time.monotonic(), True
            try:
                if (told := self._progress) != written and told:
                    kept, written, renewed, looked = self._store.report(self._id, self._attempt, *told), told, now, now
                elif now - renewed >= RENEW:
                    kept, renewed, looked = self._store.renew(self._id, self._attempt), now, now
                elif now - looked >= LOOK:
                    kept, looked = self._store.holds(self._id, self._attempt), now
                if kept and self._preview and now - shown >= SHOW:
                    self._show()
                    shown = now
            except (StoreError, OSError):
                continue  # it is tried again at the next beat; what has no lease by then is fenced off
            if not kept:
                self.stopped = True
                if not self._end.wait(self._grace):
                    self._leave()
                return

    def _show(self) -> None:
        jpeg, self._preview = self._preview, None
        assert jpeg is not None
        new = self._out / "preview.new"  # a half picture is never seen
        new.write_bytes(jpeg)
        new.replace(self._out / "preview.jpg")
        self._store.preview(self._id, self._attempt, f"{self._out.name}/preview.jpg")
