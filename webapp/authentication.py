"""Who asks: found out before anything else is done for a request, and before its body is read.

A request for the API says it by a token in a header, and its cookies are never read; a request for a page says it by its
session, which `app.extensions["page_identity"]` knows (a function without arguments; None is nobody). What is not public
is refused to nobody, in the same words whether or not it exists.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from contextlib import suppress

from flask import Flask, Response, current_app, g, request

from runners.engine.access.identity import LOCAL, Identity, by_token
from runners.engine.access.uses import Uses
from runners.engine.errors import StoreAway, TooMany, Unauthorized
from runners.engine.role import Role
from runners.engine.settings.secrets import token_digest
from runners.engine.store.away import reported
from webapp.asking import identity, on_page, platform, request_id
from webapp.client import client_network
from webapp.credentials import how_to_show, shown_tokens
from webapp.request_limit import RequestLimit
from webapp.roles import is_public
from webapp.security import is_preflight
from webapp.token_limits import WrongTokens

PageIdentity = Callable[[], Identity | None]
METRICS = Identity("environment", "", 0, "environment:METRICS_TOKEN", Role.VIEWER)


def authenticate(app: Flask) -> None:
    """Find out who asks, on every request of `app`."""
    app.extensions["token_uses"] = Uses()
    app.extensions["wrong_tokens"] = WrongTokens()
    app.extensions["request_limit"] = RequestLimit(app.extensions["platform"].settings.api_limit_per_min)
    app.before_request(_identify)


def _identify() -> Response | None:
    if not platform().settings.auth_enabled:
        g.identity = LOCAL
        return None
    g.identity = _of_page() if on_page() else _of_program()
    if g.identity is not None or is_public():
        return None
    if is_preflight():
        return Response(status=204)  # it carries no token by its nature; the answer is the same for every address
    raise Unauthorized(f"say who you are: send {how_to_show(platform().settings)}")


def _of_page() -> Identity | None:
    of_session: PageIdentity | None = current_app.extensions.get("page_identity")
    return of_session() if of_session else None


def _of_program() -> Identity | None:
    found = None if is_public() else _if_shown()
    if found is not None:
        limit: RequestLimit = current_app.extensions["request_limit"]
        limit.count(platform().store, found.subject)
    return found


def named_in_public() -> Identity | None:
    """Return who shows a right token to what is public and tells him more; what is wrong makes nobody of him.

    Such a route asks this itself, after all that it can say without: knowing who asks may need the store.
    """
    if g.identity is None:
        with suppress(Unauthorized, TooMany, StoreAway):
            g.identity = _if_shown()
    return identity()


def _if_shown() -> Identity | None:
    shown = shown_tokens(platform().settings)
    return _by_tokens(shown) if shown else None


def _by_tokens(shown: set[str]) -> Identity:
    if len(shown) > 1:
        raise Unauthorized("two different tokens came; send one", wrong=True)
    found = _by_token(*shown)
    uses: Uses = current_app.extensions["token_uses"]
    uses.note(platform(), found, "api", request_id())
    return found


def _by_token(text: str) -> Identity:
    wrong: WrongTokens = current_app.extensions["wrong_tokens"]
    place, digest = client_network(), token_digest(text)
    wrong.admit(place, digest)
    with reported():
        found = _for_metrics(digest) or by_token(platform(), text)
    if found is None:
        wrong.was_wrong(platform().store, place, digest)
        raise Unauthorized("this token lets nobody in: it is wrong, expired or revoked", wrong=True)
    wrong.was_right(digest)
    return found


def _for_metrics(digest: str) -> Identity | None:
    """Return who reads the figures and nothing else."""
    known = platform().settings.metrics_token
    if known is None or request.endpoint != "api.read_metrics":
        return None
    return METRICS if hmac.compare_digest(token_digest(known), digest) else None
