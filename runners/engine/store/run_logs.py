"""Reading the log of a run: any stretch of its bytes, while it grows and after."""

from __future__ import annotations

from dataclasses import dataclass

from runners.engine.run import RunStatus
from runners.engine.store.connection import Store


@dataclass(frozen=True, slots=True)
class LogPart:
    """The bytes of a log from `start` on, of `size` that there are now; nothing follows once the run (its `status`) has ended."""

    text: bytes
    start: int
    size: int
    status: str

    @property
    def has_ended(self) -> bool:
        """True when nothing more is written; a status that nobody knows is one that nothing is written for."""
        return self.status not in set(RunStatus) or not RunStatus(self.status).active

    @property
    def whole_lines(self) -> bytes:
        """The text up to the end of its last line."""
        return self.text[: self.text.rfind(b"\n") + 1]

    @property
    def end(self) -> int:
        """The offset behind the last byte."""
        return self.start + len(self.text)


def read_log(store: Store, run_id: str, first: int = 0, last: int = -1) -> LogPart | None:
    """Return the bytes `first` to `last`, both included; negative ones count from the end. None when there is no such run.

    The state is read before the text: what has ended by then is whole.
    """
    keys = store.keys
    pipeline = store.redis.pipeline(transaction=False)
    pipeline.hget(keys.run(run_id), "status")
    pipeline.strlen(keys.log(run_id))
    pipeline.execute_command("GETRANGE", keys.log(run_id), first, last, NEVER_DECODE=True)
    status, size, text = pipeline.execute()
    if status is None:
        return None
    start = max(0, size + first) if first < 0 else first
    return LogPart(bytes(text), start, max(size, start + len(text) if text else 0), status)
