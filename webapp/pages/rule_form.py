"""The form of a notification rule: from what somebody typed to a change of the rule, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from runners.engine.errors import Problem
from runners.engine.notifications.rule import Rule
from runners.engine.secret_names import is_mask
from webapp.pages.job_form import number

Form = Mapping[str, str]

LISTS = ("events", "job_ids", "tags", "flow_groups")
NUMBERS = ("repeat_sec", "max_per_hour")
PARTS = {
    "webhook": ("url", "secret"),
    "email": ("to",),
    "telegram": ("account_id", "chat_id"),
    "slack": ("account_id", "chat_id"),
}
FIELDS = (
    "rule_id",
    "description",
    "language",
    "channel",
    *LISTS,
    *NUMBERS,
    *(f"{a}.{b}" for a in PARTS for b in PARTS[a]),
)
SECRETS = ("webhook.url", "webhook.secret")
"""What goes in and never comes out: what somebody typed there is not shown again, a mask is."""
BLANK = {
    "enabled": "on",
    "events": "run.failed, run.lost, job.cooldown_started, approval.request_created, approval.reminder, "
    "system.worker_lost, system.scheduler_lost, scheduler.pressure_mode_enabled, scheduler.pressure_mode_released",
    "channel": "webhook",
    "language": "en",
    "repeat_sec": "300",
    "max_per_hour": "60",
}


@dataclass(frozen=True, slots=True)
class RuleEditor:
    """The form as the page shows it; `rule_id` is None while a rule is being made, `version` the one that was seen."""

    shown: Form
    rule_id: str | None = None
    version: int = 0
    problems: list[Problem] = field(default_factory=list)
    sent: bool = False

    def problems_at(self, name: str) -> list[Problem]:
        """Return the problems of one field."""
        return [problem for problem in self.problems if self.field_of(problem) == name]

    def field_of(self, problem: Problem) -> str:
        """Return the field that `problem` stands beside, '' for the whole form."""
        place = ".".join(str(step) for step in problem.loc)
        known = (name for name in FIELDS if place == name or place.startswith(f"{name}."))
        return max(known, key=len, default="")


def of_rule(rule: Rule) -> RuleEditor:
    """Return the form of an existing rule; secrets are masks, which may be sent back."""
    content = rule.content.model_dump(mode="json")
    shown = {name: ", ".join(content[name]) for name in LISTS}
    shown |= {name: str(content[name]) for name in ("description", "language", "channel", *NUMBERS)}
    shown |= {"enabled": "on"} if content["enabled"] else {}
    for channel, names in PARTS.items():
        for name in names:
            value = (content[channel] or {}).get(name)
            shown[f"{channel}.{name}"] = (
                ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)
            )
    return RuleEditor(shown, rule.rule_id, rule.version)


def of_typed(form: Form, rule_id: str | None, version: int, problems: list[Problem]) -> RuleEditor:
    """Return the form as it was typed, but for secrets: each is empty again, with a problem that says so."""
    typed = [name for name in SECRETS if (text := form.get(name, "").strip()) and not is_mask(text)]
    again = _("type it once more: a secret is never sent back")
    emptied = [Problem(tuple(name.split(".")), again, "secret") for name in typed if form.get("channel") == "webhook"]
    return RuleEditor({**form, **dict.fromkeys(typed, "")}, rule_id, version, [*problems, *emptied], sent=True)


def to_change(form: Form) -> dict[str, Any]:
    """Return the change that the form states: the part of the chosen channel, and null for the others."""
    change: dict[str, Any] = {name: _parts(form.get(name, "")) for name in LISTS}
    change |= {name: number(form[name]) if form.get(name, "").strip() else None for name in NUMBERS}
    change |= {name: form.get(name, "").strip() for name in ("description", "language", "channel")}
    change["enabled"] = "enabled" in form
    for channel in PARTS:
        change[channel] = _part(form, channel) if channel == change["channel"] else None
    return change


def _part(form: Form, channel: str) -> dict[str, Any]:
    said = {name: form.get(f"{channel}.{name}", "").strip() for name in PARTS[channel]}
    stated: dict[str, Any] = {name: text for name, text in said.items() if text}
    if "to" in stated:
        stated["to"] = _parts(stated["to"])
    if channel == "telegram" and "chat_id" in stated:
        stated["chat_id"] = number(stated["chat_id"])
    return stated


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]
