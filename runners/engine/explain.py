"""Holds in words: the one place that says why a job waits, for page, API, command line and chat."""

import re
from datetime import datetime

from runners.engine.decision import Decision, Outcome
from runners.engine.guards import Hold
from runners.engine.pause import EVERYTHING
from runners.engine.words import Language, say

MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", re.ASCII)
"""How `moment` writes a time, for whoever says it in another zone."""


def sentence(hold: Hold, *, job_id: str, flow_group: str | None = None, language: Language = Language.EN) -> str:
    """Return one sentence: why `job_id` waits, what blocks it, and until when if a clock tells."""
    text = say(
        "hold.paused_for_a_while" if hold.guard == "paused" and hold.until else f"hold.{hold.guard}",
        language,
        observed=hold.observed,
        limit=hold.limit,
        job_id=job_id,
        flow_group=flow_group or "",
        until=say("part.until", language, at=moment(hold.until)) if hold.until else "",
        **paused_parts(hold, language),
    )
    return text + _blockers(hold, language)


def past(decision: Decision, language: Language = Language.EN) -> str:
    """Return in a few words why a slot, or a request for a run, ended as it did."""
    match decision.outcome:
        case Outcome.DISPATCHED:
            return say(f"source.{decision.source}", language)
        case Outcome.SKIPPED:
            hold = Hold(decision.reason, decision.observed, decision.limit, decision.blocked_by)
            parts = paused_parts(hold, language)
            return say(f"skipped.{hold.guard}", language, observed=hold.observed, limit=hold.limit, **parts)
        case Outcome.MISSED:
            return say(f"missed.{decision.reason}", language)


def told(decision: Decision, language: Language = Language.EN) -> str:
    """Return one sentence: whether it ran, and if not, which guard or gap kept it from running."""
    why = past(decision, language)
    values = {
        "slot": moment(decision.slot_at),
        "last": moment(decision.last_slot_at),
        "decided": moment(decision.decided_at),
        "count": decision.count,
        "guard": say(f"guard.{decision.reason}", language),
        "source": say(f"source.{decision.source}", language),
        "why": why,
    }
    return say(f"then.{_case(decision)}", language, **values)


def _case(decision: Decision) -> str:
    if decision.asked:
        return "asked" if decision.outcome is Outcome.DISPATCHED else "refused"
    many = "_many" if decision.count > 1 and decision.outcome is not Outcome.DISPATCHED else ""
    return f"{decision.outcome}{many}"


def paused_parts(hold: Hold, language: Language) -> dict[str, str]:
    """Return the parts of a sentence about a pause: what is paused, since when and by whom, as far as it is known."""
    pause = hold.pause
    blocker = pause.blocker if pause else hold.blocked_by[0] if hold.blocked_by else EVERYTHING
    kind, _, name = blocker.partition(":")
    return {
        "what": say(f"part.{kind}", language, named=name),
        "since": say("part.since", language, at=moment(pause.since)) if pause and pause.since else "",
        "by": say("part.by", language, who=pause.by) if pause and pause.by else "",
    }


def moment(at: datetime) -> str:
    """Return a time as sentences name it."""
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def _blockers(hold: Hold, language: Language) -> str:
    if not hold.blocked_by or (hold.guard == "paused" and hold.blocked_count < 2):
        return ""
    more = hold.blocked_count - len(hold.blocked_by)
    return f" ({', '.join(hold.blocked_by)}{say('part.more', language, count=more) if more > 0 else ''})"
