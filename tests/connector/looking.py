"""What a connector did, as the store shows it."""

from runners.engine.store.connectors import load_connector
from runners.engine.store.event_log import EventFilter
from runners.engine.store.events import list_events


def state(platform):
    return load_connector(platform.store, "telegram", "default")


def told(platform, prefix):
    return list_events(platform.store, EventFilter(event_type=prefix), limit=500).rows
