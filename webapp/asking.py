"""Who asks, and of which platform: the two first arguments of every operation."""

from __future__ import annotations

from flask import current_app, g, request

from runners.engine.operations import Actor, Role
from runners.engine.platform import Platform
from webapp.language import language


def platform() -> Platform:
    """Return the platform that this app was made for."""
    found: Platform = current_app.extensions["platform"]
    return found


def actor() -> Actor:
    """Return who asks. Without sign-in everybody who reaches the loopback address is its administrator."""
    return Actor("local", Role.ADMIN, "page" if on_page() else "api", request_id(), language())


def request_id() -> str:
    """Return the id that this request carries through answers and events; '' before it has one."""
    found: str = g.get("request_id", "")
    return found


def on_page() -> bool:
    """Say whether a person's browser asks for the dashboard; everything else belongs to the API."""
    return request.path == "/ui" or request.path.startswith("/ui/")
