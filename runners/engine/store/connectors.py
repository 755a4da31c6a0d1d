"""Connectors: whether each chat account is reached, as its own process measures it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from runners.engine import clock
from runners.engine.run import at
from runners.engine.store.chats import Change
from runners.engine.store.connection import Store
from runners.engine.store.hashes import read_hashes, set_fields
from runners.engine.store.processes import OFFLINE_AFTER


class ConnectorStatus(StrEnum):
    """Whether the account is reached: degraded means that the process lives but its last calls failed."""

    ONLINE = "online"
    DEGRADED = "degraded"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class ConnectorState:
    """One account of a channel.

    `offset` is the next update that the connector has not seen, 0 at first; it counts for `identity` (which bot) only.
    """

    channel: str
    account_id: str
    status: ConnectorStatus
    last_heartbeat_at: datetime
    last_error: str | None
    reconnect_count: int
    offset: int = 0
    identity: str = ""


def beat_connector(store: Store, state: ConnectorState) -> None:
    """Say how the account does, measured at `state.last_heartbeat_at` by the store's clock; how far it came is `moving`'s."""
    fields: dict[str, str | int] = {
        "status": state.status,
        "beat_at": clock.to_ms(state.last_heartbeat_at),
        "last_error": state.last_error or "",
        "reconnect_count": state.reconnect_count,
    }
    pipeline = store.redis.pipeline(transaction=False)
    set_fields(pipeline, store.keys.connector(state.channel, state.account_id), fields)
    pipeline.sadd(store.keys.connectors, f"{state.channel}:{state.account_id}")
    pipeline.execute()


def moving(store: Store, channel: str, account_id: str, offset: int, identity: str) -> Change:
    """Remember that the bot `identity` has seen everything before `offset`."""
    key = store.keys.connector(channel, account_id)
    return lambda pipe: set_fields(pipe, key, {"offset": offset, "identity": identity})


def forget_connector(store: Store, channel: str, account_id: str) -> None:
    """Forget an account that nobody is to serve any more."""
    pipeline = store.redis.pipeline(transaction=False)
    pipeline.srem(store.keys.connectors, f"{channel}:{account_id}")
    pipeline.delete(store.keys.connector(channel, account_id))
    pipeline.execute()


def load_connector(store: Store, channel: str, account_id: str) -> ConnectorState | None:
    """Return the account's last state, or None when it never beat."""
    found: Any = store.redis.hgetall(store.keys.connector(channel, account_id))
    return _state(channel, account_id, found, store.now())


def list_connectors(store: Store) -> list[ConnectorState]:
    """Return all accounts by channel and id; an account that nobody spoke of for 30 s is offline.

    A record that cannot be read is left out: its process makes it anew with its next beat.
    """
    names: Any = store.redis.smembers(store.keys.connectors)
    accounts = sorted(name.partition(":")[::2] for name in names)
    pipeline = store.redis.pipeline(transaction=False)
    for channel, account_id in accounts:
        pipeline.hgetall(store.keys.connector(channel, account_id))
    now = store.now()
    found = zip(accounts, read_hashes(pipeline), strict=True)
    states = (_state(channel, account_id, fields, now) for (channel, account_id), fields in found)
    return [state for state in states if state is not None]


def _state(channel: str, account_id: str, fields: Mapping[str, str], now: datetime) -> ConnectorState | None:
    try:
        return _read(channel, account_id, fields, now)
    except (KeyError, ValueError):
        return None


def _read(channel: str, account_id: str, fields: Mapping[str, str], now: datetime) -> ConnectorState | None:
    beat_at = at(fields.get("beat_at"))
    if beat_at is None:
        return None
    silent = now - beat_at > OFFLINE_AFTER
    return ConnectorState(
        channel=channel,
        account_id=account_id,
        status=ConnectorStatus.OFFLINE if silent else ConnectorStatus(fields["status"]),
        last_heartbeat_at=beat_at,
        last_error=fields.get("last_error") or None,
        reconnect_count=int(fields.get("reconnect_count") or 0),
        offset=int(fields.get("offset") or 0),
        identity=fields.get("identity", ""),
    )
