"""Chats that listen: to which rules, beside whom these tell anyhow, and until when they want to hear nothing. Pure.

What a rule tells a chat that subscribed to it goes the way of all notices, under a name of its own, `rule@place`, so that
a chat that cannot be reached delays nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from runners.engine import clock
from runners.engine.notifications.routing import Notice
from runners.engine.notifications.rule import PARTS, Rule, Slack, Telegram
from runners.engine.words import Language

TELEGRAM = "telegram:"
"""How places begin that are named without their channel."""
MOST_RULES = 20
"""Rules that one chat may subscribe to."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who made a chat hear of a rule, since when, and in which language it is told."""

    by: str
    since: datetime
    language: Language


@dataclass(frozen=True, slots=True)
class Listener:
    """A chat, by 'channel:account:chat', with the rules that it subscribed to; muted until `muted_until`, None when it is not."""

    place: str
    rules: Mapping[str, Subscription] = field(default_factory=dict)
    muted_until: datetime | None = None
    muted_by: str = ""

    def is_muted(self, now: datetime) -> bool:
        """Say whether it wants to hear nothing now."""
        return self.muted_until is not None and self.muted_until > now

    def to_json(self) -> dict[str, Any]:
        """Return it as it is kept under its place."""
        rules = {
            name: {"by": one.by, "since_ms": clock.to_ms(one.since), "language": str(one.language)}
            for name, one in self.rules.items()
        }
        until_ms = clock.to_ms(self.muted_until) if self.muted_until else 0
        return {"rules": rules, "muted_until_ms": until_ms, "muted_by": self.muted_by}


def read_listener(place: str, kept: Mapping[str, Any]) -> Listener:
    """Return the chat that is kept so. Raises KeyError, TypeError or ValueError on anything else."""
    rules = {
        name: Subscription(one["by"], clock.from_ms(one["since_ms"]), Language(one["language"]))
        for name, one in kept["rules"].items()
    }
    until = clock.from_ms(kept["muted_until_ms"]) if kept["muted_until_ms"] else None
    return Listener(place, rules, until, kept["muted_by"])


def told_in(rule: Rule, listener: Listener) -> Rule | None:
    """Return the rule as it tells the chat, None when the chat did not subscribe to it, or cannot be told."""
    subscribed, part = listener.rules.get(rule.rule_id), _part(listener.place)
    if subscribed is None or part is None:
        return None
    told = dict.fromkeys(PARTS) | part | {"language": subscribed.language}
    since = max(rule.made_at, subscribed.since)
    return replace(
        rule, rule_id=name_of(rule.rule_id, listener.place), content=rule.content.model_copy(update=told), made_at=since
    )


def heard(rules: Sequence[Rule], listeners: Iterable[Listener], now: datetime) -> list[Rule]:
    """Return all that is to be told now: each rule itself, and to each chat that subscribed; without the chats that are muted."""
    known = list(listeners)
    muted = {one.place for one in known if one.is_muted(now)}
    told = [*rules, *(copy for one in known for rule in rules if (copy := told_in(rule, one)))]
    return [rule for rule in told if rule.content.place not in muted]


def once_each(notices: Iterable[Notice]) -> list[Notice]:
    """Return the notices without those that tell a chat of an event of which an earlier one tells it already."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for notice in notices:
        place = notice.rule.content.place
        matter = (notice.event.id, place)
        if not place or matter not in seen:
            kept.append(notice)
        seen.add(matter)
    return kept


def name_of(rule_id: str, place: str) -> str:
    """Return the name under which a rule tells the chat at `place`, which subscribed to it."""
    return f"{rule_id}@{place.removeprefix(TELEGRAM)}"


def named(name: str) -> tuple[str, str]:
    """Return the rule behind such a name, and the place of the chat; '' for a rule itself."""
    rule_id, _, to = name.partition("@")
    return rule_id, f"{TELEGRAM}{to}" if to.count(":") == 1 else to


def _part(place: str) -> dict[str, Any] | None:
    """Return the part of a rule that tells the chat at `place`, with its channel; None where none could."""
    channel, account_id, chat = [*place.split(":"), "", ""][:3]
    try:
        if channel == "slack":
            return {"channel": channel, "slack": Slack(account_id=account_id, chat_id=chat)}
        if channel == "telegram":
            return {"channel": channel, "telegram": Telegram(account_id=account_id, chat_id=int(chat))}
    except ValueError:
        return None
    return None
