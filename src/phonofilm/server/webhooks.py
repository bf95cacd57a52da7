"""Callbacks: posted in order for each task, signed by Standard Webhooks, tried again until they are taken or hope is lost."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from phonofilm.errors import StoreError
from phonofilm.jobs.job import Job
from phonofilm.jobs.outbox import Notice
from phonofilm.jobs.store import Store
from phonofilm.server.films import in_thread
from phonofilm.server.guard import Guard
from phonofilm.server.metrics import Metrics
from phonofilm.server.problem import Problem

ANSWER_SECONDS = 5.0
#: seconds until the next try: three quick ones as the vendors do, then later and later, a day in all
PAUSES = (5.0, 5.0, 5.0, 60.0, 300.0, 1800.0, 7200.0, 28_800.0, 43_200.0)
QUICK = 3  # tries of what is not the end of a task
EVERY = 0.2
_OVER = ("succeeded", "failed", "expired", "cancelled")
_log = logging.getLogger(__name__)

Bodies = Mapping[str, Callable[[Job], Mapping[str, Any] | None]]


def signature(secret: bytes, id: str, at: int, body: bytes) -> str:
    """The ``webhook-signature`` of a body (standardwebhooks.com, v1): HMAC-SHA256 of id, time and body."""
    signed = f"{id}.{at}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def shown_secret(secret: bytes) -> str:
    """The secret as its receivers' libraries take it."""
    return "whsec_" + base64.b64encode(secret).decode()


def read_secret(text: str) -> bytes:
    """The bytes of a ``whsec_…`` secret. Raises ``ValueError``."""
    return base64.b64decode(text.removeprefix("whsec_"), validate=True)


class Webhooks:
    """Posts what waits in the store's outbox. ``bodies``: what each interface's callbacks hold, by dialect; None: nothing to tell."""

    def __init__(self, store: Store, guard: Guard, secret: bytes, bodies: Bodies, metrics: Metrics) -> None:
        self._store, self._guard, self._secret, self._bodies, self._metrics = store, guard, secret, bodies, metrics

    async def run(self) -> None:
        """Post until cancelled."""
        while True:
            try:
                notices = await in_thread(self._store.outbox.take)
                by_job: dict[str, list[Notice]] = {}
                for notice in notices:
                    by_job.setdefault(notice.job.id, []).append(notice)
                await asyncio.gather(*(self._post_all(one) for one in by_job.values()))
            except StoreError as e:
                _log.warning("webhooks are late: %s", e)
                notices = ()
            await asyncio.sleep(0 if notices else EVERY)

    async def _post_all(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            await self._post(notice)

    async def _post(self, notice: Notice) -> None:
        document = self._bodies.get(notice.job.dialect, self._bodies["ark"])(notice.job)
        if document is None:
            await in_thread(self._store.outbox.end, notice.id)
            return
        body = json.dumps(document, ensure_ascii=False).encode()
        at = int(time.time())
        headers = {
            "Content-Type": "application/json", "webhook-id": notice.id, "webhook-timestamp": str(at),
            "webhook-signature": signature(self._secret, notice.id, at, body),
        }  # fmt: skip
        try:
            status = await self._guard.post(notice.url, body, headers, seconds=ANSWER_SECONDS)
        except Problem as e:
            _log.warning("a webhook is given up: %s", e.message, extra={"task": notice.job.id, "webhook": notice.id})
            status = -1
        tries = len(PAUSES) if notice.job.state.status in _OVER else QUICK
        if 200 <= status < 300:
            outcome = "delivered"
        elif status < 0 or status == 410 or notice.attempts > tries:
            outcome = "given up"
        else:
            outcome = "again"
        self._metrics.posted.labels(outcome).inc()
        if outcome == "again":
            await in_thread(self._store.outbox.again, notice.id, time.time() + PAUSES[min(notice.attempts, len(PAUSES)) - 1])
        else:
            await in_thread(self._store.outbox.end, notice.id)
