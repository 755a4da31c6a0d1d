"""Grants as JSON; contract §7."""

from runners.engine.grant import Capability, Grant
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp, stamp_or_none


class GrantRow(Shape):
    """A capability that an approval granted to a job; `expires_at` null means until it is revoked."""

    grant_id: str
    job_id: str
    capability: Capability
    value: str
    requester: str
    granted_at: Stamp
    expires_at: Stamp | None


def grant_row(grant: Grant) -> GrantRow:
    """Return `grant` for the wire."""
    return {
        "grant_id": grant.grant_id,
        "job_id": grant.job_id,
        "capability": grant.capability,
        "value": grant.value,
        "requester": grant.requester,
        "granted_at": stamp(grant.granted_at),
        "expires_at": stamp_or_none(grant.expires_at),
    }
