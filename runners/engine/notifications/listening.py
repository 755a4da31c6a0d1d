"""Chats that listen: to which rules, beside whom these tell anyhow, and until when they want to hear nothing. Pure.

What a rule tells a chat that subscribed to it goes the way of all notices, under a name of its own, `rule@account:chat`, so that
a chat that cannot be reached delays nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from runners.engine import clock
from runners.engine.notifications.routing import Notice
from runners.engine.notifications.rule import Rule, Telegram
from runners.engine.words import Language

CHANNEL = "telegram"
"""The channel by which chats are told."""
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

    @property
    def address(self) -> Telegram | None:
        """The account that tells it, and its number; None for a chat of another channel."""
        channel, account_id, chat = [*self.place.split(":"), "", ""][:3]
        is_number = chat.removeprefix("-").isdecimal() and chat.isascii()
        return Telegram(account_id=account_id, chat_id=int(chat)) if channel == CHANNEL and is_number else None

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
    subscribed, address = listener.rules.get(rule.rule_id), listener.address
    if subscribed is None or address is None:
        return None
    told = {"channel": CHANNEL, "webhook": None, "email": None, "telegram": address, "language": subscribed.language}
    since = max(rule.made_at, subscribed.since)
    return replace(
        rule, rule_id=name_of(rule.rule_id, address), content=rule.content.model_copy(update=told), made_at=since
    )


def heard(rules: Sequence[Rule], listeners: Iterable[Listener], now: datetime) -> list[Rule]:
    """Return all that is to be told now: each rule itself, and to each chat that subscribed; without the chats that are muted."""
    known = list(listeners)
    muted = [one.address for one in known if one.is_muted(now)]
    told = [*rules, *(copy for one in known for rule in rules if (copy := told_in(rule, one)))]
    return [rule for rule in told if rule.content.telegram is None or rule.content.telegram not in muted]


def once_each(notices: Iterable[Notice]) -> list[Notice]:
    """Return the notices without those that tell a chat of an event of which an earlier one tells it already."""
    seen: set[tuple[str, str, int]] = set()
    kept = []
    for notice in notices:
        to = notice.rule.content.telegram
        matter = (notice.event.id, to.account_id, to.chat_id) if to else None
        if matter is None or matter not in seen:
            kept.append(notice)
        if matter:
            seen.add(matter)
    return kept


def name_of(rule_id: str, address: Telegram) -> str:
    """Return the name under which a rule tells a chat that subscribed to it."""
    return f"{rule_id}@{address.account_id}:{address.chat_id}"


def named(name: str) -> tuple[str, str]:
    """Return the rule behind such a name, and the place of the chat; '' for a rule itself."""
    rule_id, _, to = name.partition("@")
    return rule_id, f"{CHANNEL}:{to}" if to else ""
