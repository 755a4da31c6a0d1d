"""Who holds a run that has not ended, and by when something happens to it: no active run is without an owner. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from runners.engine.clock import MILLISECOND
from runners.engine.explain import moment
from runners.engine.pause import Pause
from runners.engine.pool import DEFAULT
from runners.engine.run import Run, RunStatus
from runners.engine.words import Language, say


@dataclass(frozen=True, slots=True)
class Custody:
    """`holder` is `worker:ID`, `queue:PRIORITY`, `retries` or `approval:ID`.

    `deadline` says what comes at `deadline_at`: `timeout` (its attempt is ended), `expires` (it fails unstarted), `retry`
    (its next attempt is queued), `decide` (its approval expires), or `none` when the run states none: then reconcile looks
    after it, again and again.
    """

    holder: str
    deadline: str
    deadline_at: datetime | None = None

    def said(self, language: Language) -> str:
        """Return it in one sentence."""
        kind, _, name = self.holder.partition(":")
        at = moment(self.deadline_at) if self.deadline_at else ""
        return say(f"holder.{kind}", language, named=name) + "; " + say(f"deadline.{self.deadline}", language, at=at)


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides when a queued run starts: `ahead` of it in its pool, the workers that take runs of that, and what they do."""

    pause: Pause | None
    ahead: int
    workers: int
    slots: int
    running: int
    pool: str = DEFAULT

    @property
    def reason(self) -> str:
        """The first reason why the run has not started (`start.<reason>` in the catalogue)."""
        if self.pause:
            return "paused"
        if not self.workers:
            return "no_worker" if self.pool == DEFAULT else "no_worker_of_pool"
        if self.running >= self.slots:
            return "busy"
        return "ahead" if self.ahead else "next"

    def said(self, language: Language) -> str:
        """Return that reason in words."""
        parts: Mapping[str, object] = {
            "ahead": self.ahead,
            "slots": self.slots,
            "pool": self.pool,
            "what": _paused(self.pause, language),
        }
        return say(f"start.{self.reason}", language, **parts)


def custody(run: Run) -> Custody | None:
    """Return who holds `run` and by when; None when it has ended."""
    match run.status:
        case RunStatus.RUNNING:
            ends_at = run.started_at + run.timeout_ms * MILLISECOND if run.started_at else None
            return Custody(f"worker:{run.worker_id}", "timeout", ends_at)
        case RunStatus.QUEUED:
            # the expiry of a run that has started once counts no more
            fresh = run.expires_at if not run.attempts else None
            return Custody(f"queue:{run.priority}", "expires" if fresh else "none", fresh)
        case RunStatus.RETRYING:
            return Custody("retries", "retry", run.retry_at)
        case RunStatus.WAITING_APPROVAL:
            return Custody(f"approval:{run.approval_id}", "decide" if run.decide_by else "none", run.decide_by)
    return None


def _paused(pause: Pause | None, language: Language) -> str:
    kind, _, name = pause.blocker.partition(":") if pause else ("", "", "")
    return say(f"part.{kind}", language, named=name) if pause else ""
