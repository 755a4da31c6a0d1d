"""Refusals and faults as pages, in the frame of every other page."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.asking import request_id
from webapp.errors import ProblemAnswer
from webapp.pages.signed_out import once_more, to_sign_in
from webapp.polling import is_poll, whole_page

HEADINGS = {
    400: _l("This means nothing here"),
    403: _l("This is not allowed"),
    404: _l("There is nothing here"),
    405: _l("This is not done at this address"),
    409: _l("This cannot be done now"),
    412: _l("Somebody changed it meanwhile"),
    413: _l("This was too large"),
    429: _l("This was too much"),
    500: _l("Something went wrong here"),
    503: _l("The store is away"),
}
MISREAD = _l("The address asks for something that its page does not know.")
ADVICE = {
    400: _l("Go back, reload the page, and send the form again: it may have been open for very long."),
    403: _l("Ask somebody with the role that it names."),
    404: _l("It may have been deleted, or the address has a slip. Search the jobs, or go to the overview."),
    409: _l("Nothing was changed. Look at it as it is now, and decide again."),
    412: _l("Nothing was changed. Look at it as it is now, and decide again."),
    413: _l("Nothing was changed. Send less at once."),
    429: _l("Nothing was changed. Wait a moment, and try again."),
    500: _l("It may be done in part: look before you try again, and name the request to whoever runs this."),
    503: _l("Runs that are under way go on and deliver their results when it is back. Try again then."),
}


def register(app: Flask) -> None:
    """Answer problems under /ui with a page instead of JSON."""
    app.extensions["page_problem"] = show


def show(problem: ProblemAnswer) -> Response:
    """Return the page of `problem`, with the headers that belong to it; or the way to sign in.

    A page of something that is gone does not go on as if it were there: its poll lets the whole of it be asked for again. A form
    that cannot be read there, such as one of a browser that was closed meanwhile, leads to a new one.
    """
    if problem.status == HTTPStatus.UNAUTHORIZED:
        return to_sign_in(problem)
    if problem.status == HTTPStatus.NOT_FOUND and is_poll():
        return whole_page(problem.status)
    if problem.status == HTTPStatus.BAD_REQUEST and request.endpoint == "signing_in.enter":
        return once_more()
    body = render_template(
        "errors/show.html",
        problem=problem,
        heading=HEADINGS.get(problem.status, problem.title),
        advice=_advice(problem.status),
        request_id=request_id(),
    )
    response = make_response(body, problem.status)
    response.headers.update(dict(problem.headers))
    return response


def _advice(status: int) -> str:
    if status == HTTPStatus.BAD_REQUEST and request.method == "GET":
        return str(MISREAD)
    return str(ADVICE.get(status, _("Nothing was changed.")))
