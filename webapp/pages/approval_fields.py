"""The part of a job's form that says whether runs wait for a person, and for whom.

A form that was sent without this part says nothing of approvals: what stands, stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runners.engine.clock import DAY_SEC

APPROVAL_FIELDS = (
    "requires_approval",
    "approvers",
    "approvers.role",
    "approvers.names",
    "approvers.quorum",
    "approvers.expires_sec",
)
NOBODY = "none"
"""Chosen where a role goes when only the people named decide."""
DEFAULTS = {"role": "admin", "names": [], "quorum": 1, "expires_sec": DAY_SEC}


def to_approval(form: Mapping[str, str], number: Callable[[str], object]) -> dict[str, Any]:
    """Return `requires_approval` and `approvers` as the form states them; `number` reads what was typed as one."""
    if "approvers.role" not in form:
        return {}
    role = form["approvers.role"]
    stated: dict[str, Any] = {
        "role": None if role == NOBODY else role,
        "names": [line.strip() for line in form.get("approvers.names", "").splitlines() if line.strip()],
    }
    for name in ("quorum", "expires_sec"):
        said = form.get(f"approvers.{name}", "").strip()
        stated[name] = number(said) if said else DEFAULTS[name]
    short = role != NOBODY and stated == DEFAULTS | {"role": role}
    return {"requires_approval": "requires_approval" in form, "approvers": role if short else stated}


def shown_approval(spec: Mapping[str, Any]) -> dict[str, str]:
    """Return what the form shows for a spec (as `JobSpec.to_json` writes it)."""
    kept: Any = spec.get("approvers") or DEFAULTS["role"]
    stated = DEFAULTS | ({"role": kept} if isinstance(kept, str) else kept)
    shown = {f"approvers.{name}": str(stated[name]) for name in ("quorum", "expires_sec")}
    shown |= {"approvers.role": stated["role"] or NOBODY, "approvers.names": "\n".join(stated["names"])}
    return shown | ({"requires_approval": "on"} if spec.get("requires_approval") else {})
