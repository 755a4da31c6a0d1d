"""Both channels as one door: people who write and press in them, served by one connector, and all that came of it."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, ClassVar

from flask.testing import FlaskClient

from runners.connector import run
from runners.engine import operations, settings
from runners.engine.access import chatting
from runners.engine.operations import Actor, Role, RunFilter
from runners.engine.platform import Platform
from runners.engine.store import chats, pauses
from runners.engine.store.audit import AuditFilter, list_entries
from runners.memory import open_memory
from tests.connector import bot_api, slack_api
from tests.connector.bot_api import BotApi
from tests.connector.slack_api import SlackApi
from tests.planted import PASSWORD
from tests.waiting import wait_until
from webapp import create_app

ADMIN = Actor("root", Role.ADMIN, "cli")
LINKED = {"ada": Role.OPERATOR, "bob": Role.OPERATOR}
"""Who is a person in both channels; everybody else is a stranger."""
NUMBERS = count(1)
PATIENCE_SEC = 60


@dataclass(frozen=True)
class Dealt:
    """A button of ada's in the chat 'here', and what it brings back; called, it is pressed by somebody, somewhere."""

    back: str
    number: str
    press: Callable[[str, str, str, dict[str, Any]], list[str]]

    @property
    def card(self) -> str:
        """The card that it stands on."""
        return self.back.partition(":")[0]

    def __call__(self, who: str = "ada", chat: str = "here", back: str | None = None, **more: Any) -> list[str]:
        """Return what is answered to a press; `back` is brought back instead, and `more` is how the channel has it."""
        return self.press(self.back if back is None else back, who, chat, more)


@dataclass
class Telegram:
    """The bot. Who writes, and where, has a name here and a number there; `said` is all that was answered, in order."""

    platform: Platform
    api: BotApi
    place: ClassVar = "telegram:default"
    help: ClassVar = "/help"
    people: ClassVar = {"ada": 2002, "bob": 3003, "stranger": 666, "new": 777}
    chats: ClassVar = {"here": -1001, "there": -1002, "away": -1003, "direct": 2002}

    @property
    def said(self) -> list[dict[str, Any]]:
        """All that was asked of the Bot API."""
        return [asked | {"method": method} for method, asked in self.api.calls]

    def write(
        self, text: str | None, who: str = "ada", chat: str = "here", kind: str = "message", **more: Any
    ) -> list[str]:
        """Return what is answered to somebody who writes this; `more` goes into the message, `of_chat` into its chat."""
        where = {"id": self.chats[chat], "type": "supergroup", "title": "Ops"} | more.pop("of_chat", {})
        message = {"message_id": 1, "date": 1893456000, "chat": where, "text": text}
        message |= {"from": self.person(who)}
        return self.heard(lambda: self.api.add({kind: message | more}))

    def sender(self, who: str) -> tuple[str, str]:
        """Return channel and sender, as links name them."""
        return "telegram", str(self.people[who])

    def person(self, who: str) -> dict[str, Any]:
        """Return somebody as the Bot API has him."""
        return bot_api.person(self.people[who])

    def dealt(self, text: str, label: str) -> Dealt:
        """Have ada write something that is answered with a button, and return that."""
        self.write(text)
        number = max(self.api.messages)

        def press(back: str, who: str, chat: str, more: dict[str, Any]) -> list[str]:
            where = {"sender": self.people[who], "chat": self.chats[chat], "number": number}
            return self.heard(lambda: self.api.press(back, **where | more))

        return Dealt(self.api.buttons(number)[label], str(number), press)

    def heard(self, send: Callable[[], int]) -> list[str]:
        """Return what is said to an update, once it is settled and all that follows from it is said."""
        before = len(self.said)
        update_id = send()
        wait_until(lambda: chats.was_heard(self.platform.store, self.place, update_id), PATIENCE_SEC, 0.005)
        wait_until(lambda: not chats.waits_for(self.platform.store, self.place), PATIENCE_SEC, 0.005)
        return [one["text"] for one in self.said[before:]]


