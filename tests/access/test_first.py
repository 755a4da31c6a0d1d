"""The first sign-in: the code on the terminal makes one administrator, once."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from runners.engine.access.first import new_code
from runners.engine.settings import read
from tests.access.browsing import Browsing
from tests.access.conftest import ADMIN
from tests.planted import PASSWORD

FIRST = {"page": "/ui/first", "name": "Ana", "password": PASSWORD}


@pytest.fixture
def open_app(app: Flask, guarded: Any, server_env: Any) -> Flask:
    """An app in which nobody is defined."""
    app.extensions["platform"] = replace(guarded, settings=read(server_env | {"AUTH_ENABLED": "true"}))
    return app


def code_of(app: Flask) -> str:
    """Return the code as the terminal shows it."""
    code = new_code(app.extensions["platform"], ADMIN.author())
    assert code
    return code


def test_the_code_makes_the_first_administrator_and_signs_him_in(open_app: Flask) -> None:
    browser, code = Browsing(open_app), code_of(open_app)
    assert browser.get("/ui/sign-in").location == "/ui/first"

    answer = browser.send("/ui/first", code=f" {code.upper()} ", **FIRST)

    assert answer.location == "/ui/people"
    assert "You are the first administrator, ana." in browser.get("/ui/people").text
    assert Browsing(open_app).get("/ui/first").location == "/ui/sign-in"
    second = Browsing(open_app)
    token = second.token("/ui/sign-in")
    again = second.client.post(
        "/ui/first", data={"csrf_token": token, "code": code, "name": "eve", "password": PASSWORD}
    )
    assert again.location == "/ui/sign-in"
    assert second.sign_in("eve").status_code == 401


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"code": "aaaa-aaaa-aaaa-aaaa-aaaa"}, 403),
        ({"code": ""}, 403),
        ({"code": "é" * 300}, 403),
        ({"password": "short"}, 422),
        ({"name": "<b>"}, 422),
    ],
)
def test_less_makes_nobody(open_app: Flask, change: dict[str, str], status: int) -> None:
    browser = Browsing(open_app)
    fields = {**FIRST, "code": code_of(open_app), **change}

    answer = browser.send("/ui/first", **fields)

    assert answer.status_code == status
    assert 'class="problem"' in answer.text
    assert not browser.is_signed_in()
    assert Browsing(open_app).get("/ui/sign-in").location == "/ui/first"


def test_the_code_cannot_be_guessed(open_app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setattr("runners.engine.access.first.hashed", lambda password: "x")
    monkeypatch.setattr("runners.engine.access.guessing.PER_ADDRESS", 3)
    browser = Browsing(open_app)
    token = browser.token("/ui/first")
    form = {"csrf_token": token, "name": "ana", "password": PASSWORD, "code": "aaaa"}

    codes = [browser.client.post("/ui/first", data=form, environ_base=browser.environ).status_code for _ in range(4)]

    assert codes == [403] * 3 + [429]
