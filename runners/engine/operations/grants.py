"""What approvals grant to jobs beyond the server's configuration: ask for it, list it, take it away."""

from __future__ import annotations

from runners.engine import grant
from runners.engine.approval import Approval
from runners.engine.clock import DAY_SEC
from runners.engine.errors import Invalid, NotFound, Problem
from runners.engine.grant import LONGEST_SEC, Capability, Grant
from runners.engine.operations.deciding import get_approval
from runners.engine.operations.existing import existing_job
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.protocol import granting
from runners.engine.store import grants


@operation(Role.OPERATOR)
def request_grant(
    platform: Platform, actor: Actor, job_id: str, capability: Capability, value: str, lasts_sec: int | None = None
) -> Approval:
    """Ask for a capability of the job; it is granted when an admin approves within a day.

    Until then the job's slots are held. Raises NotFound, and Invalid for what the configuration would not take.
    """
    job = existing_job(platform.store, job_id)
    try:
        grant.check(capability, value)
    except ValueError as fault:
        raise Invalid([Problem(("value",), f"value {value[:60]!r} {fault}", "value")]) from None
    if grant.is_loose(capability, value):
        advice = "names no fingerprint; approve what the agent asks for, or name the tool in the job's allow_tools"
        raise Invalid([Problem(("value",), f"value {value[:60]!r} {advice}", "value")])
    if lasts_sec is not None and not 1 <= lasts_sec <= LONGEST_SEC:
        raise Invalid([Problem(("lasts_sec",), f"lasts_sec {lasts_sec} is not 1 to {LONGEST_SEC}", "out_of_range")])
    word, name = granting.request(platform.store, actor.author(), job, capability, value, lasts_sec, DAY_SEC)
    if word == "gone":
        raise NotFound(f"job '{job_id}' does not exist")
    return get_approval(platform, actor, name).approval


@operation(Role.ADMIN)
def list_grants(platform: Platform, actor: Actor) -> list[Grant]:
    """Return every grant, those that are over too, by job."""
    return grants.all_grants(platform.store)


@operation(Role.ADMIN)
def revoke_grant(platform: Platform, actor: Actor, grant_id: str) -> None:
    """Take a grant away: runs that start from now on have it no more. Raises NotFound."""
    known = next((one for one in grants.all_grants(platform.store) if one.grant_id == grant_id), None)
    if known is None or granting.revoke(platform.store, actor.author(), known) == "gone":
        raise NotFound(f"grant '{grant_id}' does not exist")
