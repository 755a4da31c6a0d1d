"""The form that asks for a grant: what it offers, and what somebody typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from runners.engine.clock import DAY_SEC
from runners.engine.errors import Invalid, Problem
from runners.engine.grant import Capability

EXTENSIBLE = ("command.run", "http.request")
"""The types whose runs the server's configuration restrains: a grant means nothing to another."""
CAPABILITIES = (
    (Capability.PROGRAM, "program: first words"),
    (Capability.ROOT, "root: a folder"),
    (Capability.PRIVATE_TARGET, "private target: host"),
)
LIVES = {"1": "a day", "7": "a week", "30": "30 days", "365": "a year", "revoked": "until it is revoked"}


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
        problems.append(Problem(("capability",), f"choose one of {', '.join(Capability)}", "not_a_capability"))
    if life not in LIVES:
        problems.append(Problem(("life",), "choose one of these", "not_a_life"))
    if problems:
        raise Invalid(problems)
    lasts_sec = None if life == "revoked" else int(life) * DAY_SEC
    return Capability(capability), form.get("value", "").strip(), lasts_sec
