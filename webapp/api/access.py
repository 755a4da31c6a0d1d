"""Who am I here; contract §2."""

from __future__ import annotations

from flask import Response

from runners.engine.operations import Role
from webapp.api.answer import one
from webapp.api.endpoint import endpoint
from webapp.asking import actor, platform
from webapp.wire.shape import Shape


class MeRow(Shape):
    """Whether sign-in is on, and as whom this request counts."""

    enabled: bool
    role: Role
    subject: str


@endpoint("GET", "/auth/me", Role.VIEWER, answers={200: MeRow})
def read_me() -> Response:
    """Say as whom this request counts."""
    return one({"enabled": platform().settings.auth_enabled, "role": actor().role, "subject": actor().name})
