"""Stored Slack accounts, as operations, the connector and the door for signed commands read them."""

from __future__ import annotations

from runners.engine.errors import Unreadable
from runners.engine.integrations.slack_account import SlackAccount, read
from runners.engine.store import records
from runners.engine.store.connection import Store
from runners.engine.store.records import Record


def all_accounts(store: Store) -> list[SlackAccount]:
    """Return every account that can be read, in the order of their ids; two round trips."""
    found = records.load_records(store, "slack", records.names(store, "slack"))
    readable = []
    for record in found.values():
        try:
            readable.append(read_account(record))
        except Unreadable:
            continue
    return readable


def read_account(record: Record) -> SlackAccount:
    """Return the account that `record` keeps. Raises Unreadable."""
    about = {"version": record.version, "made_at": record.made_at, "updated_at": record.updated_at}
    try:
        return read(record.name, record.content, **about, tested=record.tested)
    except (KeyError, TypeError) as fault:
        text = f"Slack account '{record.name}': its record cannot be read ({fault!r:.200}); delete it"
        raise Unreadable(text) from fault