@dataclass
class Slack:
    """The same of the app in Slack."""

    platform: Platform
    api: SlackApi
    client: FlaskClient
    place: ClassVar = "slack:ops"
    help: ClassVar = "/multijob help"
    people: ClassVar = {"ada": "U1", "bob": "U2", "stranger": "U666", "new": "U777"}
    chats: ClassVar = {"here": "C1", "there": "C2", "away": "C3", "direct": "D1"}

    @property
    def said(self) -> list[dict[str, Any]]:
        """All that was asked of the Web API."""
        return [asked | {"method": method} for method, asked in self.api.calls]

    def write(self, text: str, who: str = "ada", chat: str = "here", **more: Any) -> list[str]:
        """Return what is answered to somebody who writes this behind the name of the slash command."""
        fields = slack_api.typed(text, chat=self.chats[chat], user=self.people[who])
        kind = slack_api.FORM if text.encode(errors="ignore").decode() == text else "application/json"
        return self.heard(lambda: self.post(fields | more, kind))  # a form has no halves of characters

    def sender(self, who: str) -> tuple[str, str]:
        """Return channel and sender, as links name them."""
        return "slack", f"{slack_api.TEAM}.{self.people[who]}"

    def dealt(self, text: str, label: str) -> Dealt:
        """Have ada write something that is answered with a button, and return that."""
        self.write(text)
        number = list(self.api.messages)[-1]

        def press(back: str, who: str, chat: str, more: dict[str, Any]) -> list[str]:
            where = {"user": self.people[who], "chat": self.chats[chat]}
            return self.heard(lambda: self.post(slack_api.pressed(back, number, **where | more)))

        return Dealt(slack_api.buttons(self.api.messages[number])[label], number, press)

    def post(self, fields: dict[str, Any], kind: str = slack_api.FORM, **headers: str) -> int:
        """Sign fields now, each time as a trigger of their own, and return the status of the answer."""
        if "payload" in fields:
            payload = {"trigger_id": f"trigger-{next(NUMBERS)}"} | json.loads(fields["payload"])
            fields = fields | {"payload": json.dumps(payload)}
        else:
            fields = {"trigger_id": f"trigger-{next(NUMBERS)}"} | fields
        body, made = slack_api.signed(fields, self.platform.store.now().timestamp(), kind=kind)
        return self.client.post(slack_api.PATH, data=body, headers=made | headers).status_code

    def heard(self, send: Callable[[], int], status: int = 200) -> list[str]:
        """Return what is said to a command, once it is settled and all that follows from it is said."""
        before = len(self.said)
        assert send() == status
        wait_until(lambda: not chats.unread(self.platform.store, self.place, 1), PATIENCE_SEC, 0.005)
        wait_until(lambda: not chats.waits_for(self.platform.store, self.place), PATIENCE_SEC, 0.005)
        return [one["text"] for one in self.said[before:]]


@dataclass
class Doors:
    """Both, and the platform behind them: a job, and two people who are linked in both."""

    platform: Platform
    telegram: Telegram
    slack: Slack
    both: tuple[Telegram | Slack, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.both = (self.telegram, self.slack)

    def done(self) -> list[tuple[str, ...]]:
        """All that was done in chats, as the audit has it: by whom, what, to what."""
        rows = list_entries(self.platform.store, AuditFilter(surface="chat"), 500).rows
        entries = [row.said for row in reversed(rows) if row.said["outcome"] != "refused"]
        return [(said["actor"], said["operation"], said["object"]) for said in entries]

    def effects(self) -> tuple[object, ...]:
        """All that chats have brought about until now: audited deeds, runs, pauses and links."""
        runs = operations.list_runs(self.platform, ADMIN, RunFilter(), 1).total
        links = [(link.name, link.person) for link in operations.list_chats(self.platform, ADMIN).rows]
        return self.done(), runs, pauses.read(self.platform.store), links

    def link(self, door: Telegram | Slack, who: str, by: str = "") -> None:
        """Make somebody in a channel (`by`, who is called so there) the person of this name."""
        code = operations.link_chat(self.platform, ADMIN, who).text
        chatting.redeem(self.platform, *door.sender(by or who), {}, code, secrets.token_hex(8))

    def unlink(self, door: Telegram | Slack, who: str) -> None:
        """Let him be nobody again."""
        operations.unlink_chat(self.platform, ADMIN, *door.sender(who))


@contextmanager
def opened(folder: str) -> Iterator[Doors]:
    """Serve both until the block ends."""
    with bot_api.running() as bot, slack_api.running() as slack:
        env = {
            "DATA_DIR": folder,
            "QUEUE_MODE": "memory",
            "AUTH_ENABLED": "true",
            "AUTH_ADMIN_TOKEN": secrets.token_hex(32),
            "HTTP_ALLOW_PRIVATE": "127.0.0.1",
            "TELEGRAM_API_BASE": bot.url,
            "TELEGRAM_BOT_TOKEN": bot_api.TOKEN,
            "TELEGRAM_ALLOWED_CHATS": f"{Telegram.chats['here']},{Telegram.chats['there']}",
        }
        platform = open_memory(settings.read(env))
        account = {"signing_secret": slack_api.SECRET, "token": slack_api.TOKEN, "team": slack_api.TEAM}
        account |= {"api_base": f"{slack.url}/api", "allowed_chats": ["C1", "C2"], "allowed_senders": []}
        operations.save_slack_account(platform, ADMIN, "ops", account)
        client = create_app(platform).test_client()
        doors = Doors(platform, Telegram(platform, bot), Slack(platform, slack, client))
        operations.save_job(platform, ADMIN, {"job_id": "nightly", "type": "simulation.heavy", "schedule": None})
        for name, role in LINKED.items():
            operations.create_person(platform, ADMIN, name, role, PASSWORD)
            for door in doors.both:
                doors.link(door, name)
        stop = threading.Event()
        thread = threading.Thread(target=run, args=(platform, stop), daemon=True)
        thread.start()
        try:
            yield doors
        finally:
            stop.set()
            thread.join(10)
            assert not thread.is_alive(), "the connector did not end within ten seconds"
