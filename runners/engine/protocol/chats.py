"""Typed calls of chat_code and chat_link: who somebody in a chat is, proved by a one-time code."""

from __future__ import annotations

import json
from datetime import timedelta

from runners.engine import clock
from runners.engine.audit import Author, Entry
from runners.engine.protocol.audit import audited
from runners.engine.protocol.records import Put, Said, record_arguments
from runners.engine.store.connection import Store

MOST_LINKS = 1_000


def keep_code(store: Store, author: Author, person: str, digest: str, whom: str, life: timedelta) -> None:
    """Keep for whom (JSON) the code of this digest counts, for a while."""
    entry = Entry(author, f"person:{person}", None, {"counts_for_sec": clock.seconds(life)})
    audited(store, entry, "chat_code", digest, whom, clock.milliseconds(life))


def link(store: Store, author: Author, digest: str, whom: str, put: Put, said: Said) -> str:
    """Use the code up and put the link that it is for. Returns the script's word (see `chat_link.lua`)."""
    entry = Entry(author, f"{put.kind}:{put.name}", None, put.content)
    event = (said.type, json.dumps(said.about, separators=(",", ":")))
    return str(audited(store, entry, "chat_link", digest, whom, MOST_LINKS, 1, *record_arguments(put), 1, *event))
