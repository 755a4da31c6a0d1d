"""Which handlers there are: the built-in ones, and those that other packages offer as entry points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import structlog

from runners.engine.errors import MultijobError, NotFound
from runners.engine.fields import nearest
from runners.engine.handler import Handler

GROUP = "multijob.handlers"
BUILT_IN: tuple[str, ...] = (
    "runners.handlers.agent",
    "runners.handlers.backup",
    "runners.handlers.command",
    "runners.handlers.http",
    "runners.handlers.monitor",
    "runners.handlers.report",
    "runners.handlers.simulation",
)
"""Modules whose handlers are part of the platform; one that cannot be imported stops the start."""

LOG = structlog.get_logger("runners.catalog")


@dataclass(frozen=True, slots=True)
class Catalog:
    """The handlers by type, and one sentence for each entry point that could not be used."""

    handlers: dict[str, Handler]
    problems: tuple[str, ...] = ()

    def get(self, type: str) -> Handler:
        """Return the handler of `type`; raises NotFound with the nearest known type."""
        if type not in self.handlers:
            raise NotFound(f"type {type!r} is not known{self.suggest(type)}")
        return self.handlers[type]

    def types(self) -> list[str]:
        """Return all types in alphabetical order."""
        return sorted(self.handlers)

    def input_schema(self, type: str) -> dict[str, Any]:
        """Return the JSON schema of the type's inputs; raises NotFound."""
        return self.get(type).inputs.model_json_schema()

    def suggest(self, type: str) -> str:
        """Return '; did you mean 'x'?' for the nearest known type, or '' when none is near."""
        return nearest(type, self.types())


def load() -> Catalog:
    """Return the built-in handlers and those of the entry-point group `multijob.handlers`.

    A broken or doubled entry point is logged and named in `problems`; it never hides the others.
    """
    handlers = built_in(BUILT_IN)
    problems = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        problem = _add(handlers, point)
        if problem:
            LOG.warning("handler.refused", entry_point=point.name, reason=problem)
            problems.append(problem)
    return Catalog(handlers, tuple(problems))


def built_in(modules: Iterable[str]) -> dict[str, Handler]:
    """Return every Handler that stands at the top of `modules`, by type; raises MultijobError for a doubled type."""
    handlers: dict[str, Handler] = {}
    for module in modules:
        for name, value in vars(import_module(module)).items():
            if not isinstance(value, Handler):
                continue
            named = replace(value, entry=f"{module}:{name}")
            if handlers.setdefault(value.type, named).run is not value.run:
                raise MultijobError(f"module '{module}': type '{value.type}' is already taken; rename it")
    return handlers


def _add(handlers: dict[str, Handler], point: EntryPoint) -> str | None:
    """Add the entry point's handler; return why it cannot be used, or None."""
    name = f"entry point '{point.name}' ({point.value})"
    try:
        handler = point.load()
    except (Exception, SystemExit) as error:  # whatever other people's code raises, the other handlers stay usable
        return f"{name} cannot be loaded: {type(error).__name__}: {error}"
    if not isinstance(handler, Handler):
        return f"{name} is not a handler; decorate its function with @handler"
    if handler.type in handlers:
        return f"{name}: type '{handler.type}' is already taken; rename it"
    try:
        handler.inputs.model_json_schema()
    except Exception as error:  # workers publish it when they start, and pages make a form of it
        return f"{name}: its inputs have no JSON schema: {type(error).__name__}: {error}"
    handlers[handler.type] = replace(handler, entry=point.value)
    return None
