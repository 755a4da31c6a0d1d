"""Every route, operation, command and chat command received as `matrix.txt` says it is, by nobody, each role, and what has ended.

After a route was added or its role changed, write the file anew, and read what has changed in it:
WRITE_MATRIX=1 python -m pytest tests/access/test_matrix.py
"""

import os
from pathlib import Path

import pytest

from runners import backup, planner
from runners.connector.answers import answer
from runners.connector.commands import COMMANDS
from runners.connector.reply import Command
from runners.engine import operations
from runners.engine.errors import Forbidden, MultijobError
from runners.engine.operations import OPERATIONS, Actor, Role
from tests.access.commands import Terminal
from tests.access.commands import commands as commands_that_ask
from tests.access.matrix import WHO, Everybody, Route, lines, routes
from webapp import token_limits

FILE = Path(__file__).with_name("matrix.txt")
HOW = "write it anew with WRITE_MATRIX=1, and read what has changed"


def section(name: str, found: list[str]) -> None:
    """Hold what was found against the section of the file; write it there instead if that is asked for."""
    kept = dict(part.split("\n", 1) for part in FILE.read_text().split("\n## ")[1:]) if FILE.exists() else {}
    text = "\n".join(line.rstrip() for line in found) + "\n"
    if os.environ.get("WRITE_MATRIX"):
        kept[name] = text
        FILE.write_text(HEAD + "".join(f"\n## {title}\n{kept[title].rstrip()}\n" for title in TITLES if title in kept))
    else:
        assert text.splitlines() == kept.get(name, "").rstrip().splitlines(), f"'{name}' in {FILE.name}: {HOW}"


TITLES = ("api", "pages", "operations", "parity", "commands", "chat")
HEAD = """\
Who may do what. Written by tests/access/test_matrix.py, which says how, and held against the whole app.
in: let in · 401: nobody, or by a credential that has ended · 403: the role is not enough · sign-in: led to the sign-in page
"""


@pytest.fixture
def everybody(app, guarded, monkeypatch):
    """Each kind of asker; those whose token has ended ask more often than anybody may guess."""
    monkeypatch.setattr(token_limits, "WRONG_PER_WINDOW", 10_000)
    return Everybody(app, guarded)


def test_every_route_of_the_api_receives_everybody_as_the_matrix_says(app, everybody):
    hold("api", everybody, [route for route in routes(app) if not route.is_page])


@pytest.mark.slow
def test_every_page_receives_everybody_as_the_matrix_says(app, everybody):
    hold("pages", everybody, [route for route in routes(app) if route.is_page])


def hold(name, everybody, known):
    """Ask for every route as everybody."""
    found = [(route.shown, [everybody.verdict(who, route) for who in WHO]) for route in known]

    assert len(found) > 50
    section(name, lines(found, WHO))


def test_a_method_that_no_route_has_tells_nobody_that_there_is_a_route(app, everybody):
    known = {route.rule: Route("PATCH", route.rule, route.endpoint) for route in routes(app)}
    taken = [route for route in known.values() if not route.is_page]

    assert {everybody.verdict("none", route) for route in taken} == {"401"}
    assert {everybody.status("viewer", route) for route in taken} == {405}


def test_every_operation_takes_the_roles_that_the_matrix_says():
    def received(name: str, role: Role) -> str:
        found = next(getattr(room, name) for room in (operations, planner, backup) if hasattr(room, name))
        try:
            # no operation may look at anything before it has looked at the role
            found(None, Actor("eve", role, "cli"))
        except Forbidden:
            return "403"
        except (TypeError, AttributeError):
            return "in"
        return "in"

    found = [(name, [received(name, role) for role in Role]) for name in sorted(OPERATIONS)]

    section("operations", lines(found, Role))


HELD = dict.fromkeys(("answer_run", "answer_exec", "execute"), '["backup absent", 0, ""]')
"""What buttons hold, where it is more than a name."""


def test_every_chat_command_takes_the_roles_that_the_matrix_says(guarded):
    def received(name: str, role: Role) -> str:
        try:
            answer(guarded, Actor("eve", role, "chat", "here:1"), Command(name, HELD.get(name, "absent"), pressed=True))
        except Forbidden:
            return "403"
        except MultijobError:
            return "in"
        return "in"

    known = ("start", "help", *COMMANDS)
    section(
        "chat", lines([(f"/{name}", [received(name, role) for role in Role]) for name in dict.fromkeys(known)], Role)
    )


def test_every_command_is_received_as_the_matrix_says(app, everybody, monkeypatch, tmp_path):
    terminal = Terminal(app, monkeypatch)
    found = [
        (name, [terminal.received(words, everybody.headers[who]) for who in WHO])
        for name, words in commands_that_ask(tmp_path).items()
    ]

    section("commands", lines(found, WHO))
