"""Which rules tell of an event, and what counts as the same thing told again. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from runners.engine.notifications.rule import Rule
from runners.engine.store.event_log import Event


@dataclass(frozen=True, slots=True)
class JobFacts:
    """What rules ask of an event's job; a job that is gone has no tags and no group."""

    tags: frozenset[str] = frozenset()
    flow_group: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One event that one rule tells of. `delivery_id` is the same however often it is worked out; `same_as` names what
    counts as the same thing: two notices that share it within the rule's repeat time are told once.
    """

    delivery_id: str
    rule: Rule
    event: Event
    same_as: str


NO_JOB = JobFacts()


def route(events: Iterable[Event], rules: Sequence[Rule], jobs: Mapping[str, JobFacts]) -> list[Notice]:
    """Return the notices about `events`, in their order. `jobs` need only name those that `asks_for` gave."""
    notices = []
    for event in events:
        job_id = str(event.data.get("job_id", ""))
        facts = jobs.get(job_id, NO_JOB)
        for rule in rules:
            if (
                event.timestamp >= rule.made_at
                and rule.wants(event.type)
                and rule.fits(job_id, facts.tags, facts.flow_group)
            ):
                notices.append(notice(rule, event))
    return notices


def asks_for(events: Iterable[Event], rules: Sequence[Rule]) -> set[str]:
    """Return the jobs whose tags and flow group the rules need to know."""
    curious = [rule for rule in rules if rule.content.tags or rule.content.flow_groups]
    wanted = (event for event in events if any(rule.wants(event.type) for rule in curious))
    return {str(event.data["job_id"]) for event in wanted if event.data.get("job_id")}


def notice(rule: Rule, event: Event) -> Notice:
    """Return the notice of one rule about one event."""
    return Notice(
        delivery_id=f"ntf_{event.id}_{_digest(rule.rule_id)[:12]}",
        rule=rule,
        event=event,
        same_as=_digest(rule.rule_id, event.type, _subject(event)),
    )


def _subject(event: Event) -> str:
    """Return what the event is about: the approval, the job, the process; else everything of its type is one thing."""
    named = (event.data.get(name) for name in ("approval_id", "job_id", "process_id"))
    return next((str(name) for name in named if name), "")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
