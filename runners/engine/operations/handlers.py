"""Which handler types can be used: those of this process, and those that live workers announce."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict

from runners.engine.catalog import Catalog
from runners.engine.errors import NotFound
from runners.engine.handler import Context, Handler, HandlerFailed
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.store.connection import Store
from runners.engine.store.processes import announced_handlers, list_processes


class InputsElsewhere(BaseModel):
    """Inputs that only the worker which announced their type can check; it does so before it runs anything."""

    model_config = ConfigDict(extra="allow")


@operation(Role.VIEWER)
def handler_types(platform: Platform, actor: Actor) -> list[str]:
    """Return the types that a job may have, in alphabetical order."""
    return sorted({*platform.catalog.types(), *_announced(platform.store)})


@operation(Role.VIEWER)
def input_schema(platform: Platform, actor: Actor, type: str) -> dict[str, Any]:
    """Return the JSON schema of the type's inputs. Raises NotFound, naming the nearest type."""
    if type in platform.catalog.handlers:
        return platform.catalog.input_schema(type)
    schema = _announced(platform.store).get(type)
    if schema is None:
        raise NotFound(f"type '{type}' is not known{platform.catalog.suggest(type)}")
    return schema


def usable_catalog(platform: Platform, raws: Iterable[object]) -> Catalog:
    """Return the catalog that these specs (JSON objects, unchecked) are checked against.

    Live workers are asked only when a type is not known here; that costs two round trips.
    """
    catalog = platform.catalog
    types = {raw["type"] for raw in raws if isinstance(raw, Mapping) and isinstance(raw.get("type"), str)}
    if types <= set(catalog.handlers):
        return catalog
    elsewhere = {name: Handler(name, InputsElsewhere, _run_elsewhere, "") for name in _announced(platform.store)}
    return replace(catalog, handlers=elsewhere | catalog.handlers)


def _announced(store: Store) -> dict[str, dict[str, Any]]:
    return announced_handlers(store, list_processes(store))


def _run_elsewhere(ctx: Context, inputs: InputsElsewhere) -> object:
    raise HandlerFailed("this process does not have the handler; a worker that announces its type must run it")
