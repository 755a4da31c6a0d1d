"""The queue, processes and connectors as JSON; contract §2."""

from typing import Literal

from runners.engine.store.connectors import ConnectorState, ConnectorStatus
from runners.engine.store.facts import QueueFacts
from runners.engine.store.processes import Process, ProcessStatus
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp


class QueueRow(Shape):
    """`depth` counts runs that wait now; `oldest_wait_sec` is null when none waits."""

    depth: int
    delayed: int
    running: int
    pressure_mode: bool
    oldest_wait_sec: float | None
    mode: Literal["streams", "lists", "memory"]


class ProcessRow(Shape):
    """One process that beat in the last day."""

    id: str
    type: str
    status: ProcessStatus
    last_heartbeat_at: Stamp
    version: str
    host: str
    pid: int
    doing: str
    started_at: Stamp


class ConnectorRow(Shape):
    """One chat account, as its connector measures it."""

    channel: str
    account_id: str
    status: ConnectorStatus
    last_heartbeat_at: Stamp
    last_error: str | None
    reconnect_count: int


def queue_row(facts: QueueFacts) -> QueueRow:
    """Return the queue for the wire."""
    return {
        "depth": facts.depth,
        "delayed": facts.delayed,
        "running": facts.running,
        "pressure_mode": facts.pressure_mode,
        "oldest_wait_sec": round(facts.oldest_wait.total_seconds(), 3) if facts.oldest_wait is not None else None,
        "mode": facts.mode,  # type: ignore[typeddict-item]  # one of the three, as the probe found it
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
        "started_at": stamp(process.started_at),
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
