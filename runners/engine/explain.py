"""Holds in words: the one place that says why a job waits, for page, API, command line and chat."""

from datetime import datetime

from runners.engine.guards import Hold


def sentence(hold: Hold, *, job_id: str, flow_group: str | None = None) -> str:
    """Return one sentence: why `job_id` waits, what blocks it, and until when if a clock tells."""
    text = _SENTENCES[hold.guard].format(
        observed=hold.observed,
        limit=hold.limit,
        job_id=job_id,
        flow_group=flow_group or "",
        until=_clock(hold.until),
    )
    return text + _blockers(hold)


_SENTENCES = {
    "paused": "everything is paused; it goes on when someone resumes (rq resume)",
    "dispatch_cap": "{observed} of {limit} dispatches of this tick are used up; it goes first in the next tick",
    "pending_approval": "a person must decide first: {observed} open approval(s)",
    "cooldown": "cooling down{until} after {observed} failed runs in a row (threshold {limit}); reset its memory to go on now",
    "pressure": "pressure mode: {observed} runs wait; only critical jobs go out until at most {limit} wait",
    "flow_limit": "flow group {flow_group} has {observed} of {limit} runs active; it goes out when one of them ends",
    "overlap": "an earlier run is still active, and the job does not allow overlap; it goes out when that run ends",
}


def _clock(until: datetime | None) -> str:
    return until.strftime(" until %Y-%m-%d %H:%M:%S UTC") if until else ""


def _blockers(hold: Hold) -> str:
    if not hold.blocked_by:
        return ""
    more = hold.blocked_count - len(hold.blocked_by)
    return f" ({', '.join(hold.blocked_by)}{f' and {more} more' if more > 0 else ''})"
