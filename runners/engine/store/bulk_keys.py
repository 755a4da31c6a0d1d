"""Keys of bulk operations; see `keys.py`."""

from dataclasses import dataclass

from runners.engine.store.prefixed import Prefixed


@dataclass(frozen=True, slots=True)
class BulkKeys(Prefixed):
    """Names of the keys of bulk operations under one prefix."""

    def bulk(self, bulk_id: str) -> str:
        """HASH action, filter (JSON), tag, cancels, total, actor, trace_id, state, created_at, finished_at, held_by, undone_by,
        undone_at, and a count for each outcome; written by the bulk scripts, lives for a day behind its end."""
        return f"{self.prefix}bulk:{bulk_id}"

    def bulk_todo(self, bulk_id: str) -> str:
        """LIST of run ids, or 'job id@version', that are still to be done, or to be taken back."""
        return f"{self.prefix}bulk:todo:{bulk_id}"

    def bulk_done(self, bulk_id: str) -> str:
        """LIST of 'run id|outcome|detail', or of 'job id@version|outcome|detail', in the order in which they were done."""
        return f"{self.prefix}bulk:done:{bulk_id}"

    @property
    def bulks(self) -> str:
        """ZSET bulk id → created_at."""
        return f"{self.prefix}bulks"

    @property
    def bulks_open(self) -> str:
        """ZSET bulk id → since when it has something left to do."""
        return f"{self.prefix}bulks:open"

    @property
    def bulks_turn(self) -> str:
        """STRING of whoever does the next bit; expires by itself, which is what keeps the rate."""
        return f"{self.prefix}bulks:turn"
