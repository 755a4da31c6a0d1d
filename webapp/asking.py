"""Who asks, and of which platform: the two first arguments of every operation."""

from __future__ import annotations

from flask import current_app, g, request

from runners.engine.access.identity import Identity
from runners.engine.errors import Unauthorized
from runners.engine.operations import Actor
from runners.engine.platform import Platform
from webapp.language import language


def platform() -> Platform:
    """Return the platform that this app was made for."""
    found: Platform = current_app.extensions["platform"]
    return found


def actor() -> Actor:
    """Return who asks, as `authentication` found out. Raises Unauthorized when nobody has said who he is."""
    who = identity()
    if who is None:
        raise Unauthorized("say who you are")
    return Actor(who.subject, who.role, "page" if on_page() else "api", request_id(), language())


def identity() -> Identity | None:
    """Return who asks, and by what he has shown it; None for somebody unknown."""
    found: Identity | None = g.get("identity")
    return found


def request_id() -> str:
    """Return the id that this request carries through answers and events; '' before it has one."""
    found: str = g.get("request_id", "")
    return found


def on_page() -> bool:
    """Say whether a person's browser asks for the dashboard; everything else belongs to the API."""
    return request.path == "/ui" or request.path.startswith("/ui/")
