"""What `top` shows, in words and rows: pure, for a terminal and for a pipe alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runners.cli.holding import HELD
from runners.cli.output import Column

Look = Mapping[str, Any]
WORKERS: tuple[Column, ...] = (
    ("worker", lambda row: row["id"]),
    ("host", lambda row: row["host"]),
    ("pool", lambda row: row["pool"]),
    ("slots", lambda row: row["slots"]),
    ("state", lambda row: "draining" if row["draining"] else row["status"]),
    ("does", lambda row: row["doing"]),
)
RUNS: tuple[Column, ...] = (
    ("run", lambda row: row["run_id"]),
    ("job", lambda row: row["job_id"]),
    ("type", lambda row: row["job_type"]),
    ("attempt", lambda row: row["attempt"]),
    ("since", lambda row: row["started_at"]),
)


def headline(seen: Look) -> str:
    """Return the state of the queue as one line."""
    queue = seen["queue"]
    oldest = queue["oldest_wait_sec"]
    parts = [
        f"{queue['depth']} waiting" + (f", the oldest for {oldest:.0f} s" if oldest is not None else ""),
        f"{queue['running']} running",
        f"{queue['delayed']} delayed",
        f"{sum(one['status'] == 'online' for one in seen['workers'])} of {len(seen['workers'])} workers online",
    ]
    if queue["pressure_mode"]:
        parts.append("PRESSURE: only critical goes out")
    parts += [
        f"NO WORKER OF POOL {pool['name']}: {pool['depth']} of its runs wait"
        for pool in queue.get("pools", ())  # an older server tells of none
        if pool["depth"] and not pool["workers"]
    ]
    if queue["paused"]["everything"]:
        parts.append("PAUSED: everything")
    return " · ".join(parts)


def sections(seen: Look, listed: int) -> Iterator[tuple[str, Sequence[Mapping[str, Any]], Sequence[Column]]]:
    """Yield title, rows and columns of each part, of the longest `listed` rows."""
    running = seen["queue"]["running"]
    shown = min(len(seen["runs"]), listed)
    yield _title("Runs", shown, running), seen["runs"][:listed], RUNS
    workers = sorted(seen["workers"], key=lambda row: (row["status"] != "online", row["id"]))
    yield _title("Workers", min(len(workers), listed), len(workers)), workers[:listed], WORKERS
    yield "Holds", seen["held"][:listed], HELD


def _title(name: str, shown: int, of: int) -> str:
    return f"{name} ({shown} of {of})" if of > shown else f"{name} ({of})"
