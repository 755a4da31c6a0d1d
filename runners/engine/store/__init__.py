"""The store: what the platform keeps in Redis, one module per noun."""

from runners.engine.store.connection import Mode, Store, connect, connect_rq

__all__ = ["Mode", "Store", "connect", "connect_rq"]
