"""In which form data is stored, and how a newer version brings older data to its own.

A form has a number, kept with the data. Whoever opens a store with an older one takes the steps that are missing, one process
at a time, while those of the older version go on working: a step adds, and what the older version needs stays. So each form
also says which older one may go on, or come back, over it. That is how a version is rolled out, and back, under load.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import uuid4

import structlog
from redis.exceptions import ResponseError

from runners.engine.errors import FormatRefused
from runners.engine.store.connection import Store
from runners.engine.store.hashes import set_fields
from runners.engine.store.outcome_filling import fill_outcomes
from runners.engine.store.turns import give_up

LOG = structlog.get_logger("runners.data_format")
FORMAT = 2
TURN = 30.0
"""Seconds for which a process that takes a step keeps others from it, from its last sign of life on."""
LOOK_SEC = 0.1


@dataclass(frozen=True, slots=True)
class Migration:
    """One step from the form `to - 1` to the form `to`.

    `step` may be taken again after it broke off, or twice, and calls what it is given at least every few seconds. `works_from`
    is the oldest form whose version may work on the result.
    """

    to: int
    works_from: int
    step: Callable[[Store, Callable[[], None]], None]


MIGRATIONS: tuple[Migration, ...] = (Migration(2, 1, fill_outcomes),)
"""In their order; FORMAT is where the last one leads."""


def bring_up(store: Store, migrations: Sequence[Migration] = MIGRATIONS) -> int:
    """Bring the data to this version's form, and return the form that it has now; one round trip when there is nothing to do.

    Raises FormatRefused when the data is of a newer form than this version may work on, and redis.RedisError.
    """
    own = migrations[-1].to if migrations else 1
    while (found := _found(store, own)) < own:
        migration = next(one for one in migrations if one.to == found + 1)
        _take(store, migration)
    return found


def _found(store: Store, own: int) -> int:
    stored = store.redis.hgetall(store.keys.data_format)
    if not stored:
        return _begin(store, own)
    version, works_from = int(stored["version"]), int(stored["works_from"])
    if works_from > own:
        raise FormatRefused(
            f"the data is of form {version}, for programs that know form {works_from} or later, and this one knows {own}: "
            "start the newer version again, or restore a backup that this one made"
        )
    return version


def _begin(store: Store, own: int) -> int:
    """Note the form of data without a note: the first one if there is any, else this version's own."""
    there = own if not store.redis.exists(store.keys.jobs) else 1
    try:
        set_fields(store.redis, store.keys.data_format, {"works_from": 1, "version": there})
    except ResponseError as refused:  # full or read-only: the next start notes it
        LOG.warning("data_format.not_noted", error=str(refused))
    return there


def _take(store: Store, migration: Migration) -> None:
    """Take the step, or wait for whoever takes it now."""
    redis, key, name = store.redis, store.keys.migrator, uuid4().hex
    if not redis.set(key, name, nx=True, px=int(TURN * 1000)):
        threading.Event().wait(LOOK_SEC)
        return
    began = time.monotonic()

    def live() -> None:
        redis.pexpire(key, int(TURN * 1000))

    try:
        if _found(store, migration.to) >= migration.to:  # somebody took it since this process looked
            return
        migration.step(store, live)
        set_fields(redis, store.keys.data_format, {"works_from": migration.works_from, "version": migration.to})
        LOG.info("data_format.brought_up", to=migration.to, seconds=round(time.monotonic() - began, 3))
    finally:
        give_up(store, key, name)
