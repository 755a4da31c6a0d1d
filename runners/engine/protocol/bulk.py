"""Typed calls of the bulk scripts: to begin one, to do or take back one part of it, to put down what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from runners.engine.audit import Author, Entry
from runners.engine.bulk import Bulk, Item, State
from runners.engine.protocol.audit import audited
from runners.engine.protocol.creation import Creation
from runners.engine.protocol.dispatch import Admission
from runners.engine.protocol.scripts import call
from runners.engine.settings import Settings
from runners.engine.store.connection import Store


@dataclass(frozen=True, slots=True)
class Beginning:
    """An operation that is about to begin: its fields (`keys.bulk`), and the runs in the order in which they are done.

    An operation on jobs names them as `job id@version` instead.
    """

    bulk_id: str
    fields: Mapping[str, str | int]
    subjects: Sequence[str]
    kind: Literal["run", "job"] = "run"


def begin(store: Store, beginning: Beginning, author: Author) -> str:
    """Begin the operation. Returns ok, or exists when the same request began it before."""
    kind, subjects = beginning.kind, beginning.subjects
    items = [_named(kind, subject) for subject in subjects]
    entry = Entry(author, f"bulk:{beginning.bulk_id}", after=beginning.fields, items=items)
    fields: list[str | int] = [part for pair in beginning.fields.items() for part in pair]
    about: dict[str, str | int] = {"bulk_id": beginning.bulk_id, f"{kind}s": len(subjects)}
    about |= {name: beginning.fields[name] for name in ("action", "actor")}
    arguments: list[str | int] = [beginning.bulk_id, len(fields), *fields, json.dumps(about)]
    return str(audited(store, entry, "bulk_begin", *arguments, len(subjects), *subjects))


def _named(kind: str, subject: str) -> dict[str, str]:
    name, _, version = subject.partition("@")
    return {"object": f"{kind}:{name}"} | ({"version": version} if version else {})


def undo(store: Store, bulk: Bulk, author: Author) -> str:
    """Begin to take it back. Returns ok, gone, late (a day has passed), or the state in which it cannot be taken back."""
    entry = Entry(author, f"bulk:{bulk.bulk_id}", after={"state": State.UNDOING})
    about = json.dumps({"bulk_id": bulk.bulk_id})
    return str(audited(store, entry, "bulk_undo", bulk.bulk_id, author.name, int(bulk.action.on_jobs), about))


def done(store: Store, bulk: Bulk, items: Sequence[Item], held: Sequence[str], held_by: str) -> int:
    """Put down what became of the runs, each once, and that others were held. Returns how many are left."""
    rows = [part for item in items for part in (item.subject, item.outcome, item.detail.replace("\n", " ")[:300])]
    about = json.dumps({"bulk_id": bulk.bulk_id})
    return int(call(store, "bulk_done", bulk.bulk_id, bulk.state, held_by, about, len(rows), *rows, len(held), *held))


def admit(
    store: Store, settings: Settings, bulk: Bulk, creation: Creation, version: int, once: str, saw: str
) -> Admission:
    """Create a run for one of the operation's, as `dispatch.admit` does; `withdrawn` when its state has changed."""
    marks = (settings.pressure_high, settings.pressure_low)
    arguments = (bulk.bulk_id, bulk.state, *marks, version, once, saw, *creation.arguments())
    word, run_id = call(store, "bulk_admit", *arguments)
    return Admission(str(word), str(run_id))


def cancel(store: Store, bulk: Bulk, run_id: str, why: str) -> str:
    """Cancel one of the operation's runs, as `work.cancel` does; `withdrawn` when its state has changed."""
    return _word(call(store, "bulk_cancel", bulk.bulk_id, bulk.state, run_id, json.dumps(why)))


def take_back(store: Store, bulk: Bulk, run_id: str, why: str) -> str:
    """Cancel a run that the operation made, if no worker has had it. Returns cancelled, or the state that forbids it."""
    return _word(call(store, "bulk_take_back", bulk.bulk_id, bulk.state, run_id, json.dumps(why)))


def define(store: Store, bulk: Bulk, subject: str, arguments: Sequence[str | int]) -> str:
    """Change one of the operation's jobs, and put down in the same step that it is done; `arguments` as `define` has them.

    Returns ok, withdrawn when the operation's state has changed, done when another process was faster, or else stale or
    busy, with nothing changed.
    """
    return _word(call(store, "bulk_define", bulk.bulk_id, bulk.state, subject, *arguments))


def _word(answer: object) -> str:
    return str(answer[0]) if isinstance(answer, list) else str(answer)
