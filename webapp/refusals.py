"""Every request that was refused to somebody for who they are, or are not, is put down in the audit."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFError

from runners.engine.audit import Author
from runners.engine.errors import Unauthorized
from runners.engine.protocol.refusals import Refusals
from webapp.asking import identity, on_page, request_id
from webapp.client import client_address

REFUSED = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.MISDIRECTED_REQUEST, HTTPStatus.TOO_MANY_REQUESTS}
)
REASON_KEPT = 200


def watch_refusals(app: Flask) -> None:
    """Put down the refusals of `app`; who ends it calls `flush` of `app.extensions["refusals"]`."""
    refusals = Refusals(app.extensions["platform"].store)
    app.extensions["refusals"] = refusals
    app.after_request(_put_down)


def refuse(error: Exception, status: int, reason: str) -> None:
    """Remember that this request was answered with `status`, if that was a refusal.

    Who opens a page without having signed in is led to sign in, and refused nothing.
    """
    if isinstance(error, Unauthorized) and on_page() and not error.wrong:
        return
    if status in REFUSED or isinstance(error, CSRFError):
        g.refused = {"status": int(status), "reason": reason[:REASON_KEPT], "form": isinstance(error, CSRFError)}


def _put_down(response: Response) -> Response:
    refusals: Refusals = current_app.extensions["refusals"]
    refused: dict[str, Any] | None = g.pop("refused", None)
    if refused is None:
        refusals.flush()
        return response
    who, surface, forged = identity(), "page" if on_page() else "api", refused.pop("form")
    where = f"{request.method} {request.url_rule.rule if request.url_rule else 'no route'}"
    if who is None or forged:
        refusals.of_unknown(surface, {**refused, "request": where, "from": client_address()})
    else:
        author = Author(who.subject, surface, "", request.endpoint or "", who.role, request_id())
        refusals.of_known(author, f"route:{where}", {**refused, "path": request.path[:REASON_KEPT]})
    return response
