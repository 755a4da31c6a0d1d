"""Signing in and out with a browser."""

from typing import Any

import pytest
from flask import Flask

from runners.engine import operations
from runners.engine.operations import Role
from tests.access.browsing import PASSWORD, Browsing
from tests.access.conftest import ADMIN


@pytest.fixture
def ana(guarded: Any) -> operations.Person:
    """A person who may operate."""
    return operations.create_person(guarded, ADMIN, "ana", Role.OPERATOR, PASSWORD)


@pytest.fixture
def browser(app: Flask) -> Browsing:
    """A browser that is not signed in."""
    return Browsing(app)


def test_a_person_signs_in_and_lands_where_he_wanted_to_go(browser: Browsing, ana: Any) -> None:
    away = browser.get("/ui/jobs?search=a%20b")
    assert away.status_code == 303
    assert away.location == "/ui/sign-in?next=/ui/jobs?search%3Da%2520b"

    answer = browser.sign_in("ana", next="/ui/jobs?search=a%20b")

    assert (answer.status_code, answer.location) == (303, "/ui/jobs?search=a%20b")
    assert "ana" in browser.get("/ui").text
