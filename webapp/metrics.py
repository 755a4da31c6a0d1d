"""The deployment's figures in the Prometheus text format, from the store's counters: any process gives the same answer.

Names are contract §9's; the counters' names are documented in `runners/engine/store/facts.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from runners.engine.store.connection import Mode
from runners.engine.store.facts import QueueFacts
from runners.engine.store.gauges import HTTP, Gauges
from runners.engine.store.processes import Process, slots_online
from webapp.metrics_http import LAST_BUCKET_MS

BUCKETS_MS = tuple(4**power for power in range(12))
DECISIONS = {"d": "dispatched", "s": "skipped", "m": "missed"}


class Deployment(Collector):
    """What was read of the deployment for one answer."""

    def __init__(
        self,
        counters: Mapping[str, int],
        queue: QueueFacts,
        gauges: Gauges,
        processes: list[Process],
        mode: Mode,
        now: datetime,
    ) -> None:
        """Keep the figures."""
        self.counters, self.queue, self.gauges = counters, queue, gauges
        self.processes, self.mode, self.now = processes, mode, now

    def text(self) -> bytes:
        """Return the exposition text."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        yield self._runs()
        yield histogram(
            "run_duration_seconds", "Time from start to end of a run", {(): ("duration", "duration_ms")}, self.counters
        )
        yield histogram(
            "run_wait_seconds", "Time that a run waited for a worker", {(): ("wait", "wait_ms")}, self.counters
        )
        yield histogram("scheduler_tick_seconds", "Time that a tick took", {(): ("tick", "tick_ms")}, self.counters)
        yield self._http()
        yield self._decisions()
        yield from self._queue()
        yield from self._people_and_processes()

    def _runs(self) -> Metric:
        metric = CounterMetricFamily("job_runs", "Runs that ended", labels=("type", "status"))
        for name, number in _under("runs", self.counters):
            kind, _, status = name.rpartition("|")
            metric.add_metric((kind, status), number)
        return metric

    def _decisions(self) -> Metric:
        metric = CounterMetricFamily("dispatch_decisions", "Slots that were decided", labels=("decision", "guard"))
        for name, number in _under("decisions", self.counters):
            decision, _, guard = name.partition("|")
            metric.add_metric((DECISIONS.get(decision, decision), guard), number)
        return metric

    def _http(self) -> Metric:
        pairs = {name.rpartition("|")[0] for name, _ in _under(HTTP, self.counters)}
        series = {tuple(pair.split("|")): (f"{HTTP}|{pair}", f"{HTTP}_ms|{pair}") for pair in sorted(pairs)}
        return histogram(
            "http_request_duration_seconds", "Time to answer", series, self.counters, ("surface", "status")
        )

    def _queue(self) -> Iterator[Metric]:
        depth = GaugeMetricFamily("queue_depth", "Runs that wait now", labels=("priority",))
        for priority, number in self.queue.depth_by_priority.items():
            depth.add_metric((priority,), number)
        yield depth
        active = self.queue.depth + self.queue.delayed + self.queue.running + self.gauges.waiting_approval
        yield gauge("queue_delayed", "Runs that wait for their next attempt", self.queue.delayed)
        yield gauge("runs_active", "Runs that have not ended", active)
        yield gauge("pressure_mode", "1 while only critical jobs go out", int(self.queue.pressure_mode))
        yield gauge(
            "scheduler_lag_seconds",
            "How long the job that is due longest waits",
            self.gauges.scheduler_lag.total_seconds(),
        )
        yield gauge("approvals_pending", "Approvals that wait for a person", self.gauges.approvals_pending)

    def _people_and_processes(self) -> Iterator[Metric]:
        slots = GaugeMetricFamily("worker_slots", "Places for runs in workers that are online", labels=("state",))
        busy = self.queue.running
        slots.add_metric(("busy",), busy)
        slots.add_metric(("free",), max(0, slots_online(self.processes) - busy))
        yield slots
        ages = GaugeMetricFamily("heartbeat_age_seconds", "Time since the newest beat of the type", labels=("type",))
        for kind in sorted({process.type for process in self.processes}):
            newest = max(process.last_heartbeat_at for process in self.processes if process.type == kind)
            ages.add_metric((kind,), max(0.0, (self.now - newest).total_seconds()))
        yield ages
        mode = GaugeMetricFamily("mode_info", "How runs are queued, and what survives", labels=("mode", "durability"))
        mode.add_metric((self.mode.name, self.mode.durability), 1)
        yield mode


def gauge(name: str, meaning: str, value: float) -> Metric:
    """Return a metric with one value."""
    return GaugeMetricFamily(name, meaning, value=value)


def histogram(
    name: str,
    meaning: str,
    series: Mapping[tuple[str, ...], tuple[str, str]],
    counters: Mapping[str, int],
    labels: tuple[str, ...] = (),
) -> Metric:
    """Return a histogram in seconds; `series` maps label values to the counters' prefix and the sum's name."""
    metric = HistogramMetricFamily(name, meaning, labels=labels)
    for values, (prefix, sum_name) in series.items():
        metric.add_metric(values, _cumulative(prefix, counters), counters.get(sum_name, 0) / 1000)
    return metric


def _cumulative(prefix: str, counters: Mapping[str, int]) -> list[tuple[str, float]]:
    """Return the buckets as Prometheus counts them, each with all shorter ones; the last one is unlimited."""
    rows: list[tuple[str, float]] = []
    count = 0
    for end in BUCKETS_MS:
        count += counters.get(f"{prefix}|{end}", 0)
        rows.append(("+Inf" if end == LAST_BUCKET_MS else str(end / 1000), count))
    return rows


def _under(prefix: str, counters: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the counters whose name begins with `prefix|`, without it."""
    return sorted(
        (name[len(prefix) + 1 :], number) for name, number in counters.items() if name.startswith(prefix + "|")
    )
