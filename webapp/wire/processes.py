"""The queue, processes and connectors as JSON; contract §2."""

from collections.abc import Iterable

from runners.engine.operations import Pauses, Pressure
from runners.engine.store.connection import ModeName
from runners.engine.store.connectors import ConnectorState, ConnectorStatus
from runners.engine.store.facts import QueueFacts
from runners.engine.store.pools import Pool
from runners.engine.store.processes import Process, ProcessStatus
from webapp.wire.pauses import PauseRow, PausesRow, pause_row_or_none, pauses_row
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp, stamp_or_none


class PoolRow(Shape):
    """A worker pool: its runs that wait now, and the workers that take them, with all their slots."""

    name: str
    depth: int
    workers: int
    slots: int


class QueueRow(Shape):
    """`depth` counts runs that wait now, in all pools; `oldest_wait_sec` is null when none waits.

    `pools` are the default one, and every other in which runs wait or that a worker serves.
    """

    depth: int
    delayed: int
    running: int
    pressure_mode: bool
    oldest_wait_sec: float | None
    mode: ModeName
    paused: PausesRow
    pools: list[PoolRow]


class PressureRow(Shape):
    """Pressure mode, its two marks, and since when it is on or off (null: it never was on).

    `held` counts the jobs whose slot it holds, `first_held` names those that go first. `ended_per_minute` is measured
    over the last five whole minutes; `clears_in_sec` is how long the backlog takes at that rate, null when nothing ends.
    """

    on: bool
    since: Stamp | None
    depth: int
    high: int
    low: int
    held: int
    first_held: list[str]
    ended_per_minute: float
    clears_in_sec: float | None


class ProcessRow(Shape):
    """One process that beat in the last day; `draining` says since when, and by whom, a worker takes no more runs; `stopping`
    the same of one that was asked to end. `slots` is how many runs a worker executes at once, and `pool` whose runs these are; 0
    and empty for the others. `leads_since` is of the one scheduler that does what one is to do for all.
    """

    id: str
    type: str
    status: ProcessStatus
    last_heartbeat_at: Stamp
    version: str
    host: str
    pid: int
    doing: str
    slots: int
    pool: str
    started_at: Stamp
    draining: PauseRow | None
    stopping: PauseRow | None
    leads_since: Stamp | None


class ConnectorRow(Shape):
    """One chat account, as its connector measures it."""

    channel: str
    account_id: str
    status: ConnectorStatus
    last_heartbeat_at: Stamp
    last_error: str | None
    reconnect_count: int


def queue_row(facts: QueueFacts, pauses: Pauses, pools: Iterable[Pool]) -> QueueRow:
    """Return the queue for the wire."""
    return {
        "depth": facts.depth,
        "delayed": facts.delayed,
        "running": facts.running,
        "pressure_mode": facts.pressure_mode,
        "oldest_wait_sec": round(facts.oldest_wait.total_seconds(), 3) if facts.oldest_wait is not None else None,
        "mode": facts.mode,
        "paused": pauses_row(pauses),
        "pools": [
            {"name": pool.name, "depth": pool.depth, "workers": pool.workers, "slots": pool.slots} for pool in pools
        ],
    }


def pressure_row(found: Pressure) -> PressureRow:
    """Return the pressure for the wire."""
    return {
        "on": found.on,
        "since": stamp_or_none(found.since),
        "depth": found.depth,
        "high": found.high,
        "low": found.low,
        "held": found.held,
        "first_held": list(found.first_held),
        "ended_per_minute": round(found.rate, 2),
        "clears_in_sec": round(found.clears_in.total_seconds(), 1) if found.clears_in is not None else None,
    }


def process_row(process: Process) -> ProcessRow:
    """Return `process` for the wire."""
    return {
        "id": process.id,
        "type": process.type,
        "status": process.status,
        "last_heartbeat_at": stamp(process.last_heartbeat_at),
        "version": process.version,
        "host": process.host,
        "pid": process.pid,
        "doing": process.doing,
        "slots": process.slots,
        "pool": process.pool,
        "started_at": stamp(process.started_at),
        "draining": pause_row_or_none(process.draining),
        "stopping": pause_row_or_none(process.stopping),
        "leads_since": stamp_or_none(process.leads_since),
    }


def connector_row(state: ConnectorState) -> ConnectorRow:
    """Return `state` for the wire."""
    return {
        "channel": state.channel,
        "account_id": state.account_id,
        "status": state.status,
        "last_heartbeat_at": stamp(state.last_heartbeat_at),
        "last_error": state.last_error,
        "reconnect_count": state.reconnect_count,
    }
