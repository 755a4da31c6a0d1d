"""Who decides on a job's approvals: a role, or people by name, and how many of them must agree."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from runners.engine.clock import DAY_SEC
from runners.engine.fields import Whole, fault, show, unprintable

ApproverRole = Literal["operator", "admin"]


def check_name(name: str) -> str:
    """Return `name` when it has 1 to 128 printable characters; raises the fault otherwise."""
    if 1 <= len(name) <= 128 and unprintable(name) is None and name == name.strip():
        return name
    raise fault("name", f"name {show(name)} is not 1 to 128 printable characters without spaces around them")


@dataclass(frozen=True, slots=True)
class Approvers:
    """Who may decide: whoever has `role` (None: nobody by role), and `names`; `quorum` of them must agree."""

    role: ApproverRole | None = "admin"
    names: tuple[str, ...] = ()
    quorum: int = 1

    def to_store(self) -> str:
        """Return who may decide as runs and approvals keep it, '' for every admin."""
        if self.role == "admin" and not self.names:
            return ""
        return json.dumps({"role": self.role, "names": self.names}, separators=(",", ":"))

    @staticmethod
    def from_store(text: str, quorum: str) -> Approvers:
        """Read what `to_store` gave, with its quorum ('' is 1). Raises KeyError, TypeError or ValueError."""
        if not text:
            return Approvers(quorum=int(quorum or 1))
        kept = json.loads(text)
        return Approvers(kept["role"], tuple(kept["names"]), int(quorum or 1))


class ApproversSpec(BaseModel):
    """The long form of `approvers`: a role, names, or both; `quorum` of them must agree within `expires_sec` (24 h)."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    role: ApproverRole | None = None
    names: Annotated[tuple[Annotated[str, AfterValidator(check_name)], ...], Field(strict=False, max_length=20)] = ()
    quorum: Annotated[int, Whole(1, 10)] = 1
    expires_sec: Annotated[int, Whole(60, 30 * DAY_SEC)] = DAY_SEC

    @model_validator(mode="after")
    def _somebody_can_decide(self) -> ApproversSpec:
        if self.role is None and not self.names:
            raise fault("approvers", "approvers states neither a role nor names, so nobody could decide")
        if self.role is None and self.quorum > len(set(self.names)):
            raise fault("quorum", f"quorum {self.quorum} is more than the {len(set(self.names))} people named")
        return self

    def to_approvers(self) -> Approvers:
        """Return it as a value."""
        return Approvers(self.role, self.names, self.quorum)


def role_alone(sent: object) -> object:
    """Return the long form of a role's name; anything else as it was sent."""
    return {"role": sent} if isinstance(sent, str) else sent


ApproversField = Annotated[
    ApproversSpec,
    BeforeValidator(role_alone),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "enum": list(get_args(ApproverRole))}, ApproversSpec.model_json_schema()]}
    ),
]
"""How a job states its approvers: a role's name, or the long form."""


def to_json(stated: ApproversSpec) -> Any:
    """Return `approvers` as the API shows it and versions compare it: the short form where that says the same."""
    return stated.role if stated.role and stated == ApproversSpec(role=stated.role) else stated.model_dump(mode="json")
