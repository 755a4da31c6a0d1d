"""What somebody may do."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Each role may do all that the ones before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def covers(self, needed: Role) -> bool:
        """Say whether this role is enough where `needed` is."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)
