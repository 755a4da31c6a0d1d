"""The OpenAPI 3.1 document, made from what routes, checks and answers: endpoints, query models, shapes.

Nothing here describes a field: a shape that changes changes the document.
"""

from __future__ import annotations

import json
from functools import cache
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from webapp.api.endpoint import CONVERTERS, ENDPOINTS, YAML, Endpoint
from webapp.credentials import API_KEY
from webapp.openapi_examples import ANSWERS, BODIES, PARAMETERS, PROBLEM
from webapp.openapi_headers import request_headers, response_headers
from webapp.openapi_parameters import meaning
from webapp.wire.problems import ProblemRow

TITLE = "multijob"
REFERENCE = "#/components/schemas/{model}"
SECURITY_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "asked for when sign-in is on (AUTH_ENABLED)"},
    "apiKey": {"type": "apiKey", "in": "header", "name": API_KEY, "description": "the same token, alone"},
}
COMMON_REFUSALS = frozenset({400, 403, 413, 421, 422, 503})
"""What any route may answer: host, site, size, query string and store are checked for all of them."""
IDENTITY_REFUSALS = frozenset({401, 429})
"""What any route may answer that is not public: who asks, and how often, is looked at."""


def document(version: str) -> dict[str, Any]:
    """Return the document of this program's `version`; the same for every deployment."""
    schemas, definitions = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in sorted(ENDPOINTS, key=lambda endpoint: endpoint.path):
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": version, "description": "Scheduled jobs under guards."},
        "paths": paths,
        "security": [{"token": []}, {"apiKey": []}],
        "components": {"schemas": definitions, "securitySchemes": SECURITY_SCHEMES},
    }


def _schemas() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the schema of each shape by its name, and the definitions that they refer to."""
    inputs: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = [
        (_name(shape), mode, TypeAdapter(shape)) for shape, mode in _shapes()
    ]
    found, definitions = TypeAdapter.json_schemas(inputs, ref_template=REFERENCE)
    return {name: schema for (name, _), schema in found.items()}, definitions["$defs"]


def _shapes() -> list[tuple[Any, JsonSchemaMode]]:
    shapes: dict[str, tuple[Any, JsonSchemaMode]] = {_name(ProblemRow): (ProblemRow, "serialization")}
    for endpoint in ENDPOINTS:
        for shape in endpoint.answers.values():
            shapes.setdefault(_name(shape), (shape, "serialization"))
        if endpoint.body is not None:
            shapes.setdefault(_name(endpoint.body), (endpoint.body, "validation"))
    return [(shape, mode) for name, (shape, mode) in shapes.items() if "/" not in name]


def _name(shape: Any) -> str:
    """Return what tells `shape` apart; a media type stands for itself."""
    return shape if isinstance(shape, str) else str(shape)


def _operation(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        **({"description": endpoint.description} if endpoint.description else {}),
        "tags": [endpoint.path.split("/")[1].partition(".")[0]],
        "x-role": str(endpoint.role or "public"),
        "parameters": [*_path_parameters(endpoint), *_query_parameters(endpoint), *request_headers(endpoint)],
        "responses": _responses(endpoint, schemas),
    }
    if endpoint.role is None:
        operation["security"] = []
    if endpoint.body is not None:
        content = _content(endpoint.yaml, schemas[_name(endpoint.body)], BODIES.get(endpoint.name))
        operation["requestBody"] = {"required": not endpoint.body_optional, "content": content}
    return operation


def _path_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": f"^{_regex(name)}$"}}
        | ({"example": PARAMETERS[name]} if name in PARAMETERS else {})
        for name in endpoint.parameters
    ]


def _regex(name: str) -> str:
    return CONVERTERS[name].regex


def _query_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    schema = endpoint.query.model_json_schema()
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _plain(field)}
        | {"description": meaning(endpoint.name, name)}
        for name, field in schema.get("properties", {}).items()
    ]


def _plain(field: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a query parameter: there is no null in a query string, only absence."""
    kinds = [kind for kind in field.get("anyOf", [field]) if kind.get("type") != "null"]
    kept = {name: value for name, value in kinds[0].items() if name != "title"}
    default = field.get("default")
    return kept if default is None or default is False else kept | {"default": default}


def _responses(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    answers = {str(status): _answer(endpoint, status, schemas) for status in endpoint.answers}
    if endpoint.versioned and endpoint.method == "GET":
        answers["304"] = {"description": "Not Modified", "headers": response_headers(endpoint, 304)}
    if endpoint.ranged and endpoint.streamed:
        answers["204"] = {"description": "No Content", "headers": response_headers(endpoint, 204)}
    refusals = {str(status): _refusal(status, schemas) for status in sorted(_refusals(endpoint))}
    return answers | {status: refusal for status, refusal in refusals.items() if status not in answers}


def _answer(endpoint: Endpoint, status: int, schemas: dict[str, Any]) -> dict[str, Any]:
    shape = endpoint.answers[status]
    name = _name(shape)
    gives_yaml = endpoint.yaml and endpoint.method == "GET"
    if "/" in name:
        content: dict[str, Any] = {name: {"schema": {"type": "string"}}}
    else:
        first = status == max(endpoint.answers)
        content = _content(gives_yaml, schemas[name], ANSWERS.get(endpoint.name) if first else None)
    if endpoint.streamed and status == 200:
        content["text/event-stream"] = {"schema": {"type": "string"}}
    return {
        "description": HTTPStatus(status).phrase,
        "headers": response_headers(endpoint, status),
        "content": content,
    }


def _content(yaml: bool, schema: dict[str, Any], example: Any = None) -> dict[str, Any]:
    media = {"schema": schema} | ({} if example is None else {"example": example})
    return dict.fromkeys(("application/json", *([YAML] if yaml else [])), media)


def _refusals(endpoint: Endpoint) -> frozenset[int]:
    found = COMMON_REFUSALS | frozenset(endpoint.refusals) | (IDENTITY_REFUSALS if endpoint.role else frozenset())
    if endpoint.parameters:
        found |= {404}
    if endpoint.method == "POST" or "job_id" in endpoint.parameters:
        found |= {409}
    if endpoint.body is not None:
        found |= {415}
    if endpoint.ranged:
        found |= {416}
    return found | {412} if endpoint.versioned and endpoint.method != "GET" else found


def _refusal(status: int, schemas: dict[str, Any]) -> dict[str, Any]:
    refusal: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "headers": response_headers(None, status),
        "content": {"application/problem+json": {"schema": schemas[_name(ProblemRow)]} | _example_of(status)},
    }
    return refusal


def _example_of(status: int) -> dict[str, Any]:
    return {"example": PROBLEM} if status == PROBLEM["status"] else {}


@cache
def text(version: str) -> str:
    """Return the document as JSON text; made once, since nothing in it changes while a process lives."""
    return json.dumps(document(version))
