"""The open platform: what every operation and every process works with."""

from __future__ import annotations

from dataclasses import dataclass, field

from runners.engine import modes
from runners.engine.audit_keys import audit_keys
from runners.engine.catalog import Catalog, load
from runners.engine.errors import NoServer
from runners.engine.gate import Gate
from runners.engine.settings import Settings
from runners.engine.store.connection import Store, connect, connect_rq
from runners.engine.store.data_format import bring_up
from runners.engine.store.keys import Keys
from runners.engine.store.seal import Seal


@dataclass(frozen=True, slots=True)
class Platform:
    """Settings, store and handlers of one process; `gate` is passed by the changes that requests ask it for."""

    settings: Settings
    store: Store
    catalog: Catalog
    gate: Gate = field(default_factory=Gate, compare=False, repr=False)


def open_platform(settings: Settings) -> Platform:
    """Return the platform on the configured server, in the mode that the server allows.

    Raises NoServer when none is configured or none answers, ModeRefused when the server cannot be used, and FormatRefused when
    its data is of a newer version.
    """
    if settings.redis_url is None:
        raise NoServer("no server is configured; set REDIS_URL")
    mode = modes.probe(settings)
    url = settings.redis_url
    store = Store(
        connect(url, settings), connect_rq(url), Keys(settings.key_prefix), mode, Seal(lambda: audit_keys(settings))
    )
    bring_up(store)
    return Platform(settings, store, load())
