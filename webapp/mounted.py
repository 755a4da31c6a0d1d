"""Serving below a path of PUBLIC_URL: a proxy passes requests on with the path, and every address that is written has it.

Requests without the path are answered as well, for probes of health that come by bare addresses.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def mount(app: Flask, path: str) -> None:
    """Serve `app` below `path`, such as '/multijob'; '' leaves it at the root."""
    if path:
        app.wsgi_app = Mounted(app.wsgi_app, path)  # type: ignore[method-assign]  # as Flask documents it


def outside(path: str) -> str:
    """Return the address that browsers and clients know for a path of ours."""
    return request.root_path + path


class Mounted:
    """WSGI: tells the app below which path it stands, and takes that off what is asked for (PEP 3333, SCRIPT_NAME)."""

    def __init__(self, app: WSGIApplication, path: str) -> None:
        self._app, self._path = app, path

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked = environ.get("PATH_INFO", "")
        if asked == self._path or asked.startswith(self._path + "/"):
            environ["PATH_INFO"] = asked[len(self._path) :] or "/"
        environ["SCRIPT_NAME"] = self._path
        return self._app(environ, start_response)
