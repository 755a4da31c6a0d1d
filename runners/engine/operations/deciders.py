"""Who may decide on an approval: the approvers of its job, and not the one who asked, unless nobody else could."""

from __future__ import annotations

from collections.abc import Iterable

from runners.engine.approval import Approval
from runners.engine.job.approvers import Approvers
from runners.engine.operations.roles import Actor, Role
from runners.engine.platform import Platform
from runners.engine.store import people, tokens
from runners.engine.store.tokens import TOKEN, TokenStatus, behind

LOOKED_AT = 1000
"""People and tokens that are looked at for another who could decide; with more of them nobody is alone."""


def may_decide(name: str, role: Role, approvers: Approvers) -> bool:
    """Say whether somebody is one of the approvers: by role, or by name."""
    by_role = approvers.role is not None and role.covers(Role(approvers.role))
    return by_role or name in approvers.names


def asked_for_it(platform: Platform, actor: Actor, approval: Approval) -> bool:
    """Say whether `actor` is the one who asked; a named token is whoever made it, and stays so after its end."""
    return _is_one_of(platform, actor, [approval.requester])


def is_left_to_others(platform: Platform, actor: Actor, approval: Approval) -> bool:
    """Say whether `actor` may not decide because he asked for it himself."""
    return asked_for_it(platform, actor, approval) and not is_alone(platform, actor, approval)


def has_agreed(platform: Platform, actor: Actor, approval: Approval) -> bool:
    """Say whether `actor` has said yes before, in his own name or by a token that he made."""
    return _is_one_of(platform, actor, [vote.by for vote in approval.votes])


def is_alone(platform: Platform, actor: Actor, approval: Approval) -> bool:
    """Say whether the one who asked may decide all the same: nobody else could, and APPROVE_OWN allows it."""
    if platform.settings.approve_own != "alone":
        return False
    own, everybody = behind(platform.store, actor.name), _everybody(platform)
    if everybody is None:
        return False
    others = (name for name, role in everybody if may_decide(name, role, approval.approvers))
    return all(behind(platform.store, name) <= own for name in others)


def _is_one_of(platform: Platform, actor: Actor, names: Iterable[str]) -> bool:
    own = behind(platform.store, actor.name)
    return any(own & behind(platform.store, name) for name in names)


def _everybody(platform: Platform) -> list[tuple[str, Role]] | None:
    """Return the name and role of everybody who can come in, without sign-in of nobody; None when they are too many to look at."""
    if not platform.settings.auth_enabled:
        return []
    known, named = people.list_people(platform.store, LOOKED_AT), tokens.list_tokens(platform.store, LOOKED_AT)
    if known.next_cursor or named.next_cursor:
        return None
    now = platform.store.now()
    return [
        *((token.name, token.role) for token in platform.settings.auth_tokens),
        *((person.name, person.role) for person in known.rows if not person.disabled),
        *((f"{TOKEN}{token.name}", token.role) for token in named.rows if token.status(now) is TokenStatus.ACTIVE),
    ]
