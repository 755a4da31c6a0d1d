"""Who asks, and what role each operation needs: declared at the operation, checked whichever door is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Concatenate, Literal, ParamSpec, TypeVar

from runners.engine.audit import Author
from runners.engine.errors import Forbidden
from runners.engine.platform import Platform
from runners.engine.role import Role
from runners.engine.store.away import reported
from runners.engine.words import Language

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, through which door. `request_id` ties together what one request did; '' when there is none.

    Reasons are given in `language`. `operation` is what the actor is doing; `operation` sets it.
    """

    name: str
    role: Role
    surface: Literal["api", "page", "cli", "chat", "system"]
    request_id: str = ""
    language: Language = Language.EN
    operation: str = ""

    def author(self, note: str = "") -> Author:
        """Return the actor as whoever changes something is put down, in versions and in the audit."""
        return Author(self.name, self.surface, note, self.operation, self.role, self.request_id)


Operation = Callable[Concatenate[Platform, Actor, Arguments], Answer]
OPERATIONS: dict[str, Role] = {}
"""Every operation by name, with the role that it needs."""


def operation(needed: Role) -> Callable[[Operation[Arguments, Answer]], Operation[Arguments, Answer]]:
    """Declare the role that the decorated operation needs.

    The operation then raises Forbidden for anybody below it, and StoreAway when the store does not take part.
    """

    def declare(function: Operation[Arguments, Answer]) -> Operation[Arguments, Answer]:
        name = function.__name__
        OPERATIONS[name] = needed

        @wraps(function)
        def checked(platform: Platform, actor: Actor, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
            if not actor.role.covers(needed):
                raise Forbidden(f"'{actor.name}' is {actor.role}; {name} needs {needed}")
            with reported():
                return function(platform, replace(actor, operation=name), *args, **kwargs)

        return checked

    return declare
