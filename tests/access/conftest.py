"""An app that asks everybody who they are, on a real server, asked in the same process."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from runners.engine.operations import Actor, Role
from runners.engine.settings import read
from webapp import create_app

TOKENS = {
    "viewer": "viewer-4d9f1c7ab2e860535b",
    "operator": "operator-7e01b8d3f62a945c1d",
    "admin": "admin-c35a9e7f104b8d26f0",
}
AUTH = {"AUTH_ENABLED": "true", **{f"AUTH_{role.upper()}_TOKEN": text for role, text in TOKENS.items()}}
ADMIN = Actor("tests", Role.ADMIN, "cli")


@pytest.fixture
def mode() -> str:
    """A real server; what it keeps is the same in every mode."""
    return "streams-redis7"


@pytest.fixture
def guarded(platform: Any, server_env: dict[str, str]) -> Any:
    """The platform with sign-in on, and a token of each role in its environment."""
    return replace(platform, settings=read(server_env | AUTH))


@pytest.fixture
def app(guarded: Any) -> Flask:
    """The whole app, with sign-in on."""
    return create_app(guarded)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that says nothing of itself."""
    return app.test_client()


def bearer(text: str) -> dict[str, str]:
    """Return the header that carries a token."""
    return {"Authorization": f"Bearer {text}"}


def of_environment(role: str) -> dict[str, str]:
    """Return the header that carries the environment's token of this role."""
    return bearer(AUTH[f"AUTH_{role.upper()}_TOKEN"])
