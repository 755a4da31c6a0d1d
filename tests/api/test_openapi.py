"""The description of the API is whole, and says what the API does."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from runners.engine.catalog import load
from runners.engine.job.controls import CONTROL_NAMES
from webapp.api.endpoint import ENDPOINTS
from webapp.openapi_parameters import MEANINGS, OF_ROUTES


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json
    return found


def test_every_route_of_the_app_is_described(app: Flask, document: dict[str, Any]) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    served = {
        (re.sub(r"<\w+:(\w+)>", r"{\1}", rule.rule), method)
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {(path, method.upper()) for path, methods in document["paths"].items() for method in methods}

    assert served == described


def test_every_operation_says_its_role_and_what_it_does(document: dict[str, Any]) -> None:
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["x-role"] in ("public", "viewer", "operator", "admin")
            assert operation["summary"]


def test_shapes_are_named_for_readers_not_by_their_modules(document: dict[str, Any]) -> None:
    assert not [name for name in document["components"]["schemas"] if "__" in name]


def test_operations_have_names_of_their_own() -> None:
    names = [endpoint.name for endpoint in ENDPOINTS]

    assert len(names) == len(set(names))


def test_objects_take_nothing_that_is_not_named(document: dict[str, Any]) -> None:
    loose = [
        name
        for name, schema in document["components"]["schemas"].items()
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False
    ]

    assert loose == []


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(value: Any) -> list[str]:
        if isinstance(value, list):
            return [found for child in value for found in references(child)]
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [found for child in value.values() for found in references(child)]
        return []

    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}

    assert set(references(document)) <= known


def test_the_page_leads_to_every_route_in_the_page_of_its_group(client: FlaskClient, document: dict[str, Any]) -> None:
    page = client.get("/docs").text

    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            place = f"/docs/{operation['tags'][0]}"
            assert f'<a href="{place}#{operation["operationId"]}"><code>{method.upper()} {path}</code></a>' in page


def test_every_link_of_the_description_leads_somewhere_and_no_page_is_heavy(
    client: FlaskClient, document: dict[str, Any]
) -> None:
    seen: dict[str, str] = {}
    ahead = {"/docs"}
    while ahead:
        for address in ahead:
            answer = client.get(address)
            assert answer.status_code == 200, address
            seen[address] = answer.text
        found = {link for page in seen.values() for link in re.findall(r'href="(/docs[^"#]*)', page)}
        ahead = found - seen.keys()

    assert {f"/docs/shapes/{name}" for name in document["components"]["schemas"]} <= seen.keys()
    assert {address: len(page.encode()) for address, page in seen.items() if len(page.encode()) > 60_000} == {}
    for address in {link for page in seen.values() for link in re.findall(r'href="(/docs[^"]*#[^"]*)', page)}:
        place, _, anchor = address.partition("#")
        assert f'id="{anchor}"' in seen[place], address


def test_routes_and_shapes_are_searched_without_scripts(client: FlaskClient) -> None:
    routes = client.get("/docs?search=COOLDOWN").text
    shape = client.get("/docs?search=jobspec").text
    nothing = client.get("/docs?search=zebra").text

    assert "DELETE /jobs/{job_id}/memory" in routes and "GET /queue" not in routes
    assert '<a href="/docs/shapes/JobSpec">' in shape
    assert "There are none." in nothing


@pytest.mark.parametrize("path", ["/docs/nothing", "/docs/shapes/Nothing"])
def test_a_part_of_the_description_that_is_not_there_is_no_page(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_page_says_what_a_job_may_say(client: FlaskClient) -> None:
    page = client.get("/docs").text

    for name in (*CONTROL_NAMES, *load().types()):
        assert f"<code>{name}</code>" in page, name


def test_every_meaning_is_of_a_parameter_that_there_is(document: dict[str, Any]) -> None:
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    known = {
        (operation["operationId"], row["name"])
        for operation in operations
        for row in operation["parameters"]
        if row["in"] == "query"
    }

    assert MEANINGS.keys() == {name for _, name in known}
    assert OF_ROUTES.keys() <= known
