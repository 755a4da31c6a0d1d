"""The description of the API as pages: for programs' people at `/docs`, for whoever is signed in at `/ui/docs`.

One page to begin with, one for each group of routes (the first word of their paths), one for each shape: the whole on one page
would be half a megabyte.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from flask import Response, render_template, request

from runners.engine.catalog import load
from runners.engine.errors import NotFound
from runners.engine.version import VERSION
from webapp import openapi
from webapp.mounted import outside
from webapp.openapi_curl import curl
from webapp.openapi_inputs import InputLine, input_lines

Operation = dict[str, Any]
REFERENCE = openapi.REFERENCE.partition("{")[0]


@dataclass(frozen=True, slots=True)
class Line:
    """One route in a list, and the group of routes that it stands in."""

    group: str
    method: str
    path: str
    operation: Operation

    @property
    def words(self) -> str:
        """All that a search looks at, in one case."""
        named = (row["name"] for row in self.operation["parameters"])
        said = (self.operation["summary"], self.operation.get("description", ""), self.operation["operationId"])
        return " ".join((self.method, self.path, *said, *named)).casefold()


@cache
def described() -> dict[str, Any]:
    """Return the document, read once."""
    found: dict[str, Any] = json.loads(openapi.text(VERSION))
    return found


@cache
def groups() -> dict[str, list[Line]]:
    """Return the routes by their groups, in the order of their paths."""
    found: dict[str, list[Line]] = {}
    for path, methods in described()["paths"].items():
        for method, operation in methods.items():
            group = operation["tags"][0]
            found.setdefault(group, []).append(Line(group, method, path, operation))
    return found


def index(home: str, search: str) -> Response:
    """Answer with the page to begin with: how the API is used, and every route that has the word that is searched for."""
    wanted = search.casefold()
    found = {name: [line for line in lines if wanted in line.words] for name, lines in groups().items()}
    shapes = [name for name in described()["components"]["schemas"] if wanted and wanted in name.casefold()]
    shown = {name: lines for name, lines in found.items() if lines}
    return _page("docs/index.html", home, groups=shown, shapes=shapes, search=search, types=_types())


def group(home: str, name: str) -> Response:
    """Answer with the page of one group of routes. Raises NotFound."""
    if name not in groups():
        raise NotFound(f"the API has no routes under '/{name}'")
    return _page("docs/group.html", home, name=name, lines=groups()[name], curl=_curl(), groups=groups())


def shape(home: str, name: str) -> Response:
    """Answer with the page of one shape, and who takes or gives it. Raises NotFound."""
    schemas = described()["components"]["schemas"]
    if name not in schemas:
        raise NotFound(f"the API has no shape '{name}'")
    own = REFERENCE + name
    users = [line for lines in groups().values() for line in lines if own in set(references(line.operation))]
    within = [other for other, schema in schemas.items() if own in set(references(schema))]
    parts = sorted({place.removeprefix(REFERENCE) for place in references(schemas[name])} - {name})
    return _page("docs/shape.html", home, name=name, schema=schemas[name], users=users, within=within, parts=parts)


def document() -> Response:
    """Answer with the OpenAPI document."""
    return Response(openapi.text(VERSION), content_type="application/json")


def references(part: Any) -> Iterator[str]:
    """Yield every reference inside a part of the document."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


@cache
def _types() -> list[tuple[str, list[InputLine]]]:
    """Return the handlers that this process knows: type and inputs."""
    known = load().handlers
    return [(type, input_lines(known[type].inputs.model_json_schema())) for type in sorted(known)]


def _curl() -> partial[str]:
    return partial(curl, request.url_root.rstrip("/"))


def _page(template: str, home: str, **about: Any) -> Response:
    text = render_template(template, document=described(), home=outside(home), **about)
    return Response(text, content_type="text/html; charset=utf-8")
