"""What a chat is told: the rules that it subscribed to, and whether it is muted. Asked in the chat itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from runners.engine.errors import Conflict, NotFound
from runners.engine.notifications.listening import MOST_RULES, Listener, Subscription
from runners.engine.notifications.rule import stored_rule
from runners.engine.operations import keeping
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.store.listeners import listener_of, load_listener
from runners.engine.store.records import Record, load_record, load_records, names

Changed = Callable[[Listener], Listener]


@dataclass(frozen=True, slots=True)
class Heard:
    """A rule that a chat may subscribe to: what it tells of, never whom else."""

    rule_id: str
    description: str
    events: tuple[str, ...]
    enabled: bool


@operation(Role.VIEWER)
def rules_to_hear(platform: Platform, actor: Actor) -> list[Heard]:
    """Return every rule that can be read, by what it tells of."""
    found = load_records(platform.store, "rule", names(platform.store, "rule"))
    rules = keeping.readable(found.values(), stored_rule).values()
    return [
        Heard(rule.rule_id, rule.content.description, tuple(rule.content.events), rule.content.enabled)
        for rule in rules
    ]


@operation(Role.VIEWER)
def get_listener(platform: Platform, actor: Actor, place: str) -> Listener:
    """Return what the chat at `place` (channel:account:chat) is told. Raises Unreadable."""
    return load_listener(platform.store, place)


@operation(Role.VIEWER)
def subscribe(platform: Platform, actor: Actor, place: str, rule_id: str) -> Listener:
    """Tell the chat what the rule tells, from now on, in the language of the one who asks.

    Raises NotFound for a rule that is not there, and Conflict for a chat that hears too many.
    """
    if load_record(platform.store, "rule", rule_id) is None:
        raise NotFound(f"notification rule '{rule_id[:64]}' does not exist")

    def with_it(listener: Listener) -> Listener:
        if rule_id not in listener.rules and len(listener.rules) >= MOST_RULES:
            raise Conflict(f"this chat hears of {MOST_RULES} rules already; unsubscribe from one first")
        made = Subscription(actor.name, platform.store.now(), actor.language)
        return replace(listener, rules={rule_id: made, **listener.rules})

    return _change(platform, actor, place, with_it)


@operation(Role.VIEWER)
def unsubscribe(platform: Platform, actor: Actor, place: str, rule_id: str) -> Listener:
    """Tell the chat nothing more of the rule. Raises NotFound when it did not subscribe to it."""
    if rule_id not in load_listener(platform.store, place).rules:
        raise NotFound(f"this chat did not subscribe to notification rule '{rule_id[:64]}'")

    def without_it(listener: Listener) -> Listener:
        return replace(listener, rules={name: one for name, one in listener.rules.items() if name != rule_id})

    return _change(platform, actor, place, without_it)


@operation(Role.OPERATOR)
def mute_chat(platform: Platform, actor: Actor, place: str, until: datetime | None) -> Listener:
    """Tell the chat nothing until then, whatever rule asks for it; with None, go on telling."""

    def muted(listener: Listener) -> Listener:
        return replace(listener, muted_until=until, muted_by=actor.name if until else "")

    return _change(platform, actor, place, muted)


def _change(platform: Platform, actor: Actor, place: str, changed: Changed) -> Listener:
    def content(record: Record | None) -> keeping.Content:
        return changed(listener_of(record) if record else Listener(place)).to_json()

    keeping.save(platform, actor, "listener", place, content)
    return load_listener(platform.store, place)
