"""Typed calls of pause and flow: stopping and resuming a part of the platform, and the own limit of a flow group."""

import json
from dataclasses import dataclass

from runners.engine import pause as pauses
from runners.engine.pause import Pause
from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store

EVERYTHING = ("everything", "")
Target = tuple[str, str]
"""What is paused: ('job', id), ('flow', name), ('queue', priority), ('drain', worker id) or `EVERYTHING`."""


@dataclass(frozen=True, slots=True)
class Paused:
    """The script's answer: ok, same (it was so before) or gone; and the pause in force after it, None for none."""

    word: str
    pause: Pause | None


def pause(store: Store, target: Target, actor: str) -> Paused:
    """Pause `target`; one that is paused keeps its first pause."""
    return _call(store, "pause", target, actor)


def resume(store: Store, target: Target, actor: str) -> Paused:
    """Resume `target`. What it held goes out in the order of its waiting, as fast as ticks can take it."""
    return _call(store, "resume", target, actor)


def limit_flow(store: Store, group: str, limit: int, actor: str, expected: int | None = None) -> str:
    """Set the group's own limit, 0 for none. Returns ok, same when nothing changed, or stale when it is not `expected`."""
    about = {"flow_group": group, "limit": limit, "actor": actor}
    return str(call(store, "flow", group, limit, "" if expected is None else expected, json.dumps(about)))


def _call(store: Store, action: str, target: Target, actor: str) -> Paused:
    kind, name = target
    about: dict[str, str | None] = {"actor": actor}
    if kind in NAMED:
        about = {NAMED[kind]: name or None, **about}
    word, text = call(store, "pause", action, kind, name, actor, json.dumps(about))
    blocker = kind if kind in ("everything", "job") else f"{kind}:{name}"
    return Paused(str(word), pauses.decode(blocker, text))


NAMED = {"flow": "flow_group", "queue": "priority", "everything": "priority", "drain": "process_id"}
"""How the event's data names what was paused; a job's event carries its id anyway."""
