"""Reading the chats that subscribed to rules, or are muted."""

from __future__ import annotations

from runners.engine.errors import Unreadable
from runners.engine.notifications.listening import Listener, read_listener
from runners.engine.store.connection import Store
from runners.engine.store.records import Record, load_record, load_records, names


def load_listener(store: Store, place: str) -> Listener:
    """Return the chat; one that nobody made listen hears nothing. Raises Unreadable."""
    record = load_record(store, "listener", place)
    return listener_of(record) if record else Listener(place)


def load_listeners(store: Store) -> list[Listener]:
    """Return all that can be read; one round trip when there are none, two else."""
    places = names(store, "listener")
    found = []
    for record in load_records(store, "listener", places).values() if places else ():
        try:
            found.append(listener_of(record))
        except Unreadable:
            continue
    return found


def listener_of(record: Record) -> Listener:
    """Return the chat that the record keeps. Raises Unreadable."""
    try:
        return read_listener(record.name, record.content)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise Unreadable(f"what is told to chat '{record.name}' cannot be read ({fault!r:.200})") from fault
