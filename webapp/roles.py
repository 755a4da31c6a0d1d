"""Who may use which route: every route states its role here, and one hook holds it.

A view states its role with `@needs(Role.VIEWER)`, or `@needs(PUBLIC)` when nobody has to say who they are. `hold_roles`
refuses to finish the start of an app in which a route states none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, request
from werkzeug.exceptions import Forbidden

from runners.engine.operations import Role
from webapp.asking import actor, identity

PUBLIC = None
OPEN_ENDPOINTS = frozenset({"static"})
"""Flask's own routes, which no decorator can reach: files that everybody may read."""

View = TypeVar("View", bound=Callable[..., object])


def needs(role: Role | None) -> Callable[[View], View]:
    """State the lowest role that may use the decorated view; `PUBLIC` lets everybody in."""

    def state(view: View) -> View:
        view.__dict__["role"] = role
        return view

    return state


def hold_roles(app: Flask) -> None:
    """Enforce the stated roles on every request. Raises RuntimeError naming each route that states none."""
    unstated = sorted(name for name, view in app.view_functions.items() if not _states(name, view))
    if unstated:
        raise RuntimeError(f"routes without a role: {', '.join(unstated)}; add @needs(…)")
    app.before_request(_enforce)


def may(endpoint: str) -> bool:
    """Say whether the role of the one who asks covers a route: pages offer nothing that would be refused."""
    needed: Role | None = current_app.view_functions[endpoint].__dict__["role"]
    who = identity()
    return needed is PUBLIC or (who is not None and who.role.covers(needed))


def is_public() -> bool:
    """Say whether this request is for something that everybody may have; what does not exist is not."""
    if request.endpoint is None:
        return False
    return request.endpoint in OPEN_ENDPOINTS or current_app.view_functions[request.endpoint].__dict__["role"] is PUBLIC


def _states(name: str, view: Callable[..., object]) -> bool:
    return name in OPEN_ENDPOINTS or "role" in view.__dict__


def _enforce() -> None:
    if request.endpoint is None or is_public():
        return
    needed = current_app.view_functions[request.endpoint].__dict__["role"]
    if not actor().role.covers(needed):
        raise Forbidden(f"role '{actor().role}' may not do this; it needs '{needed}'")
