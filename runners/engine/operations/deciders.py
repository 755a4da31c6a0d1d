"""Who may decide on an approval: the approvers of its job, and not the one who asked, unless nobody else could."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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


def has_agreed(platform: Platform, actor: Actor, approval: Approval) -> bool:
    """Say whether `actor` has said yes before, in his own name or by a token that he made."""
    return _is_one_of(platform, actor, [vote.by for vote in approval.votes])


def is_alone(platform: Platform, actor: Actor, approval: Approval) -> bool:
    """Say whether the one who asked may decide all the same: nobody else could, and APPROVE_OWN allows it."""
    if platform.settings.approve_own != "alone":
        return False
    own = behind(platform.store, actor.name)
    others = (name for name, role in _everybody(platform) if may_decide(name, role, approval.approvers))
    return all(behind(platform.store, name) <= own for name in others)


def _is_one_of(platform: Platform, actor: Actor, names: Iterable[str]) -> bool:
    own = behind(platform.store, actor.name)
    return any(own & behind(platform.store, name) for name in names)


def _everybody(platform: Platform) -> Iterator[tuple[str, Role]]:
    """Yield the name and role of everybody who can come in; without sign-in that is one."""
    if not platform.settings.auth_enabled:
        return
    yield from ((token.name, token.role) for token in platform.settings.auth_tokens)
    for person in people.list_people(platform.store, LOOKED_AT).rows:
        if not person.disabled:
            yield person.name, person.role
    now = platform.store.now()
    for token in tokens.list_tokens(platform.store, LOOKED_AT).rows:
        if token.status(now) is TokenStatus.ACTIVE:
            yield f"{TOKEN}{token.name}", token.role
