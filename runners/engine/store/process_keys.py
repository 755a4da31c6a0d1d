"""Keys of processes and of what they publish; see `keys.py`."""

from dataclasses import dataclass

from runners.engine.store.prefixed import Prefixed


@dataclass(frozen=True, slots=True)
class ProcessKeys(Prefixed):
    """Names of the keys of processes under one prefix."""

    def process(self, process_id: str) -> str:
        """HASH of what the process says of itself (`presence`), left_at (its goodbye); expires after a day."""
        return f"{self.prefix}process:{process_id}"

    @property
    def processes(self) -> str:
        """ZSET process id → last beat."""
        return f"{self.prefix}processes"

    @property
    def leader(self) -> str:
        """HASH name (the scheduler that does what one is to do for all), since, until (0: it left)."""
        return f"{self.prefix}leader"

    @property
    def data_format(self) -> str:
        """HASH version (the form that stored data has), works_from (the oldest form whose programs may work on it)."""
        return f"{self.prefix}data-format"

    @property
    def restoring(self) -> str:
        """STRING SHA-256 of the backup that is being restored here; goes when all is there. Written by `runners.backup.restore`."""
        return f"{self.prefix}restoring"

    @property
    def migrator(self) -> str:
        """STRING who brings the data to a newer form now; expires by itself."""
        return f"{self.prefix}migrator"

    def handlers(self, process_id: str) -> str:
        """HASH handler type → input schema (JSON), published by a live worker."""
        return f"{self.prefix}handlers:{process_id}"

    def connector(self, channel: str, account_id: str) -> str:
        """HASH status, beat_at, last_error, reconnect_count, offset, identity (the bot that the offset counts for)."""
        return f"{self.prefix}connector:{channel}:{account_id}"

    @property
    def connectors(self) -> str:
        """SET of 'channel:account id'."""
        return f"{self.prefix}connectors"
