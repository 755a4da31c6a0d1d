"""People who may sign in, for administrators: make, change, disable and delete them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.errors import Conflict, Invalid, Problem, Stale
from runners.engine.operations import Role
from webapp.asking import actor
from webapp.pages.acting import change, go, refused, shown_version, tell
from webapp.pages.paging import BACK_FURTHER, page_number, paging
from webapp.roles import needs

pages = Blueprint("people", __name__, url_prefix="/ui/people")

ROWS = 50
ROLES = [(role.value, role.value) for role in Role]


@pages.get("")
@needs(Role.ADMIN)
def index() -> Response:
    """Show everybody, and a form for one more."""
    return _index()


@pages.post("")
@needs(Role.ADMIN)
def create() -> Response:
    """Make a person, or show what is wrong."""
    name, role = request.form.get("name", "").strip().lower(), _role(request.form.get("role", ""))
    try:
        person = change(operations.create_person, name, role, request.form.get("password", ""))
    except Invalid as error:
        return _index(error.problems, 422)
    except Conflict as error:
        return _index([Problem(("name",), str(error), "taken")], 409)
    tell(_("%(name)s may sign in as %(role)s.", name=person.name, role=person.role))
    return go(_address(person.name))


@pages.get("/<person_name:name>")
@needs(Role.ADMIN)
def show(name: str) -> Response:
    """Show one person and what can be changed of him."""
    return _show(name)


@pages.post("/<person_name:name>/role")
@needs(Role.ADMIN)
def change_role(name: str) -> Response:
    """Give the person another role; he is signed out everywhere."""
    role = _role(request.form.get("role", ""))
    return _change(name, _("%(name)s is %(role)s now, and signed out everywhere.", name=name, role=role), role=role)


@pages.post("/<person_name:name>/password")
@needs(Role.ADMIN)
def set_password(name: str) -> Response:
    """Give the person a new password; he is signed out everywhere."""
    try:
        said = _("%(name)s has a new password, and is signed out everywhere.", name=name)
        return _change(name, said, password=request.form.get("password", ""))
    except Invalid as error:
        return _show(name, error.problems, 422)


@pages.post("/<person_name:name>/disable")
@needs(Role.ADMIN)
def disable(name: str) -> Response:
    """Let the person sign in no more; he is signed out everywhere."""
    return _change(
        name, _("%(name)s may not sign in any more, and is signed out everywhere.", name=name), disabled=True
    )


@pages.post("/<person_name:name>/enable")
@needs(Role.ADMIN)
def enable(name: str) -> Response:
    """Let the person sign in again."""
    return _change(name, _("%(name)s may sign in again.", name=name), disabled=False)


@pages.post("/<person_name:name>/link")
@needs(Role.ADMIN)
def link_chat(name: str) -> Response:
    """Make a one-time code that makes a chat the person's, and show it, this once."""
    return _show(name, code=change(operations.link_chat, name))


@pages.get("/<person_name:name>/delete")
@needs(Role.ADMIN)
def ask_to_delete(name: str) -> Response:
    """Ask whether the person should go."""
    return make_response(render_template("people/delete.html", person=change(operations.get_person, name)))


@pages.post("/<person_name:name>/delete")
@needs(Role.ADMIN)
def delete(name: str) -> Response:
    """Delete the person; what he did keeps his name."""
    try:
        change(operations.delete_person, name, shown_version())
    except (Conflict, Stale) as error:
        return refused(error, _address(name))
    tell(_("%(name)s is deleted, and signed out everywhere.", name=name))
    return go(url_for("people.index"))


def _change(name: str, said: str, **becomes: object) -> Response:
    """Change the person that the form showed. Raises Invalid."""
    try:
        change(operations.change_person, name, expected_version=shown_version(), **becomes)
    except (Conflict, Stale) as error:
        return refused(error, _address(name))
    tell(said)
    return go(url_for("signing_in.show") if name == actor().name else _address(name))


def _role(said: str) -> Role:
    if said not in set(Role):
        wrong = _("role %(said)s is not one of %(roles)s", said=ascii(said[:20]), roles=", ".join(Role))
        raise Invalid([Problem(("role",), wrong, "not_a_role")])
    return Role(said)


def _index(problems: Sequence[Problem] = (), status: int = 200) -> Response:
    number = page_number()
    found = change(operations.list_people, ROWS, (number - 1) * ROWS)
    shown = paging(number, ROWS, len(found.rows), found.total, BACK_FURTHER)
    body = render_template("people/index.html", people=found.rows, paging=shown, roles=ROLES, problems=problems)
    return make_response(body, status)


def _show(
    name: str, problems: Sequence[Problem] = (), status: int = 200, code: operations.LinkCode | None = None
) -> Response:
    person = change(operations.get_person, name)
    body = render_template("people/show.html", person=person, roles=ROLES, problems=problems, code=code)
    return make_response(body, status)


def _address(name: str) -> str:
    return url_for("people.show", name=name)
