"""Typed calls by which the platform keeps what it knows about itself: how runs spread over time, and who asks for an examination."""

from runners.engine.audit import Author, Entry
from runners.engine.protocol.audit import audited
from runners.engine.protocol.scripts import call
from runners.engine.store.connection import Store


def keep_spread(store: Store) -> int:
    """Keep what the counters say now, once a minute and once a quarter of an hour; return how many rows were kept."""
    return int(call(store, "spread"))


def ask_examination(store: Store, author: Author) -> None:
    """Ask the schedulers to examine the deployment now."""
    audited(store, Entry(author, "deployment:examination", None, {"asked": True}), "examine", author.name)
