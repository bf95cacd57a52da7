"""Events as they happen, to any number of listeners, for one small query every ``EVERY`` seconds; none while nobody listens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

from phonofilm.errors import StoreError
from phonofilm.jobs.job import Event
from phonofilm.jobs.store import Store
from phonofilm.server.films import in_thread

EVERY = 0.05
HEARTBEAT = 15.0
MOST_WAITING = 64  # events that a slow listener may be behind; then the oldest are dropped, for newer ones say more

_log = logging.getLogger(__name__)


class Listening:
    """Passes a store's new events on to those who listen to a job."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: dict[str, set[asyncio.Queue[Event | None]]] = {}
        self._wake = asyncio.Event()
        self._position: int | None = None  # the newest event that was passed on; None while nobody listens
        self.stopping = False
        self.num_listeners = 0

    async def run(self) -> None:
        """Look for events while somebody listens, until cancelled."""
        while True:
            await self._wake.wait()
            while self._listeners and self._position is not None:
                try:
                    for job, event in await in_thread(self._store.events_since, self._position):
                        self._position = max(self._position or 0, event.id)
                        for queue in self._listeners.get(job, ()):
                            _put(queue, event)
                    await asyncio.sleep(EVERY)
                except StoreError as e:
                    _log.warning("events are late: %s", e)
                    await asyncio.sleep(1.0)
            self._position = None
            self._wake.clear()

    def stop(self) -> None:
        """End every listening: the server is stopping."""
        self.stopping = True
        for queues in self._listeners.values():
            for queue in queues:
                _put(queue, None)

    async def listen(self, job: str, after: int) -> AsyncIterator[Event | None]:
        """The events of a job above ``after``, as they come; None where nothing came for ``HEARTBEAT`` seconds. Ends when the server stops."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue(MOST_WAITING)
        self._listeners.setdefault(job, set()).add(queue)
        self.num_listeners += 1
        try:
            if self._position is None:
                newest = await in_thread(self._store.newest_event)
                self._position = newest if self._position is None else self._position
                self._wake.set()
            for event in await in_thread(self._store.events, job, after):  # asked for when what is new is heard already
                after = event.id
                yield event
            while not self.stopping:
                try:
                    event = await asyncio.wait_for(queue.get(), HEARTBEAT)
                except TimeoutError:
                    yield None
                    continue
                if event is not None and event.id > after:
                    after = event.id
                    yield event
        finally:
            self.num_listeners -= 1
            left = self._listeners[job]
            left.discard(queue)
            if not left:
                del self._listeners[job]


def _put(queue: asyncio.Queue[Event | None], event: Event | None) -> None:
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(event)
