"""Holds in words: the one place that says why a job waits, for page, API, command line and chat."""

from datetime import datetime

from runners.engine.decision import Decision, Outcome
from runners.engine.guards import Hold
from runners.engine.words import Language, say


def sentence(hold: Hold, *, job_id: str, flow_group: str | None = None, language: Language = Language.EN) -> str:
    """Return one sentence: why `job_id` waits, what blocks it, and until when if a clock tells."""
    text = say(
        f"hold.{hold.guard}",
        language,
        observed=hold.observed,
        limit=hold.limit,
        job_id=job_id,
        flow_group=flow_group or "",
        until=say("part.until", language, at=moment(hold.until)) if hold.until else "",
    )
    return text + _blockers(hold, language)


def past(decision: Decision, language: Language = Language.EN) -> str:
    """Return in a few words why a slot, or a request for a run, ended as it did."""
    match decision.outcome:
        case Outcome.DISPATCHED:
            return say(f"source.{decision.source}", language)
        case Outcome.SKIPPED:
            return say(f"skipped.{decision.reason}", language, observed=decision.observed, limit=decision.limit)
        case Outcome.MISSED:
            return say(f"missed.{decision.reason}", language)


def moment(at: datetime) -> str:
    """Return a time as sentences name it."""
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def _blockers(hold: Hold, language: Language) -> str:
    if not hold.blocked_by:
        return ""
    more = hold.blocked_count - len(hold.blocked_by)
    return f" ({', '.join(hold.blocked_by)}{say('part.more', language, count=more) if more > 0 else ''})"
