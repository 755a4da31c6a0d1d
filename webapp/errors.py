"""Every error as `application/problem+json` (RFC 9457); the one place that turns a class into a status.

The dashboard may show the same `ProblemAnswer` as a page: it registers its renderer as `app.extensions["page_problem"]`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, current_app, request
from redis.exceptions import RedisError
from werkzeug.exceptions import HTTPException, NotFound

from runners.engine import errors
from runners.engine.store.away import meaning
from webapp.asking import on_page, platform, request_id
from webapp.language import language_headers
from webapp.refusals import refuse

PROBLEMS_SHOWN = 100
PATH_SHOWN = 200
STATUSES: Mapping[type[errors.MultijobError], HTTPStatus] = {
    errors.Malformed: HTTPStatus.BAD_REQUEST,
    errors.Unauthorized: HTTPStatus.UNAUTHORIZED,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Stale: HTTPStatus.PRECONDITION_FAILED,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.StoreAway: HTTPStatus.SERVICE_UNAVAILABLE,
}

LOG = structlog.get_logger("webapp.errors")


@dataclass(frozen=True, slots=True)
class ProblemAnswer:
    """A refusal as a client sees it: `members` are the extensions of RFC 9457 §3.2, `headers` go out beside it."""

    status: int
    detail: str
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The status in words."""
        return HTTPStatus(self.status).phrase


def answer_problems(app: Flask) -> None:
    """Answer every exception of `app`, the framework's own included."""
    app.register_error_handler(Exception, answer_of)


def problem_of(error: Exception) -> ProblemAnswer:
    """Return what a client may know of `error`; anything unforeseen is a 500 without its text."""
    if isinstance(error, RedisError):
        # named by its class alone: a server's own words may hold addresses and names of keys
        fault = type(error).__name__
        LOG.warning("store.refused", fault=fault, request_id=request_id(), exc_info=error)
        unknown = errors.StoreAway(f"the store does not do its part ({fault}); try again")
        return _deliberate(meaning(error) or unknown)
    if isinstance(error, errors.MultijobError):
        return _deliberate(error)
    if isinstance(error, HTTPException):
        return _framework(error)
    return ProblemAnswer(500, f"an unforeseen error, kept in the log under request id {request_id()}")


def answer_of(error: Exception) -> Any:
    """Answer `error` as a page or as a problem, whichever was asked for; a redirect passes as it is."""
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return error.get_response()
    problem = problem_of(error)
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        LOG.error("request.failed", request_id=request_id(), exc_info=error)
    refuse(error, problem.status, problem.detail)
    page_problem = current_app.extensions.get("page_problem")
    return page_problem(problem) if page_problem and on_page() else _render(problem)


def _render(problem: ProblemAnswer) -> Response:
    body = {"type": "about:blank", "title": problem.title, "status": problem.status, "detail": problem.detail}
    text = json.dumps({**body, **problem.members})
    return Response(text, problem.status, dict(problem.headers), content_type="application/problem+json")


def _deliberate(error: errors.MultijobError) -> ProblemAnswer:
    status = next((status for kind, status in STATUSES.items() if isinstance(error, kind)), HTTPStatus.CONFLICT)
    if isinstance(error, errors.Invalid):
        return ProblemAnswer(status, _in_short(error.problems), {"errors": _rows(error.problems)})
    if isinstance(error, errors.Unauthorized):
        return ProblemAnswer(status, str(error), headers={"WWW-Authenticate": challenge(error)})
    if isinstance(error, errors.StoreAway | errors.TooMany):
        return ProblemAnswer(status, str(error), headers={"Retry-After": str(error.retry_after_sec)})
    if isinstance(error, errors.Conflict) and error.hold:
        from webapp.wire.holds import hold_row

        return ProblemAnswer(status, str(error), {"hold": hold_row(error.hold)}, language_headers())
    if isinstance(error, errors.CountDiffers):
        return ProblemAnswer(status, str(error), {"actual": error.actual})
    return ProblemAnswer(status, str(error))


def challenge(error: errors.Unauthorized) -> str:
    """Return how to say who asks (RFC 9110 §11.6.1; RFC 6750 §3 for what was wrong)."""
    scheme = platform().settings.auth_scheme
    return f'{scheme} realm="multijob"' + (', error="invalid_token"' if error.wrong else "")


def _framework(error: HTTPException) -> ProblemAnswer:
    kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Content-Range", "Retry-After")}
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    return ProblemAnswer(status, _words(error, status), headers=kept)


def _words(error: HTTPException, status: int) -> str:
    if isinstance(error, NotFound) and error.description == NotFound.description:
        return f"nothing is at '{request.path[:PATH_SHOWN]}': an id that cannot be one, or no route; /docs lists all routes"
    return (error.description or HTTPStatus(status).description).rstrip(".")


def _in_short(problems: list[errors.Problem]) -> str:
    if len(problems) == 1:
        return problems[0].msg
    return f"{len(problems)} problems; the first: {problems[0].msg}"


def _rows(problems: list[errors.Problem]) -> list[dict[str, Any]]:
    return [{"loc": list(row.loc), "msg": row.msg, "type": row.type} for row in problems[:PROBLEMS_SHOWN]]
