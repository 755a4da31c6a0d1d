"""Which role somebody has now, by name alone: for what is done later in somebody's name, without a credential at hand."""

from __future__ import annotations

from runners.engine.access.identity import LOCAL
from runners.engine.platform import Platform
from runners.engine.role import Role
from runners.engine.store.people import find_person
from runners.engine.store.tokens import TOKEN, TokenStatus, find_token


def role_now(platform: Platform, name: str) -> Role | None:
    """Return the role of a person or token; None for one who could not come in. Without sign-in everybody here is an admin."""
    if not platform.settings.auth_enabled:
        return LOCAL.role
    if name.startswith(TOKEN):
        token = find_token(platform.store, name.removeprefix(TOKEN))
        return token.role if token and token.status(platform.store.now()) is TokenStatus.ACTIVE else None
    if (person := find_person(platform.store, name)) and not person.disabled:
        return person.role
    return next((token.role for token in platform.settings.auth_tokens if token.name == name), None)
