"""A context to drive handlers with: time moves only when they sleep, and what they say is kept."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

from runners.engine.handler import Cancelled, Handler, HandlerFailed, TimedOut


@dataclass
class FakeContext:
    """Stands for `runners.engine.handler.Context`; `cancel` may be set by another thread.

    `checks_left` lets so many checks pass before a cancel; `time_per_check` lets each of them take time.
    """

    settings: Any = None
    platform: Any = None
    run_id: str = "run_2222222222_abcdefabcdef"
    job_id: str = "nightly"
    attempt: int = 0
    redelivered: bool = False
    grants: list[tuple[str, str]] = field(default_factory=list)
    slot_at: datetime | None = None
    scheduled_at: datetime = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    started_at: datetime = datetime(2030, 1, 2, 3, 4, 6, tzinfo=UTC)
    timeout: timedelta = timedelta(seconds=30)
    slept: timedelta = timedelta()
    cancel: Event = field(default_factory=Event)
    checks_left: int | None = None
    time_per_check: timedelta = timedelta()
    lines: list[str] = field(default_factory=list)
    pieces: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    forbidden: set[str] = field(default_factory=set)
    shown: list[tuple[float, float, str]] = field(default_factory=list)

    @property
    def claim(self) -> tuple[str, int]:
        return self.run_id, 1

    @property
    def idempotency_key(self) -> str:
        return self.run_id

    def remaining(self) -> timedelta:
        return max(timedelta(), self.timeout - self.slept)

    def cancelled(self) -> bool:
        return self.cancel.is_set()

    def check(self) -> None:
        self.slept += self.time_per_check
        if self.checks_left is not None:
            self.checks_left -= 1
            if self.checks_left < 0:
                self.cancel.set()
        if self.cancel.is_set():
            raise Cancelled
        if not self.remaining():
            raise TimedOut

    def sleep(self, seconds: float) -> None:
        self.slept += timedelta(seconds=seconds)
        self.check()

    def log(self, text: str) -> None:
        self.lines.append(text)

    def write(self, stream: str, text: str) -> None:
        self.pieces.append((stream, text))

    def may_send(self, url: str) -> None:
        self.asked.append(url)
        if url in self.forbidden:
            raise HandlerFailed(f"a secret may not go to {url}")

    def progress(self, done: float, total: float, note: str = "") -> None:
        self.shown.append((done, total, note))


def perform(handler: Handler, ctx: FakeContext, **inputs: Any) -> Any:
    """Run `handler` as a run would: the raw inputs are checked first."""
    return handler.run(ctx, handler.parse_inputs(inputs))
