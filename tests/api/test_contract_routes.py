"""Every route that clients rely on is described: its role, parameters with their ranges, headers, and pages."""

import re
from typing import Any

import pytest

from runners.engine.version import VERSION
from tests.api import contract_fields as contract
from tests.api.contract_routes import ROUTES, routes
from webapp import openapi
from webapp.api.endpoint import ENDPOINTS


@pytest.fixture(scope="module")
def paths() -> dict[str, Any]:
    found: dict[str, Any] = openapi.document(VERSION)["paths"]
    return found


@pytest.fixture(scope="module")
def described(paths: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path), operation["x-role"])
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


def taken(paths: dict[str, Any], route: str, place: str) -> dict[str, dict[str, Any]]:
    """Return the schemas of what a route takes in its query string, or in headers, by their names."""
    method, _, path = route.partition(" ")
    return {row["name"]: row["schema"] for row in paths[path][method]["parameters"] if row["in"] == place}


def test_every_route_of_the_contract_stands_under_its_role(described: set[tuple[str, str, str]]) -> None:
    assert routes(ROUTES) - described == set()


@pytest.mark.parametrize("route", contract.PARAMETERS)
def test_a_route_takes_the_parameters_of_the_contract_in_its_ranges(paths: dict[str, Any], route: str) -> None:
    schemas = taken(paths, route, "query")

    for name, default, low, high in re.findall(r"(\w+)(?:=(\w+))?(?::(\d+)-(\d+))?", contract.PARAMETERS[route]):
        schema = schemas[name]
        assert not default or str(schema["default"]) == default
        assert not high or (schema["minimum"], schema["maximum"]) == (int(low), int(high))


@pytest.mark.parametrize("route", contract.BODIES)
def test_a_body_may_name_what_the_contract_says(route: str) -> None:
    method, _, path = route.partition(" ")
    (endpoint,) = (one for one in ENDPOINTS if (one.method.lower(), one.path) == (method, path))

    assert set(contract.BODIES[route].split()) - endpoint.body.model_fields.keys() == set()


@pytest.mark.parametrize("route", contract.SENT_HEADERS)
def test_a_route_takes_the_headers_of_the_contract(paths: dict[str, Any], route: str) -> None:
    assert set(contract.SENT_HEADERS[route].split()) - taken(paths, route, "header").keys() == set()


@pytest.mark.parametrize("path", contract.LISTS.split())
def test_a_list_counts_its_rows_and_leads_to_the_next_page(paths: dict[str, Any], path: str) -> None:
    assert {"limit", "offset", "cursor"} - taken(paths, f"get {path}", "query").keys() == set()
    assert {"X-Total-Count", "Link"} - paths[path]["get"]["responses"]["200"]["headers"].keys() == set()
