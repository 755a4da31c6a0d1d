"""What one start of a run learns from earlier runs of its agent, and what it leaves to later ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from runners.agents.inputs import AgentInputs
from runners.agents.journal import Journal
from runners.agents.spent import Spent
from runners.engine.agents.memory import Ended, Memory, key_of
from runners.engine.errors import Unreadable
from runners.engine.handler import Cancelled, Context, HandlerFailed, Interrupted, TimedOut
from runners.engine.known_secrets import hidden
from runners.engine.protocol import agents
from runners.engine.run import FailureKind
from runners.engine.store.agent_memories import load_memory

TRIES = 5
TOLD_FROM = 0.5
"""The weight from which a failure's signature is told to the model."""
TOLD_MOST = 5


class Remembering:
    """`told` is what the model learns: lines of failures that weigh most, as data, each with the jobs that failed so."""

    def __init__(self, ctx: Context, inputs: AgentInputs) -> None:
        self._ctx = ctx
        self._key = key_of(inputs.agent_key, ctx.job_id)
        now = ctx.platform.store.now()
        found = self._read() or Memory(self._key)
        heavy = [one for one in found.signatures if one.weight_at(now) >= TOLD_FROM]
        self.told = [(one.line, one.jobs) for one in heavy[:TOLD_MOST]]

    @contextmanager
    def of(self, journal: Journal) -> Iterator[list[str]]:
        """Remember how the block ended; the text of a success is what the block put into the list.

        What only waits for people, or goes on elsewhere, has not ended.
        """
        said: list[str] = []
        try:
            yield said
        except HandlerFailed as fault:
            self._keep(journal, str(fault), FailureKind.ERROR, over=fault.final)
            raise
        except TimedOut:
            self._keep(journal, "it ran out of time", FailureKind.TIMEOUT, over=False)
            raise
        except Cancelled:
            self._keep(journal, "somebody cancelled it", FailureKind.REJECTED, over=True)
            raise
        self._keep(journal, "".join(said), None, over=True)

    def _keep(self, journal: Journal, text: str, failure: FailureKind | None, *, over: bool) -> None:
        """Keep how this attempt ended, once. Raises Interrupted when the run is somebody else's by now."""
        ended = self._ended(journal, text, failure)
        for _ in range(TRIES):
            before = self._read()
            if before is None or before.knows(self._ctx.run_id, self._ctx.attempt):
                return
            match agents.remember(self._ctx.platform.store, self._ctx.claim, before, ended, over=over):
                case "ok":
                    return
                case "stale":
                    raise Interrupted()
                case "full":
                    self._ctx.log("nothing is remembered of this run: 10000 agent keys are kept already; forget some")
                    return
        self._ctx.log("nothing is remembered of this run: others keep changing the memory")

    def _ended(self, journal: Journal, text: str, failure: FailureKind | None) -> Ended:
        ctx = self._ctx
        spent = Spent.of(step for step in journal.steps if step.attempt == ctx.attempt)
        sums = (spent.steps, spent.tokens, spent.cost)
        return Ended(ctx.job_id, ctx.run_id, ctx.attempt, journal.now(), hidden(text), failure, *sums)

    def _read(self) -> Memory | None:
        """Return the memory; None for one that cannot be read, which the run's log names and which stops no run."""
        try:
            return load_memory(self._ctx.platform.store, self._key)
        except Unreadable as fault:
            self._ctx.log(str(fault))
            return None
