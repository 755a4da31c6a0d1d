"""Handlers are found by name; a broken one is named and hides no other."""

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest
from pydantic import BaseModel

from runners.engine import catalog
from runners.engine.errors import MultijobError, NotFound
from runners.engine.handler import Handler, handler

GROUP = "multijob.handlers"


class Nothing(BaseModel):
    pass


@handler("simulation.heavy", inputs=Nothing)
def doubled(ctx, inputs):
    """Take a name that is taken."""


class Unspeakable(BaseModel):
    call: Callable[[int], int]


@handler("greeting.call", inputs=Unspeakable)
def unspeakable(ctx, inputs):
    """Take what JSON cannot hold."""


@handler("greeting.say", inputs=Nothing)
def say(ctx, inputs):
    """Say hello.

    More.
    """


def offer(monkeypatch, *points):
    offered = [EntryPoint(name, value, GROUP) for name, value in points]
    monkeypatch.setattr(catalog, "entry_points", lambda group: offered if group == GROUP else [])


@pytest.fixture
def plug_in(monkeypatch):
    module = ModuleType("plug_in")
    module.say, module.doubled, module.function, module.unspeakable = say, doubled, lambda: None, unspeakable
    monkeypatch.setitem(__import__("sys").modules, "plug_in", module)


def test_the_built_in_handlers_are_there():
    found = catalog.load()

    assert {"simulation.heavy", "http.request", "command.run"} <= set(found.types())
    assert found.types() == sorted(found.types())
    assert all(found.get(type).summary and found.input_schema(type)["type"] == "object" for type in found.types())


def test_a_handler_of_ones_own_is_found_by_its_entry_point(monkeypatch, plug_in):
    offer(monkeypatch, ("say", "plug_in:say"))

    found = catalog.load()

    assert found.get("greeting.say") == replace(say, entry="plug_in:say")
    assert found.problems == ()


def test_entry_points_that_cannot_be_used_are_named_and_hide_no_other(monkeypatch, plug_in):
    offer(
        monkeypatch,
        *(("absent", "no_such_module:x"), ("doubled", "plug_in:doubled"), ("function", "plug_in:function")),
        *(("missing", "plug_in:nothing"), ("say", "plug_in:say"), ("unspeakable", "plug_in:unspeakable")),
    )

    found = catalog.load()

    assert found.get("greeting.say") == replace(say, entry="plug_in:say")
    *problems, unspeakable = found.problems
    assert unspeakable.startswith("entry point 'unspeakable' (plug_in:unspeakable): its inputs have no JSON schema: ")
    assert problems == [
        "entry point 'absent' (no_such_module:x) cannot be loaded: ModuleNotFoundError: No module named 'no_such_module'",
        "entry point 'doubled' (plug_in:doubled): type 'simulation.heavy' is already taken; rename it",
        "entry point 'function' (plug_in:function) is not a handler; decorate its function with @handler",
        "entry point 'missing' (plug_in:nothing) cannot be loaded: AttributeError: module 'plug_in' has no attribute 'nothing'",
    ]


def test_a_built_in_type_that_is_registered_twice_stops_the_start(monkeypatch, plug_in):
    with pytest.raises(MultijobError, match=r"module 'plug_in': type 'simulation\.heavy' is already taken; rename it"):
        catalog.built_in(["runners.handlers.simulation", "plug_in"])


def test_an_unknown_type_suggests_the_nearest():
    with pytest.raises(NotFound, match=r"type 'simulation\.hevy' is not known; did you mean 'simulation\.heavy'\?"):
        catalog.load().get("simulation.hevy")


def test_the_first_line_of_the_docstring_is_the_summary():
    assert isinstance(say, Handler)
    assert say.summary == "Say hello."


@pytest.mark.parametrize("type", ["", "a b", "A", "a" * 129, "a:b", "é"])
def test_a_type_is_a_plain_name(type):
    with pytest.raises(ValueError, match="is not 1 to 128 of a-z 0-9"):
        handler(type, inputs=Nothing)
