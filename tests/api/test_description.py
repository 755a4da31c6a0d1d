"""A few hundred requests made from the description itself: no server error, and no answer that it does not describe."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from tests.api.live import Live
from webapp import openapi
from webapp.api.endpoint import ENDPOINTS, Endpoint

# A text that fits its pattern may still be no cron expression, so 'fits the schema' never promises 'is accepted'.
SCHEMA = schemathesis.openapi.from_dict(openapi.document("tests"))
# A condition that fails is told before a body is read (RFC 9110 §13.2.1).
SCHEMA.config.checks.negative_data_rejection.expected_statuses.extend(["412", "413"])
NAMES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
LONGEST_URL = 8000
"""Longer request lines are refused by the web server before any application sees them."""
QUICK = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def takes_something(endpoint: Endpoint) -> bool:
    return bool(endpoint.query.model_fields or endpoint.body or endpoint.parameters or endpoint.streamed)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_answers_are_as_described(live: Live, endpoint: Endpoint) -> None:
    ask_often(live, endpoint, GenerationMode.POSITIVE)


@pytest.mark.parametrize("endpoint", [*filter(takes_something, ENDPOINTS)], ids=lambda endpoint: endpoint.name)
def test_what_the_description_forbids_is_refused(live: Live, endpoint: Endpoint) -> None:
    ask_often(live, endpoint, GenerationMode.NEGATIVE)


def ask_often(live: Live, endpoint: Endpoint, mode: GenerationMode) -> None:
    """Send a dozen requests that the description allows, or forbids, and check each answer."""
    cases = SCHEMA[endpoint.path][endpoint.method].as_strategy(generation_mode=mode)

    @QUICK
    @given(case=cases)
    def ask(case: schemathesis.Case) -> None:
        assume(len(str(case.as_transport_kwargs(base_url=live.url)["params"])) < LONGEST_URL)
        case.call_and_validate(base_url=live.url, checks=CHECKS.get_by_names(NAMES), timeout=10)

    ask()
