"""Who asks for what, and how it is answered to him: in his language, and with the times of his zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from runners.connector.reply import Button, Command
from runners.engine.explain import MOMENT
from runners.engine.operations import OPERATIONS, Actor
from runners.engine.platform import Platform
from runners.engine.store.chats import first_asked_at
from runners.engine.words import say
from runners.engine.words.slash import slash_of
from runners.engine.words.spoken import spoken

SHOWN = 120
"""Characters of an error, or of a value, in a line of a reply."""


@dataclass(frozen=True)
class Asking:
    """One command with all that its answer needs. `chat` names where it was asked, `zone` is an IANA name."""

    platform: Platform
    actor: Actor
    command: Command
    chat: str
    zone: str = "UTC"

    @property
    def argument(self) -> str:
        """What stands behind the command."""
        return self.command.argument

    @property
    def slash(self) -> str:
        """What is written in front of a command's name where this was asked."""
        return slash_of(self.chat)

    @property
    def now(self) -> datetime:
        """The store's clock."""
        return self.platform.store.now()

    @property
    def key(self) -> str:
        """What makes a repeated update one: the same for all its repetitions."""
        return self.actor.request_id

    @cached_property
    def first_asked_at(self) -> datetime:
        """When this was asked first: an update that is heard again means the same 'in ten minutes'."""
        return first_asked_at(self.platform.store, self.key) if self.key else self.now

    def may(self, *operations: str) -> bool:
        """Say whether he may do any of these operations."""
        return any(self.actor.role.covers(OPERATIONS[name]) for name in operations)

    def say(self, name: str, **values: object) -> str:
        """Return a sentence of the chat in his language."""
        return say(f"chat.{name}", self.actor.language, slash=self.slash, **values)

    def button(self, name: str, action: str, argument: str = "", **values: object) -> Button:
        """Return the button that says `chat.do_<name>`."""
        return Button(self.say(f"do_{name}", **values), action, argument)

    def moment(self, at: datetime) -> str:
        """Return a time on his clock, with its zone: the day unless it is today, and seconds where there are any."""
        local, today = at.astimezone(ZoneInfo(self.zone)), self.now.astimezone(ZoneInfo(self.zone))
        return f"{self.day(local, today)}{clock_of(local)} {zone_name(local)}"

    def localized(self, sentence: str) -> str:
        """Return one of the platform's own sentences with its UTC times as those of his zone."""
        return MOMENT.sub(lambda found: self.moment(_utc(found[0])), sentence)

    def spoken(self, sentence: str) -> str:
        """Return one of the engine's own sentences in his language, with its times as those of his zone."""
        return spoken(self.localized(sentence), self.actor.language)

    def day(self, local: datetime, today: datetime) -> str:
        """Return the day of a time in front of its clock, nothing for today."""
        if local.date() == today.date():
            return ""
        month = self.say("months").split()[local.month - 1]
        year = f" {local.year}" if local.year != today.year else ""
        return f"{local.day} {month}{year} "


def clock_of(local: datetime) -> str:
    """Return what a clock shows, with seconds where there are any."""
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def zone_name(local: datetime) -> str:
    """Return what a zone calls itself at that time; one without a name is its distance from UTC."""
    name = local.tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name


def one_line(text: str, most: int = SHOWN) -> str:
    """Return the first line of what somebody else wrote, without control characters and cut to `most`."""
    line = next(iter(text.strip().splitlines()), "")
    plain = re.sub(r"[^\S ]+", " ", "".join(char if char.isprintable() else " " for char in line))
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def _utc(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
