"""Requests made from the description itself, by everybody: no server error, and no answer that it does not describe.

The short form takes a minute, and runs in CI; the long one sends more than ten thousand requests. What it found last is said
in docs/api.md.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from tests.access.conftest import AUTH, bearer
from tests.api.live import Live, serving
from tests.planted import ROLE_TOKENS, SECRET_KEY
from webapp import openapi
from webapp.api.endpoint import ENDPOINTS, Endpoint

# A text that fits its pattern may still be no cron expression, so 'fits the schema' never promises 'is accepted'.
SCHEMA = schemathesis.openapi.from_dict(openapi.document("tests"))
# A condition that fails is told before a body is read (RFC 9110 §13.2.1).
SCHEMA.config.checks.negative_data_rejection.expected_statuses.extend(["412", "413"])
# Who asks is chosen here; a token made up beside it would be somebody else's.
SCHEMA.config.generation.update(with_security_parameters=False)
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
ROLES = ("nobody", *ROLE_TOKENS)
"""Who asks a server with sign-in on."""
SHORT, LONG = 2, 20
"""Requests of one kind to one route by one asker."""
SENT: Counter[str] = Counter()


def takes_something(endpoint: Endpoint) -> bool:
    return bool(endpoint.query.model_fields or endpoint.body or endpoint.parameters or endpoint.streamed)


@pytest.fixture(scope="module")
def guarded(redis_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A web server that asks everybody who they are, and does not mind how often they ask."""
    settled = {**AUTH, "SECRET_KEY": SECRET_KEY, "API_LIMIT_PER_MIN": "1000000", "KEY_PREFIX": "guarded:"}
    with serving(redis_server.url, tmp_path_factory.mktemp("guarded"), **settled) as found:
        yield found
    print("\nrequests by who asked and how it was answered:", dict(sorted(SENT.items())))


@pytest.mark.slow
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_every_answer_is_as_described(live: Live, guarded: Live, endpoint: Endpoint) -> None:
    ask_all(live, guarded, endpoint, SHORT)


@pytest.mark.long
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_every_answer_is_as_described_however_often(live: Live, guarded: Live, endpoint: Endpoint) -> None:
    ask_all(live, guarded, endpoint, LONG)


def ask_all(live: Live, guarded: Live, endpoint: Endpoint, times: int) -> None:
    """Ask one route as everybody may: what its description allows, and what it forbids."""
    modes = (GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if takes_something(endpoint) else []))
    for mode in modes:
        ask_often(live, endpoint, mode, times, "everybody")
        for role in ROLES:
            ask_often(guarded, endpoint, mode, times, role)


def ask_often(live: Live, endpoint: Endpoint, mode: GenerationMode, times: int, role: str) -> None:
    cases = SCHEMA[endpoint.path][endpoint.method].as_strategy(generation_mode=mode)
    headers = bearer(ROLE_TOKENS[role]) if role in ROLE_TOKENS else {}

    @settings(
        max_examples=times,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case: schemathesis.Case) -> None:
        assume(len(str(case.as_transport_kwargs(base_url=live.url)["params"])) < LONGEST_URL)
        checks = CHECKS.get_by_names(NAMES)
        answer = case.call_and_validate(base_url=live.url, headers=headers, checks=checks, timeout=10)
        SENT[f"{role} {answer.status_code}"] += 1

    ask()
