"""The first sign-in: whoever has the code that the terminal shows makes himself the first administrator."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from runners.engine.access.first import nobody_is_defined, redeem
from runners.engine.access.guessing import admit, sources
from runners.engine.access.identity import of_person
from runners.engine.errors import Conflict, Forbidden, Invalid, Problem, TooMany
from runners.engine.store.away import reported
from webapp.asking import platform
from webapp.client import client_network
from webapp.known_browser import know_browser
from webapp.login import sign_in
from webapp.pages.acting import go
from webapp.refusals import refuse
from webapp.roles import PUBLIC, needs

pages = Blueprint("first", __name__, url_prefix="/ui")


@pages.get("/first")
@needs(PUBLIC)
def show() -> Response:
    """Show the form while nobody is defined; afterwards people sign in."""
    return _form() if _awaited() else go(url_for("signing_in.show"))


@pages.post("/first")
@needs(PUBLIC)
def enter() -> Response:
    """Make the first administrator and sign him in."""
    if not _awaited():
        return go(url_for("signing_in.show"))
    name = request.form.get("name", "").strip().lower()
    try:
        admit(platform(), sources(client_network(), "", None))
        with reported():
            person = redeem(platform(), request.form.get("code", ""), name, request.form.get("password", ""))
    except Invalid as error:
        return _form(error.problems, 422)
    except (Forbidden, Conflict) as error:
        refuse(error, 403, str(error))
        return _form([Problem(("code",), str(error), "no_code")], 403)
    except TooMany as error:
        refuse(error, 429, str(error))
        return _form([Problem(("code",), str(error), "too_many")], 429, {"Retry-After": str(error.retry_after_sec)})
    sign_in(
        of_person(person), "code", _("You are the first administrator, %(name)s. Add others here.", name=person.name)
    )
    answer = go(url_for("people.index"))
    know_browser(answer, person.name)
    return answer


def _awaited() -> bool:
    with reported():
        return platform().settings.auth_enabled and nobody_is_defined(platform())


def _form(problems: Sequence[Problem] = (), status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return make_response(render_template("signing_in/first.html", problems=problems), status, headers or {})
