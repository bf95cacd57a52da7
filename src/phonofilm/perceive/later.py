"""What is finished later: by a thread of its own, once somebody begins it or asks for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from threading import Lock
from typing import Generic, TypeVar

from phonofilm.memory import give_back

Made = TypeVar("Made")


class Later(Generic[Made]):
    """What ``make`` makes, in a thread of ``pool``, at most once."""

    def __init__(self, make: Callable[[], Made], pool: Executor) -> None:
        self._make, self._pool, self._lock = make, pool, Lock()
        self._future: Future[Made] | None = None
        self._dropped = False

    def begin(self) -> Future[Made]:
        """Begin it, where that was not done yet. What was cancelled stays so."""
        with self._lock:
            if self._future is None:
                self._future = Future() if self._dropped else self._pool.submit(self._made)
                if self._dropped:
                    self._future.cancel()
            return self._future

    def _made(self) -> Made:
        try:
            return self._make()
        finally:
            give_back()

    def result(self) -> Made:
        """It, as soon as it is made; begun now, if it was not yet. Raises what making it raised, or CancelledError."""
        return self.begin().result()

    def cancel(self) -> None:
        """Leave it unmade, unless it is being made already."""
        with self._lock:
            self._dropped = True
            if self._future is not None:
                self._future.cancel()
