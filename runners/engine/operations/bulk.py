"""Bulk operations: retry or cancel all runs that pass a filter; look how far any is, and take back what was done to runs."""

from __future__ import annotations

import hashlib
import json
import secrets

from runners.engine.bulk import MOST, Action, Bulk, Item
from runners.engine.errors import Conflict, CountDiffers, Invalid, NotFound, Problem
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol import bulk as protocol
from runners.engine.protocol.bulk import Beginning
from runners.engine.run import TERMINAL, RunStatus
from runners.engine.store import bulks
from runners.engine.store.connection import Store
from runners.engine.store.page import Page
from runners.engine.store.run_index import RunFilter
from runners.engine.store.run_selection import Window, select

LISTED = 50


@operation(Role.OPERATOR)
def begin_bulk(
    platform: Platform,
    actor: Actor,
    action: Action,
    wanted: RunFilter,
    expected: int,
    idempotency_key: str | None = None,
) -> Bulk:
    """Begin to retry or cancel exactly the runs that pass the filter now, oldest first; schedulers do it bit by bit.

    Runs that are named one by one may be in any state: those that the action is not for are passed over.
    Raises Invalid when the filter names no state that the action is for, CountDiffers when it does not match exactly
    `expected` runs, Conflict when it reaches further than can be looked at. The same `idempotency_key` begins one.
    """
    _refuse_unfit(action, wanted)
    store, bulk_id = platform.store, new_id(actor, idempotency_key)
    about: dict[str, str | int] = {"action": str(action), "filter": json.dumps(wanted.to_json()), "total": expected}
    known = bulks.load_bulk(store, bulk_id)
    if known is None:
        fields = about | {"actor": actor.name, "trace_id": actor.request_id or bulk_id}
        protocol.begin(store, Beginning(bulk_id, fields, _matching(store, wanted, expected)), actor.author())
        known = existing_bulk(store, bulk_id)
    if (known.action, known.filter, known.total) != (action, wanted.to_json(), expected):
        raise Conflict("this Idempotency-Key began another bulk operation; take a new key")
    return known


@operation(Role.VIEWER)
def get_bulk(platform: Platform, actor: Actor, bulk_id: str) -> Bulk:
    """Return the operation on runs as it stands. Raises NotFound."""
    return existing_bulk(platform.store, bulk_id, on_jobs=False)


@operation(Role.VIEWER)
def list_bulks(platform: Platform, actor: Actor) -> list[Bulk]:
    """Return the newest operations on runs, of the newest 50; they are kept for a day behind their end."""
    return [bulk for bulk in bulks.list_bulks(platform.store, LISTED) if not bulk.action.on_jobs]


@operation(Role.VIEWER)
def bulk_items(
    platform: Platform, actor: Actor, bulk_id: str, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[Item]:
    """Return a page of what became of the runs, in the order in which it happened. Raises NotFound."""
    existing_bulk(platform.store, bulk_id)
    return bulks.list_items(platform.store, bulk_id, limit, offset, cursor)


@operation(Role.OPERATOR)
def undo_bulk(platform: Platform, actor: Actor, bulk_id: str) -> Bulk:
    """Take the operation back as far as that goes: once, within a day.

    What is not done yet is not done. Of a retry, runs that it made and no worker has had are cancelled; of a cancellation,
    runs that it ended before any worker had them are made again, under the guards. Raises NotFound and Conflict.
    """
    return taken_back(platform.store, actor, existing_bulk(platform.store, bulk_id, on_jobs=False))


def taken_back(store: Store, actor: Actor, bulk: Bulk) -> Bulk:
    """Begin to take an operation back, and return it as it stands then. Raises NotFound and Conflict."""
    word = protocol.undo(store, bulk, actor.author())
    if word == "gone":
        raise _missing(bulk.bulk_id)
    if word != "ok":
        fault = "began more than a day ago" if word == "late" else f"is {word} already"
        raise Conflict(f"bulk operation '{bulk.bulk_id}' {fault}, so it cannot be undone")
    return existing_bulk(store, bulk.bulk_id)


def existing_bulk(store: Store, bulk_id: str, *, on_jobs: bool | None = None) -> Bulk:
    """Return the operation, if it is of that kind; None takes both. Raises NotFound."""
    found = bulks.load_bulk(store, bulk_id)
    if found is None or on_jobs not in (None, found.action.on_jobs):
        raise _missing(bulk_id)
    return found


def _missing(bulk_id: str) -> NotFound:
    return NotFound(f"bulk operation '{bulk_id}' does not exist, or is not kept any more")


def _refuse_unfit(action: Action, wanted: RunFilter) -> None:
    ended = TERMINAL if action is Action.RETRY else frozenset(RunStatus) - TERMINAL
    failed = action is Action.RETRY and wanted.status is None and (wanted.failure_kind or wanted.failure)
    if wanted.status in ended or failed or wanted.run_ids:
        return
    fault = f"filter.status must be one of {', '.join(sorted(ended))}: only such runs can be {DONE_TO[action]}"
    raise Invalid([Problem(("filter", "status"), fault, "unfit_status")])


DONE_TO = {Action.RETRY: "retried", Action.CANCEL: "cancelled"}


def _matching(store: Store, wanted: RunFilter, expected: int) -> list[str]:
    found = select(store, wanted, Window(limit=MOST, offset=0, cursor=None))
    if not found.complete:
        raise Conflict("the filter reaches further than can be looked at, so its runs cannot be counted; narrow it")
    if found.total != expected:
        raise CountDiffers(f"{found.total} runs pass the filter now, not {expected}; nothing was done", found.total)
    return [place.run_id for place in reversed(found.places)]


def new_id(actor: Actor, idempotency_key: str | None) -> str:
    """Return the id of an operation that begins; the same key of the same actor names the same one."""
    if idempotency_key is None:
        return f"bulk_{secrets.token_hex(12)}"
    identity = f"{actor.name}\0{idempotency_key}"
    return f"bulk_{hashlib.sha256(identity.encode()).hexdigest()[:24]}"
