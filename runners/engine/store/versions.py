"""Reading a job's versions: the specs that it had, as `define` keeps them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runners.engine import clock
from runners.engine.errors import Unreadable
from runners.engine.job import JobSpec, spec_from_json
from runners.engine.store.connection import Store
from runners.engine.store.page import Page, cursor_after, name_before

BROKEN = (LookupError, ValueError, TypeError, OverflowError, RecursionError)
"""What reading a record raises that somebody broke."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a job: when it was written, by whom and through which door, and the spec as it was then.

    `predecessor` is the spec before it, None when there was none, or when that one is kept no more.
    """

    number: int
    created_at: datetime
    source: str
    actor: str
    note: str
    spec: JobSpec
    predecessor: JobSpec | None


def load_version(store: Store, job_id: str, version: int) -> JobSpec | None:
    """Return the spec of one version, or None when it is not kept. Raises Unreadable on a broken record."""
    row = _row(store, job_id, version)
    if row is None:
        return None
    try:
        return _spec(_about(row))
    except BROKEN as fault:
        raise Unreadable(f"version {version} of job '{job_id}' cannot be read ({type(fault).__name__})") from fault


def author_of(store: Store, job_id: str, version: int) -> str | None:
    """Return who wrote one version, None when it is not kept or cannot be read."""
    row = _row(store, job_id, version)
    try:
        return str(_about(row)["actor"]) if row else None
    except BROKEN:
        return None


def run_behind(store: Store, job_id: str, version: int) -> str:
    """Return the id of the agent's run that wrote one version; '' for one that people wrote, that is not kept or cannot be read."""
    row = _row(store, job_id, version)
    try:
        return str(_about(row).get("run", "")) if row else ""
    except BROKEN:
        return ""


def _row(store: Store, job_id: str, version: int) -> str | None:
    rows: Any = store.redis.lrange(store.keys.versions(job_id), 0, -1)
    return next((row for row in reversed(rows) if row.partition("|")[0] == str(version)), None)


def list_versions(store: Store, job_id: str, limit: int, offset: int = 0, cursor: str | None = None) -> Page[Version]:
    """Return a page of the versions that are kept, newest first; `unreadable` names those whose record is broken.

    `cursor` is an earlier page's `next_cursor`: versions that were written since move nothing. Raises Malformed.
    """
    key, first = store.keys.versions(job_id), offset
    if (after := name_before(cursor)) is not None:
        newest: Any = store.redis.lrange(key, -1, -1)
        # numbers follow each other, so that a version's place is told by its number
        first += max(0, _number("".join(newest)) - _number(after) + 1)
    pipeline = store.redis.pipeline(transaction=False)
    pipeline.lrange(key, -(first + limit + 1), -(first + 1))
    pipeline.llen(key)
    found, total = pipeline.execute()
    newest_first = [*found[::-1], None]
    rows, befores, more = newest_first[:-1][:limit], newest_first[1:][:limit], len(found) > limit
    versions = [_readable(row, before) for row, before in zip(rows, befores, strict=True)]
    return Page(
        rows=tuple(version for version in versions if version),
        total=total,
        next_cursor=cursor_after(str(_number(rows[-1]))) if more else None,
        unreadable=tuple(str(_number(row)) for row, version in zip(rows, versions, strict=True) if version is None),
    )


def _readable(row: str, before: str | None) -> Version | None:
    try:
        about = _about(row)
        number, created_at, _ = row.split("|", 2)
        return Version(
            number=int(number),
            created_at=clock.from_ms(int(created_at)),
            source=str(about["source"]),
            actor=str(about["actor"]),
            note=str(about["note"]),
            spec=_spec(about),
            predecessor=_spec_or_none(before) if before else None,
        )
    except BROKEN:
        return None


def _spec_or_none(row: str) -> JobSpec | None:
    try:
        return _spec(_about(row))
    except BROKEN:
        return None


def _about(row: str) -> Mapping[str, Any]:
    about = json.loads(row.split("|", 2)[2])
    if not isinstance(about, dict):
        raise ValueError("a version is no JSON object")
    return about


def _spec(about: Mapping[str, Any]) -> JobSpec:
    if not isinstance(about["spec"], dict):
        raise ValueError("a version's spec is no JSON object")
    return spec_from_json(about["spec"])


def _number(row: str) -> int:
    """Return the number of a version's row, 0 when it has none."""
    text = row.partition("|")[0]
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0
