"""What belongs to the whole deployment in a seeded store: counters, minutes, the ids of events; summed up, written at the end."""

from collections import Counter
from dataclasses import dataclass, field

from redis.client import Pipeline

from runners.engine.platform import Platform

MINUTES_KEPT_MS = 93_600_000


@dataclass(slots=True)
class Books:
    """Sums over all jobs. Events from before `events_from_ms` are those that retention has dropped."""

    platform: Platform
    now_ms: int
    events_from_ms: int
    metrics: Counter[str] = field(default_factory=Counter)
    minutes: dict[int, Counter[str]] = field(default_factory=dict)
    event_ids: set[int] = field(default_factory=set)
    flow_runs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    runs: int = 0
    failure_groups: int = 0

    def count_minute(self, at_ms: int, name: str, amount: int = 1) -> None:
        """Count in the minute of `at_ms`, if such minutes still live."""
        if at_ms > self.now_ms - MINUTES_KEPT_MS:
            self.minutes.setdefault(at_ms // 60_000, Counter())[name] += amount

    def count_time(self, name: str, length_ms: int) -> None:
        """Count a wait or a duration in its sum and its bucket."""
        bucket = 1
        while bucket < length_ms and bucket < 4_194_304:
            bucket *= 4
        self.metrics[f"{name}_ms"] += length_ms
        self.metrics[f"{name}|{bucket}"] += 1

    def event_id(self, at_ms: int) -> int:
        """Return the id of an event at that moment that no other has."""
        number = at_ms * 1000
        while number in self.event_ids:
            number += 1
        self.event_ids.add(number)
        return number

    def failure_group(self) -> int:
        """Return the number of a new group of failures."""
        self.failure_groups += 1
        return self.failure_groups

    def close(self, pipeline: Pipeline) -> None:
        """Write what was summed up."""
        keys = self.platform.store.keys
        pipeline.hset(keys.metrics, mapping=dict(self.metrics))
        for minute, counts in self.minutes.items():
            pipeline.hset(keys.minute(minute), mapping=dict(counts))
            pipeline.pexpireat(keys.minute(minute), minute * 60_000 + MINUTES_KEPT_MS)
        if self.event_ids:
            pipeline.set(keys.last_event, max(self.event_ids))
        if self.failure_groups:
            pipeline.set(keys.last_failure_group, self.failure_groups)
        pipeline.set(keys.takes(), self.runs)
        pipeline.hset(keys.ticks, mapping={"last": self.now_ms, "decided": self.now_ms})
        pipeline.rpush(keys.depths, *(f"{self.now_ms - 10_000 * age}|0|0" for age in range(720)))
