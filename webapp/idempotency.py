"""`Idempotency-Key`: the same key and request of one client within a day gets the first answer, however often it comes.

The first request claims the key before it acts and keeps its answer afterwards; a second one that comes in between is
told to wait. An answer of the server's own fault (5xx) is not kept, so that the request can be sent again. Nothing is kept
of what changes nothing: it does no harm twice, and whoever may only look could fill the store with the answers.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Sequence

from flask import Response, current_app, request
from werkzeug.exceptions import HTTPException

from runners.engine.errors import Conflict, Malformed, MultijobError
from runners.engine.store import answers
from runners.engine.store.answers import Answer
from webapp.asking import actor, platform
from webapp.errors import answer_of

KEY = "[!-~](?:[ -~]{0,253}[!-~])?"
"""What a key may be: HTTP takes off the spaces around the value of a header."""
KEPT_HEADERS = ("Content-Type", "Location", "ETag")


def once(act: Callable[[], Response], shown_once: Sequence[str] = ()) -> Response:
    """Return the answer of `act`, or the first answer when the request's key was used before. Raises Conflict.

    Members of the answer that are `shown_once` are kept as null.
    """
    key = _key()
    if key is None:
        return act()
    claim = answers.claim(platform().store, actor().name, key, _fingerprint())
    if isinstance(claim, Answer):
        return _replay(claim)
    return _act_and_keep(claim, act, shown_once)


def anew(act: Callable[[], Response]) -> Response:
    """Return the answer of `act`, which changes nothing. Raises Conflict when the key was used for another request."""
    key = _key()
    first = None if key is None else answers.first_answer(platform().store, actor().name, key)
    if first is not None:
        _same_request(first)
    return act()


def _key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not re.fullmatch(KEY, key):
        raise Malformed("Idempotency-Key is not 1 to 255 printable ASCII characters")
    return key


def _act_and_keep(claim: answers.Claim, act: Callable[[], Response], shown_once: Sequence[str]) -> Response:
    try:
        response = act()
    except (MultijobError, HTTPException) as error:
        response = answer_of(error)
    except Exception:
        answers.release(platform().store, claim)
        raise
    if response.status_code >= 500:
        answers.release(platform().store, claim)
    else:
        answers.keep(platform().store, claim, _answer(claim.fingerprint, response, shown_once))
    return response


def _fingerprint() -> str:
    """Return what makes two requests the same: method, path, query string and body; keyed, for a body may hold a password."""
    head = f"{request.method} {request.path}?{request.query_string.decode('latin-1')}\n"
    key = str(current_app.secret_key).encode()
    return hmac.digest(key, head.encode() + request.get_data(), "sha256").hex()


def _answer(fingerprint: str, response: Response, shown_once: Sequence[str]) -> Answer:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    body = response.get_data(as_text=True)
    if shown_once and response.is_json:
        members = json.loads(body)
        body = json.dumps(members | {name: None for name in shown_once if name in members}, separators=(",", ":"))
    return Answer(fingerprint, response.status_code, headers, body)


def _same_request(answer: Answer) -> None:
    if answer.fingerprint != _fingerprint():
        raise Conflict("this Idempotency-Key was used for another request within the last 24 hours; take a new key")


def _replay(answer: Answer) -> Response:
    _same_request(answer)
    return Response(answer.body, answer.status, {**answer.headers, "Idempotency-Replayed": "true"})
