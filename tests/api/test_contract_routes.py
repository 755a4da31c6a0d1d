"""Every route that clients rely on is described, under the role that they were told."""

import re
from typing import Any

import pytest

from runners.engine.version import VERSION
from tests.api.contract_routes import ROUTES, routes
from webapp import openapi


@pytest.fixture(scope="module")
def described() -> set[tuple[str, str, str]]:
    document: dict[str, Any] = openapi.document(VERSION)
    return {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path), operation["x-role"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_every_route_of_the_contract_stands_under_its_role(described: set[tuple[str, str, str]]) -> None:
    assert routes(ROUTES) - described == set()
