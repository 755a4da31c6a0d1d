"""Deliveries as the writes that make them again elsewhere; see `copies.py`."""

from __future__ import annotations

from collections.abc import Iterator

from runners.engine import clock
from runners.engine.store.connection import Store
from runners.engine.store.deliveries import DeliveryStatus
from runners.engine.store.writes import Write, fields_of, hmset

UNSENT = "was still to be sent when the backup was made"


def delivery_writes(store: Store, delivery_id: str) -> Iterator[Write]:
    """Yield the writes that make a delivery with its places; one that waits ends as failed: another deployment may have sent it."""
    keys, fields = store.keys, fields_of(store, store.keys.delivery(delivery_id))
    if fields["status"] == DeliveryStatus.WAITING:
        ended = str(clock.to_ms(store.now()))
        fields |= {"status": DeliveryStatus.FAILED.value, "error": UNSENT, "ended_at": ended}
    yield hmset(keys.delivery(delivery_id), fields)
    for scope in ("all", f"rule:{fields['rule_id']}"):
        for status in ("any", fields["status"]):
            yield ("ZADD", keys.deliveries(scope, status), fields["created_at"], delivery_id)
