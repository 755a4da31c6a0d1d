"""The journal of one run, as its loop writes it: no act begins, and none counts as done, before that stands in the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from runners.engine.agents.step import PREVIEW_KEPT, Step, StepOutcome, Talk
from runners.engine.errors import Unreadable
from runners.engine.handler import Context, Interrupted
from runners.engine.known_secrets import hidden, hidden_value
from runners.engine.masking import masked
from runners.engine.protocol import agents
from runners.engine.protocol.agents import Phase
from runners.engine.store.steps import load_journal

OBSERVATION_KEPT = 8000
WAIT_SEC = 1.0
Row = tuple[Step, Talk]


class Journal:
    """`rows` are the steps with what was said, oldest first; only the last one may be unfinished."""

    def __init__(self, ctx: Context) -> None:
        """Read what earlier starts of the run have done. Raises Unreadable, and redis.RedisError."""
        self._ctx = ctx
        try:
            self.rows: list[Row] = load_journal(ctx.platform.store, ctx.run_id)
        except (KeyError, TypeError, ValueError) as fault:
            raise Unreadable(
                f"the steps of run '{ctx.run_id}' cannot be read ({fault!r:.200}); start a new run"
            ) from fault

    @property
    def steps(self) -> list[Step]:
        """The steps alone."""
        return [step for step, _ in self.rows]

    def now(self) -> datetime:
        """Return the store's time."""
        return self._ctx.platform.store.now()

    def write(self, phase: Phase, step: Step, talk: Talk, asked: dict[str, Any] | None = None) -> None:
        """Write one step, known secrets hidden. Raises Interrupted when another worker has the run by now."""
        shown = replace(step, what=_shown(step.what), why=_shown(step.why), preview=_shown(step.preview))
        seen = hidden(talk.observation)[:OBSERVATION_KEPT]
        kept = replace(talk, arguments=hidden_value(talk.arguments), observation=seen)
        if not self._written(phase, shown, kept, asked):
            raise Interrupted()
        self.rows = [*(row for row in self.rows if row[0].number != step.number), (shown, kept)]

    def _written(self, phase: Phase, step: Step, talk: Talk, asked: dict[str, Any] | None) -> bool:
        """Write it; a store that is away is waited for when the step has been done already, as long as the run has time."""
        while True:
            try:
                return agents.journal(self._ctx.platform.store, self._ctx.claim, phase, step, talk, asked)
            except (RedisConnectionError, RedisTimeoutError):
                if phase == "begin":
                    raise
                self._ctx.sleep(WAIT_SEC)

    def end(self, step: Step, talk: Talk, outcome: StepOutcome, took_ms: int, preview: str) -> Step:
        """Write how a step went, and return it."""
        ended = replace(
            step,
            outcome=outcome,
            ended_at=self.now(),
            took_ms=step.took_ms + took_ms,
            preview=preview[: 2 * PREVIEW_KEPT],
        )
        self.write("end", ended, talk)
        return ended


def _shown(text: str) -> str:
    """Return a text of the model or a tool as people may see it: printable, without secrets."""
    plain = "".join(char if char.isprintable() or char in "\n\t" else "�" for char in text)
    return str(masked(hidden(plain)))
