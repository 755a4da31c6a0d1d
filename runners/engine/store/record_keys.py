"""Keys of records that people keep: accounts, MCP servers, chat accounts; `keys.py` says how to read these."""

from dataclasses import dataclass

from runners.engine.store.prefixed import Prefixed


@dataclass(frozen=True, slots=True)
class RecordKeys(Prefixed):
    """Names of the keys of records."""

    def record(self, kind: str, name: str) -> str:
        """HASH version, made_at, updated_at, json, tested (JSON: how a try went); kind as in `records.Kind`; by `records`."""
        return f"{self.prefix}record:{kind + ':' + name}"

    def records(self, kind: str) -> str:
        """ZSET name → 0: all records of a kind in the order of their names."""
        return f"{self.prefix}records:{kind}"

    @property
    def last_records(self) -> str:
        """HASH kind:name → its newest version; outlives the record, so that an ETag never names two contents."""
        return f"{self.prefix}records:last"

    @property
    def sealing_keys(self) -> str:
        """SET of the ids of the keys with which secrets of records were sealed; `secrets rotate` removes old ones."""
        return f"{self.prefix}records:keys"
