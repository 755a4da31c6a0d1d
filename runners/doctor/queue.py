"""What concerns the queue as a whole: messages (I5), the pressure's marks (I10), the cap (I11), the clock (I15)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runners.doctor.rules import CLOCK_SLACK_MS, Broken
from runners.engine.clock import MILLISECOND, to_ms
from runners.engine.pool import DEFAULT, of_pool
from runners.engine.settings import Settings
from runners.engine.store.connection import Store
from runners.engine.store.keys import PRIORITIES
from runners.engine.store.processes import list_processes, online

HEADS = 100
"""Waiting runs of each priority whose message is looked for: the oldest, which are pushed again first."""
WINDOWS = 40


def queue_rules(store: Store, settings: Settings) -> Iterator[Broken]:
    """Judge the queue as it is now."""
    yield from _marks(store, settings)
    yield from _cap(store, settings)
    yield from _clock(store)


def message_rules(store: Store) -> Iterator[Broken]:
    """Judge whether the runs that wait longest have a message; while nobody lives, nobody needs one."""
    there = online(list_processes(store))
    if there["scheduler"] or there["worker"]:
        for priority in PRIORITIES:
            yield from (_streamed if store.mode.name == "streams" else _listed)(store, priority)


def _queued(store: Store, priority: str) -> list[tuple[str, str, str]]:
    """Return of the runs that wait longest the id, the message and the pool."""
    waiting: Any = store.redis.zrange(store.keys.pending(priority), 0, HEADS - 1)
    pipeline = store.redis.pipeline(transaction=False)
    for run_id in waiting:
        pipeline.hmget(store.keys.run(run_id), "status", "message_id", "pool")
    records = zip(waiting, pipeline.execute(), strict=True)
    return [
        (run_id, message or "", pool or DEFAULT) for run_id, (status, message, pool) in records if status == "queued"
    ]


def _streamed(store: Store, priority: str) -> Iterator[Broken]:
    queued = _queued(store, priority)
    pipeline = store.redis.pipeline(transaction=False)
    for _, message, pool in queued:
        pipeline.xrange(store.keys.stream(priority, pool), message or "0-1", message or "0-1")
    for (run_id, _, pool), entry in zip(queued, pipeline.execute(), strict=True):
        if not entry:
            queue = of_pool(f"stream:{priority}", pool)
            yield Broken("I5", f"run {run_id}", f"it is queued, and {queue} has no message for it")


def _listed(store: Store, priority: str) -> Iterator[Broken]:
    """A list tells less: only when it is empty is it plain that messages are missing."""
    heads = {pool: run_id for run_id, _, pool in reversed(_queued(store, priority))}
    for pool, run_id in heads.items():
        pipeline = store.redis.pipeline(transaction=True)
        pipeline.zscore(store.keys.pending(priority), run_id)
        pipeline.llen(store.keys.queue_list(priority, pool))
        waits, messages = pipeline.execute()
        if waits is not None and not messages:
            yield Broken("I5", f"run {run_id}", f"it is queued, and {of_pool(f'list:{priority}', pool)} is empty")


def _marks(store: Store, settings: Settings) -> Iterator[Broken]:
    """I10. A change from before the youngest process began may have gone by other marks."""
    pressure: Any = store.redis.hgetall(store.keys.pressure)
    if not pressure:
        return
    depth, since, is_on = (
        int(pressure.get("changed_depth") or 0),
        int(pressure.get("since") or 0),
        pressure.get("on") == "1",
    )
    begun = max((to_ms(process.started_at) for process in list_processes(store)), default=0)
    right = depth >= settings.pressure_high if is_on else depth <= settings.pressure_low
    if not right and since >= begun:
        marks = (
            f"SCHEDULER_PRESSURE_DEPTH_LOW and _HIGH are {settings.pressure_low} and {settings.pressure_high} here; "
            "give the doctor the settings of the processes"
        )
        yield Broken("I10", "pressure", f"it is {'on' if is_on else 'off'} since depth {depth}, and {marks}")


def _cap(store: Store, settings: Settings) -> Iterator[Broken]:
    """I11, in the windows of the last seconds: older ones are forgotten."""
    now = to_ms(store.now()) // (settings.tick // MILLISECOND)
    numbers = range(now - WINDOWS, now + 1)
    counts: Any = store.redis.mget([store.keys.window(number) for number in numbers])
    for number, count in zip(numbers, counts, strict=True):
        if int(count or 0) > settings.max_dispatch_per_tick:
            cap = settings.max_dispatch_per_tick
            yield Broken("I11", f"tick window {number}", f"{count} dispatches, the cap is {cap}")


def _clock(store: Store) -> Iterator[Broken]:
    newest: Any = store.redis.zrevrange(store.keys.runs, 0, 0, withscores=True)
    ahead = int(newest[0][1]) - to_ms(store.now()) if newest else 0
    if ahead > CLOCK_SLACK_MS:
        yield Broken("I15", f"run {newest[0][0]}", f"it was created {ahead / 1000:.0f} s ahead of the store's clock")
