"""How the one who asks wants the pages: kept under the name by which everything names him, wherever he signs in."""

from __future__ import annotations

from runners.engine.errors import Unreadable
from runners.engine.operations import keeping
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.preferences import Preferences, read_preferences
from runners.engine.store.records import load_record


@operation(Role.VIEWER)
def own_preferences(platform: Platform, actor: Actor) -> Preferences:
    """Return what the one who asks has chosen; a record that cannot be read is no choice. One round trip."""
    try:
        record = load_record(platform.store, "preferences", actor.name)
    except Unreadable:
        record = None
    return read_preferences(record.content if record else {})


@operation(Role.VIEWER)
def choose_preferences(platform: Platform, actor: Actor, chosen: Preferences) -> None:
    """Keep what the one who asks has chosen."""
    keeping.save(platform, actor, "preferences", actor.name, lambda _: chosen.to_json())
