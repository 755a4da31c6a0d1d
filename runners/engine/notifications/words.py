"""How a notice reads, in English and Bahasa Indonesia. Pure: a rule's event to a subject and a text without markup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runners.engine import clock
from runners.engine.store.event_log import Event
from runners.engine.words import Language, say

SHOWN = 300
KINDS: Mapping[str, str] = {
    "run.failed": "notice.failed",
    "run.lost": "notice.lost",
    "job.cooldown_started": "notice.cooldown_started",
    "job.cooldown_ended": "notice.cooldown_ended",
    "approval.request_created": "notice.approval_requested",
    "approval.reminder": "notice.approval_reminder",
    "approval.expired": "notice.approval_expired",
    "system.worker_lost": "notice.process_lost",
    "system.scheduler_lost": "notice.process_lost",
    "system.connector_lost": "notice.process_lost",
    "system.api_lost": "notice.process_lost",
    "scheduler.pressure_mode_enabled": "notice.pressure_on",
    "scheduler.pressure_mode_released": "notice.pressure_off",
}
"""Event types that have words of their own; every other one is told by its name."""


@dataclass(frozen=True, slots=True)
class Text:
    """`subject` is one line of at most 200 characters; `body` some lines, the subject first."""

    subject: str
    body: str


def text_of(event: Event, language: Language, repeats: int = 0) -> Text:
    """Return the notice about `event`. `repeats` is how often the same came since the last notice, untold."""
    about = {name: _plain(value) for name, value in event.data.items()}
    job = about.get("job_id", "")
    values: dict[str, Any] = {
        "job": job,
        "process": about.get("process_id", ""),
        "host": about.get("host", ""),
        "failures": about.get("failures", ""),
        "depth": about.get("depth", ""),
        "until": _moment(event.data.get("until_ms") or event.data.get("expires_ms")),
        "approval": about.get("approval_id", ""),
        "type": event.type,
    }
    kind = KINDS.get(event.type) or ("notice.other_of_job" if job else "notice.other")
    first = say(kind, language, **values)
    lines = [first, *_facts(event, about, language)]
    if repeats:
        lines.append(say("notice.repeats", language, count=repeats))
    return Text(_one_line(first)[:200], "\n".join(lines))


def limit_text(rule_id: str, most: int, language: Language) -> Text:
    """Return the one notice that a rule sends when it has told as often as it may in an hour."""
    line = say("notice.limit", language, rule=rule_id, count=most)
    return Text(_one_line(line)[:200], line)


def trial_text(rule_id: str, language: Language) -> Text:
    """Return the notice that somebody sends to see whether the rule's channel works."""
    line = say("notice.test", language, rule=rule_id)
    return Text(_one_line(line)[:200], line)


def _facts(event: Event, about: Mapping[str, str], language: Language) -> list[str]:
    lines = []
    if kind := about.get("failure_kind"):
        lines.append(say(f"failure.{kind}", language))
    if error := about.get("error"):
        lines.append(error)
    if run := about.get("run_id"):
        lines.append(run)
    lines.append(clock.rfc3339(event.timestamp))
    return lines


def _plain(value: Any) -> str:
    """Return a value as one line: control characters of an error message do nothing to a terminal or a header."""
    return _one_line(value if isinstance(value, str) else str(value))[:SHOWN]


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _moment(ms: Any) -> str:
    try:
        moment: datetime = clock.from_ms(int(ms))
    except (TypeError, ValueError, OverflowError):
        return "?"
    return moment.strftime("%Y-%m-%d %H:%M UTC")
