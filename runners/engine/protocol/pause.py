"""Typed calls of pause and flow: stopping and resuming a part of the platform, and the own limit of a flow group."""

import json
from dataclasses import dataclass

from runners.engine import pause as pauses
from runners.engine.audit import Author, Entry
from runners.engine.pause import Pause
from runners.engine.protocol.audit import audited
from runners.engine.store.connection import Store

EVERYTHING = ("everything", "")
Target = tuple[str, str]
"""What is paused: ('job', id), ('flow', name), ('queue', priority), ('drain' or 'stop', worker id) or `EVERYTHING`."""


@dataclass(frozen=True, slots=True)
class Paused:
    """The script's answer: ok, same (it was so before) or gone; and the pause in force after it, None for none."""

    word: str
    pause: Pause | None


def pause(store: Store, target: Target, author: Author) -> Paused:
    """Pause `target`; one that is paused keeps its first pause."""
    return _call(store, "pause", target, author)


def resume(store: Store, target: Target, author: Author) -> Paused:
    """Resume `target`. What it held goes out in the order of its waiting, as fast as ticks can take it."""
    return _call(store, "resume", target, author)


def limit_flow(store: Store, group: str, limit: int, author: Author, before: int) -> str:
    """Set the group's own limit, 0 for none. Returns ok, same when nothing changed, or stale when it was not `before`."""
    about = {"flow_group": group, "limit": limit, "actor": author.name}
    entry = Entry(author, f"flow:{group}", {"limit": before}, {"limit": limit})
    return str(audited(store, entry, "flow", group, limit, before, json.dumps(about)))


def _call(store: Store, action: str, target: Target, author: Author) -> Paused:
    kind, name = target
    about: dict[str, str | None] = {"actor": author.name}
    if kind in NAMED:
        about = {NAMED[kind]: name or None, **about}
    blocker = kind if kind in ("everything", "job") else f"{kind}:{name}"
    paused = action == "pause"
    entry = Entry(author, f"{kind}:{name}" if name else kind, {"paused": not paused}, {"paused": paused})
    word, text = audited(store, entry, "pause", action, kind, name, author.name, json.dumps(about))
    return Paused(str(word), pauses.decode(blocker, text))


NAMED = {
    "flow": "flow_group",
    "queue": "priority",
    "everything": "priority",
    "drain": "process_id",
    "stop": "process_id",
}
"""How the event's data names what was paused; a job's event carries its id anyway."""
