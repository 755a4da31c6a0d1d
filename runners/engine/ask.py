"""What a run asks of people, and what they granted: all that a handler and its process know of approvals. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from runners.engine.clock import DAY_SEC
from runners.engine.compact import compact
from runners.engine.fields import unprintable
from runners.engine.grant import Capability, check
from runners.engine.run import at

SHORTEST_SEC, LONGEST_SEC = 1, 30 * DAY_SEC
SUMMARY_KEPT = 500
REQUESTS_AT_MOST, REQUESTS_BYTES = 50, 32 * 1024
ASKS_AT_MOST = 20
"""How often one run may ask: a handler that asks for something else each time must not ask for ever."""


OnExpiry = Literal["reject", "approve"]
Wanted = tuple[Capability, str]


@dataclass(frozen=True, slots=True)
class Ask:
    """What a handler asks for. `requests` are JSON values that say what it would do; `on_expiry` what silence means.

    `grants` are what its job gets when people agree, until somebody revokes it (`grant.py`). Each stands among `requests` as
    `{capability: value}`, with or without more, so that nobody grants what was not shown; silence never does.
    """

    summary: str
    requests: tuple[Any, ...] = ()
    expires_sec: int = DAY_SEC
    on_expiry: OnExpiry = "reject"
    grants: tuple[Wanted, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError for what no person could read, and TypeError for what JSON cannot hold."""
        if not isinstance(self.summary, str) or not 1 <= len(self.summary.strip()) <= SUMMARY_KEPT:
            raise ValueError(f"require_approval: the summary has to be 1 to {SUMMARY_KEPT} characters")
        if unprintable(self.summary) is not None:
            raise ValueError("require_approval: the summary holds a character that cannot be shown")
        if len(self.requests) > REQUESTS_AT_MOST or len(compact(self.requests).encode()) > REQUESTS_BYTES:
            raise ValueError(
                f"require_approval: more than {REQUESTS_AT_MOST} requests, or {REQUESTS_BYTES} bytes of them"
            )
        if type(self.expires_sec) is not int or not SHORTEST_SEC <= self.expires_sec <= LONGEST_SEC:
            raise ValueError(
                f"require_approval: expires_sec {self.expires_sec!r} is not {SHORTEST_SEC} to {LONGEST_SEC}"
            )
        if self.on_expiry not in ("reject", "approve"):
            raise ValueError(f"require_approval: on_expiry {self.on_expiry!r} is not reject or approve")
        if self.grants:
            self._check_grants()

    def _check_grants(self) -> None:
        if self.on_expiry != "reject":
            raise ValueError("require_approval: silence grants nothing; leave on_expiry out")
        for capability, value in self.grants:
            check(capability, value)
            if not any(isinstance(one, dict) and one.get(str(capability)) == value for one in self.requests):
                raise ValueError(f"require_approval: the grant of {value[:60]!r} is not among the requests")

    def to_json(self) -> dict[str, Any]:
        """Return it as a handler's process sends it."""
        return {
            "summary": self.summary,
            "requests": list(self.requests),
            "expires_sec": self.expires_sec,
            "on_expiry": self.on_expiry,
            "grants": [list(wanted) for wanted in self.grants],
        }

    @staticmethod
    def of(
        summary: str,
        requests: Sequence[Any],
        expires_sec: int | None,
        on_expiry: OnExpiry,
        grants: Sequence[tuple[str, str]],
    ) -> "Ask":
        """Return what a handler's call asks for; raises as the constructor does."""
        lasts = DAY_SEC if expires_sec is None else expires_sec
        wanted = tuple((Capability(capability), value) for capability, value in grants)
        return Ask(summary, tuple(requests), lasts, on_expiry, wanted)

    @staticmethod
    def from_json(sent: Mapping[str, Any]) -> "Ask":
        """Read what `to_json` gave. Raises KeyError, TypeError or ValueError."""
        return Ask.of(sent["summary"], sent["requests"], sent["expires_sec"], sent["on_expiry"], sent["grants"])


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's yes."""

    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Granted:
    """What a run was granted; `approved_by` is empty when nobody decided and the request said that this means yes."""

    approval_id: str
    summary: str
    requests: tuple[Any, ...]
    approved_by: tuple[str, ...]
    at: datetime
    note: str

    def answers(self, ask: Ask) -> bool:
        """Say whether this is the answer to `ask`: the same words and the same requests."""
        return self.summary == ask.summary and compact(self.requests) == compact(ask.requests)


def answer_to(ask: Ask, granted: Sequence[Granted]) -> Granted | None:
    """Return what was granted for exactly this, None when it has still to be asked for.

    Raises ValueError when the run has asked too often already.
    """
    found = next((one for one in granted if one.answers(ask)), None)
    if found is None and len(granted) >= ASKS_AT_MOST:
        raise ValueError(f"require_approval: the run asked {ASKS_AT_MOST} times already, for something else each time")
    return found


def asked_by(output: object, granted: Sequence[Granted]) -> Ask | None:
    """Return what a handler's output asks for: `requires_approval: true` with `approval_requests`.

    None when it asks for nothing, or for what was granted already. Silence never approves what stands in an output: it
    may repeat what somebody else wrote. Raises ValueError.
    """
    if not isinstance(output, dict) or output.get("requires_approval") is not True:
        return None
    requests = output.get("approval_requests") or []
    if not isinstance(requests, list):
        raise ValueError("approval_requests is no list")
    summary = output.get("summary") or output.get("approval_summary") or "The run asks for approval"
    ask = Ask(" ".join(str(summary).split())[:SUMMARY_KEPT], tuple(requests))
    return None if answer_to(ask, granted) else ask


def read_granted(kept: str | None) -> tuple[Granted, ...]:
    """Read a run's field `granted`, oldest first. Raises KeyError, TypeError or ValueError when it is broken."""
    rows = json.loads(f"[{kept}]") if kept else []
    return tuple(
        Granted(
            str(row["id"]),
            str(row["summary"]),
            tuple(row["requests"]),
            tuple(vote.by for vote in votes_of(row["votes"])),
            moment_of(row["at"]),
            str(row["note"]),
        )
        for row in rows
    )


def votes_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Vote, ...]:
    """Read who agreed. Raises KeyError, TypeError or ValueError."""
    return tuple(Vote(str(row["by"]), moment_of(row["at"]), str(row["note"])) for row in rows)


def moment_of(ms: object) -> datetime:
    """Read a stored time that has to be there. Raises ValueError or AssertionError."""
    moment = at(int(str(ms)))
    assert moment is not None
    return moment
