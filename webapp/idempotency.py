"""`Idempotency-Key`: the same key and request within a day gets the first answer, whoever repeats it and however often.

The first request claims the key before it acts and keeps its answer afterwards; a second one that comes in between is
told to wait. An answer of the server's own fault (5xx) is not kept, so that the request can be sent again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from flask import Response, request
from werkzeug.exceptions import HTTPException

from runners.engine.errors import Conflict, Malformed, MultijobError
from runners.engine.store import answers
from runners.engine.store.answers import Answer
from webapp.asking import actor, platform
from webapp.errors import answer_of

KEPT_HEADERS = ("Content-Type", "Location", "ETag")


def once(act: Callable[[], Response]) -> Response:
    """Return the answer of `act`, or the first answer when the request's key was used before. Raises Conflict."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return act()
    if not re.fullmatch(r"[ -~]{1,255}", key):
        raise Malformed("Idempotency-Key is not 1 to 255 printable ASCII characters")
    claim = answers.claim(platform().store, actor().name, key, _fingerprint())
    if isinstance(claim, Answer):
        return _replay(claim)
    return _act_and_keep(claim, act)


def _act_and_keep(claim: answers.Claim, act: Callable[[], Response]) -> Response:
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
        answers.keep(platform().store, claim, _answer(claim.fingerprint, response))
    return response


def _fingerprint() -> str:
    """Return what makes two requests the same: method, path, query string and body."""
    head = f"{request.method} {request.path}?{request.query_string.decode('latin-1')}\n"
    return hashlib.sha256(head.encode() + request.get_data()).hexdigest()


def _answer(fingerprint: str, response: Response) -> Answer:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return Answer(fingerprint, response.status_code, headers, response.get_data(as_text=True))


def _replay(answer: Answer) -> Response:
    if answer.fingerprint != _fingerprint():
        raise Conflict("this Idempotency-Key was used for another request within the last 24 hours; take a new key")
    return Response(answer.body, answer.status, {**answer.headers, "Idempotency-Replayed": "true"})
