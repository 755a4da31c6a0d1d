"""The form that asks for a grant: what it offers, and what somebody typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from runners.engine.clock import DAY_SEC
from runners.engine.errors import Invalid, Problem
from runners.engine.grant import Capability

EXTENSIBLE = ("agent.workflow", "command.run", "http.request")
"""The types whose runs the server's configuration restrains: a grant means nothing to another."""
CAPABILITIES = (
    (Capability.PROGRAM, _l("program: first words")),
    (Capability.ROOT, _l("root: a folder")),
    (Capability.PRIVATE_TARGET, _l("private target: host")),
    (Capability.FOLDER, _l("agent: a folder to read")),
    (Capability.TOOL, _l("agent: a tool by its name")),
    (Capability.ACCOUNT, _l("agent: provider/account")),
    (Capability.SERVER, _l("agent: an MCP server")),
    (Capability.JOB, _l("agent: a job to start")),
    (Capability.SCHEDULE, _l("agent: a job to schedule")),
    (Capability.CHANNEL, _l("agent: a channel")),
)
LIVES = {
    "1": _l("a day"),
    "7": _l("a week"),
    "30": _l("30 days"),
    "365": _l("a year"),
    "revoked": _l("until it is revoked"),
}


@dataclass(frozen=True, slots=True)
class GrantForm:
    """The form as the page shows it, with what is wrong."""

    shown: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    capabilities = CAPABILITIES
    lives = tuple(LIVES.items())


def to_request(form: Mapping[str, str]) -> tuple[Capability, str, int | None]:
    """Return the capability, the value and how long it holds in seconds. Raises Invalid for what the form does not offer."""
    capability, life = form.get("capability", ""), form.get("life", "")
    problems = []
    if capability not in set(Capability):
        problems.append(Problem(("capability",), _("choose one of these"), "not_a_capability"))
    if life not in LIVES:
        problems.append(Problem(("life",), _("choose one of these"), "not_a_life"))
    if problems:
        raise Invalid(problems)
    lasts_sec = None if life == "revoked" else int(life) * DAY_SEC
    return Capability(capability), form.get("value", "").strip(), lasts_sec
