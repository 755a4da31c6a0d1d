"""Stored accounts of the chat channels, as operations, the connector and the door for signed commands read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from runners.engine.errors import Unreadable
from runners.engine.integrations import slack_account, telegram_account
from runners.engine.integrations.slack_account import SlackAccount
from runners.engine.integrations.telegram_account import TelegramAccount
from runners.engine.store import records
from runners.engine.store.connection import Store
from runners.engine.store.records import Kind, Record

Account = TypeVar("Account", TelegramAccount, SlackAccount)


@dataclass(frozen=True, slots=True)
class Shelf(Generic[Account]):
    """Where the accounts of one channel stand: in records of a `kind`. `channel` is what people call it."""

    kind: Kind
    channel: str
    read: Callable[..., Account]

    def accounts(self, store: Store) -> list[Account]:
        """Return every account that can be read, in the order of their ids; two round trips."""
        readable = []
        for record in records.load_records(store, self.kind, records.names(store, self.kind)).values():
            try:
                readable.append(self.account(record))
            except Unreadable:
                continue
        return readable

    def account(self, record: Record) -> Account:
        """Return the account that `record` keeps. Raises Unreadable."""
        about = {"version": record.version, "made_at": record.made_at, "updated_at": record.updated_at}
        try:
            return self.read(record.name, record.content, **about, tested=record.tested)
        except (KeyError, TypeError) as fault:
            text = f"{self.channel} account '{record.name}': its record cannot be read ({fault!r:.200}); delete it"
            raise Unreadable(text) from fault


TELEGRAM_ACCOUNTS = Shelf("telegram", "Telegram", telegram_account.read)
SLACK_ACCOUNTS = Shelf("slack", "Slack", slack_account.read)
