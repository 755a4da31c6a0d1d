"""Failures by what they have in common."""

from __future__ import annotations

from datetime import datetime

from runners.engine.errors import NotFound
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.store import failures
from runners.engine.store.failures import FailureFilter, FailureGroup, FailureOrder, Failures


@operation(Role.VIEWER)
def list_failures(
    platform: Platform, actor: Actor, wanted: FailureFilter, order: FailureOrder, limit: int, offset: int = 0
) -> Failures:
    """Return a page of the groups of failures that are alike: of one job, one kind and one line of the error."""
    return failures.list_failures(platform.store, wanted, order, limit, offset)


@operation(Role.VIEWER)
def get_failure(platform: Platform, actor: Actor, group: str, since: datetime, until: datetime) -> FailureGroup:
    """Return what a window of time holds of one group. Raises NotFound."""
    found = failures.load_failure(platform.store, group, since, until)
    if found is None:
        raise NotFound(f"group '{group}' of failures does not exist, or none of its runs is kept any more")
    return found
