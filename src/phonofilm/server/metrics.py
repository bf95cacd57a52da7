"""Figures for Prometheus: requests by route, tasks by state, listeners, what waits to be posted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from phonofilm.jobs.store import Store

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_STATUSES = ("queued", "running", "succeeded", "failed", "cancelled", "expired")


class Metrics:
    """The figures of one server. ``more`` are gauges that are asked for when somebody looks."""

    def __init__(self, store: Store) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self.requests = Counter("phonofilm_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry)
        self.seconds = Histogram("phonofilm_request_seconds", "Time to the end of an answer.", ("route",), buckets=_BUCKETS, registry=self._registry)
        self.created = Counter("phonofilm_tasks_created", "Tasks put into the queue.", ("dialect",), registry=self._registry)
        self.posted = Counter("phonofilm_webhooks", "Webhooks posted.", ("outcome",), registry=self._registry)
        self.more: dict[str, tuple[str, Callable[[], float]]] = {}
        self._registry.register(_Asked(store, self.more))

    def text(self) -> bytes:
        """All of it, in the text form of Prometheus."""
        return generate_latest(self._registry)


class _Asked(Collector):
    def __init__(self, store: Store, more: dict[str, tuple[str, Callable[[], float]]]) -> None:
        self._store, self._more = store, more

    def collect(self) -> Iterator[GaugeMetricFamily]:
        tasks = GaugeMetricFamily("phonofilm_tasks", "Tasks by status.", labels=["status"])
        counts = self._store.counts()
        for status in _STATUSES:
            tasks.add_metric([status], counts.get(status, 0))
        yield tasks
        yield GaugeMetricFamily("phonofilm_webhooks_waiting", "Webhooks that are not delivered yet.", value=self._store.outbox.waiting())
        for name, (about, value) in self._more.items():
            yield GaugeMetricFamily(name, about, value=value())

    def describe(self) -> list[GaugeMetricFamily]:
        return []
