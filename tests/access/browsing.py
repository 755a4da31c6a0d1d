"""A browser without a screen: it keeps cookies, reads the token of the form in front of it, and sends what a browser sends."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.planted import PASSWORD

FROM_HERE = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}


class Browsing:
    """One browser. `client` is Flask's own, for what a browser would not do; `form` is the token of a page left open."""

    def __init__(self, app: Flask, address: str = "203.0.113.5", agent: str = "tests") -> None:
        """Begin without cookies."""
        self.client: FlaskClient = app.test_client()
        self.environ = {"REMOTE_ADDR": address, "HTTP_USER_AGENT": agent}
        self.form = ""

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> TestResponse:
        """Open a page."""
        base = f"{self.environ.get('wsgi.url_scheme', 'http')}://localhost"
        return self.client.get(path, base_url=base, headers=headers, environ_base=self.environ)

    def poll(self, path: str) -> TestResponse:
        """Ask for a part of a page as htmx does."""
        return self.get(path, {"HX-Request": "true", "HX-Current-URL": f"http://localhost{path}"})

    def token(self, path: str = "/ui/account") -> str:
        """Return the token of the forms on a page."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)
        assert found, f"{path} has no form"
        return found[1]

    def send(self, path: str, *, page: str = "/ui/account", **fields: str) -> TestResponse:
        """Send a form that stands on `page`."""
        form = {"csrf_token": self.token(page), **fields}
        headers = {**FROM_HERE, "Referer": f"http://localhost{page}"}
        return self.client.post(path, data=form, headers=headers, environ_base=self.environ)

    def sign_in(self, name: str, password: str = PASSWORD, **more: str) -> TestResponse:
        """Sign in with a password."""
        return self.send("/ui/sign-in", page="/ui/sign-in", name=name, password=password, **more)

    def show_token(self, token: str, **more: str) -> TestResponse:
        """Sign in with a token."""
        return self.send("/ui/sign-in", page="/ui/sign-in", token=token, **more)

    def show_token_over(self, token: str) -> TestResponse:
        """Sign in with a token in a browser that is signed in already."""
        form = {"csrf_token": self.token(), "token": token}
        return self.client.post("/ui/sign-in", data=form, headers=FROM_HERE, environ_base=self.environ)

    def send_over_tls(self, token: str) -> TestResponse:
        """Sign in with a token at https://localhost; a browser would send the form's cookie over TLS only."""
        self.environ["wsgi.url_scheme"] = "https"
        form = {"csrf_token": self.token("/ui/sign-in"), "token": token}
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": "https://localhost"}
        return self.client.post(
            "/ui/sign-in", base_url="https://localhost", data=form, headers=headers, environ_base=self.environ
        )

    def is_signed_in(self) -> bool:
        """Say whether the account is shown."""
        return self.get("/ui/account").status_code == 200

    def session_cookie(self) -> str | None:
        """Return the value of the session's cookie."""
        found = [
            cookie.value for name, cookie in self._cookies().items() if "session" in name and cookie.value is not None
        ]
        return found[0] if found else None

    def _cookies(self) -> dict[str, object]:
        return {key[2]: cookie for key, cookie in self.client._cookies.items()}
