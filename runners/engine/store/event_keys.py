"""Keys of the event log; `keys.py` says how to read these."""

from dataclasses import dataclass

from runners.engine.store.prefixed import Prefixed


@dataclass(frozen=True, slots=True)
class EventKeys(Prefixed):
    """Names of the keys of events."""

    @property
    def events(self) -> str:
        """ZSET of 'id|type|job|run|JSON' → id; id = ms * 1000 + sequence, so that it orders and tells the time."""
        return f"{self.prefix}events"

    def events_of_job(self, job_id: str) -> str:
        """ZSET event id → event id, of one job's events."""
        return f"{self.prefix}events:job:{job_id}"

    @property
    def last_event(self) -> str:
        """STRING the id of the newest event."""
        return f"{self.prefix}events:last"
