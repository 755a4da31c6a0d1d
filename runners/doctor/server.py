"""The server as it is: its memory, what would survive a crash, its clock, and what it holds."""

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from redis.exceptions import ResponseError

from runners.doctor.finding import Finding
from runners.engine.settings import Settings
from runners.engine.store.connection import Store
from runners.engine.store.keys import PRIORITIES

MOST_USED = 0.9
MOST_FRAGMENTED = 1.5
SMALL_BYTES = 64 * 1024 * 1024
"""Below this, a high fragmentation says nothing."""
MOST_SKEW = timedelta(seconds=2)
WEIGHED = 200
WRITES = {
    "aof_last_write_status": "the append-only file could not be written",
    "aof_last_bgrewrite_status": "the append-only file could not be rewritten",
    "rdb_last_bgsave_status": "the last snapshot failed",
}


def server(store: Store, settings: Settings) -> Iterator[Finding]:
    """Yield what the server says of itself; a hosted one that hides INFO is only asked for its clock."""
    about = _about(store)
    if about:
        yield _memory(about)
        yield from _persistence(about)
    yield _clock(store)
    yield _held(store, settings)


def _about(store: Store) -> dict[str, Any]:
    try:
        memory: Any = store.redis.info("memory")
        persistence: Any = store.redis.info("persistence")
    except ResponseError:
        return {}
    return {**memory, **persistence}


def _memory(about: Mapping[str, Any]) -> Finding:
    used, most = int(about.get("used_memory") or 0), int(about.get("maxmemory") or 0)
    ratio = float(about.get("mem_fragmentation_ratio") or 1)
    limit = f"of {_bytes(most)}" if most else "without a limit; set maxmemory below what the machine has"
    seen = f"{_bytes(used)} used {limit}, fragmentation {ratio:.2f}"
    if most and used >= MOST_USED * most:
        return Finding("memory", False, f"{seen}; nearly full: raise maxmemory, or keep less history (RUNS_KEPT)")
    if ratio >= MOST_FRAGMENTED and used >= SMALL_BYTES:
        return Finding("memory", False, f"{seen}; much is lost to fragmentation: turn activedefrag on, or restart it")
    return Finding("memory", True, seen)


def _persistence(about: Mapping[str, Any]) -> Iterator[Finding]:
    failed = [words for name, words in WRITES.items() if about.get(name, "ok") != "ok"]
    for words in failed:
        yield Finding("persistence", False, f"{words}; see the server's log and its disk")
    if not failed:
        yield Finding("persistence", True, "what it wrote last to disk was written well")


def _clock(store: Store) -> Finding:
    """Compare the server's clock with this machine's; decisions use the server's alone."""
    before = time.time()
    theirs = store.now().timestamp()
    ours = (before + time.time()) / 2
    ahead = timedelta(seconds=theirs - ours)
    seen = f"the server's clock is {abs(ahead.total_seconds()):.2f} s {'ahead of' if theirs > ours else 'behind'} this machine's"
    if abs(ahead) > MOST_SKEW:
        return Finding("clock", False, f"{seen}; schedules follow the server's: let both ask a time server")
    return Finding("clock", True, seen)


def _held(store: Store, settings: Settings) -> Finding:
    """Count by the platform's own indexes; only the weight of a run's record is sampled."""
    keys = store.keys
    pipeline = store.redis.pipeline(transaction=False)
    for key in (keys.jobs, keys.runs, keys.leases, keys.retries, keys.events, keys.logs, keys.held):
        pipeline.zcard(key)
    for priority in PRIORITIES:
        pipeline.zcard(keys.pending(priority))
    pipeline.dbsize()
    jobs, runs, running, retrying, events, logs, held, *waiting, all_keys = pipeline.execute()
    counts = (
        f"{jobs} jobs ({held} held), {runs} runs ({sum(waiting)} queued, {running} running, {retrying} retrying; "
        f"{settings.runs_kept} ended ones are kept), {events} events, {logs} logs, {all_keys} keys in the database"
    )
    weight = _weight(store)
    return Finding("contents", True, counts + (f"; {weight}" if weight else ""))


def _weight(store: Store) -> str:
    newest: Any = store.redis.zrevrange(store.keys.runs, 0, WEIGHED - 1)
    pipeline = store.redis.pipeline(transaction=False)
    for run_id in newest:
        pipeline.memory_usage(store.keys.run(run_id))
    sizes = [size for size in pipeline.execute(raise_on_error=False) if isinstance(size, int)]
    return f"{sum(sizes) // len(sizes)} bytes a run's record, by the newest {len(sizes)}" if sizes else ""


def _bytes(number: int) -> str:
    for unit in ("bytes", "KiB", "MiB"):
        if number < 1024:
            return f"{number} {unit}"
        number //= 1024
    return f"{number} GiB"
