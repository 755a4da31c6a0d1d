"""The examples of the description are what can be sent, and what comes back."""

import time
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient

from runners.engine.settings.secrets import token_digest
from tests.api.conftest import Save
from tests.connector import slack_api
from tests.store.making import finished
from webapp import openapi
from webapp.api.chats import SECRET_HEADER
from webapp.api.endpoint import ENDPOINTS, Endpoint
from webapp.openapi_examples import ANSWERS, BODIES, PARAMETERS

DOCUMENT = openapi.document("tests")
BY_NAME = {endpoint.name: endpoint for endpoint in ENDPOINTS}
SENT = [BY_NAME[name] for name in BODIES]
SHOWN = [BY_NAME[name] for name in ANSWERS]


def operation(endpoint: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][endpoint.path][endpoint.method.lower()]
    return found


def check(value: Any, media: dict[str, Any]) -> None:
    """Fail when `value` is not what the schema of `media` says."""
    schema = {**media["schema"], "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(schema).validate(value)


@pytest.fixture
def world(save: Save, platform: Any, client: FlaskClient) -> dict[str, str]:
    """What the examples are about; returns a path's parameters where the store chose them."""
    save("daily-report")
    run_id = finished(platform, "daily-report", error="no paper").run_id
    client.delete("/jobs/daily-report/memory")
    return {"run_id": run_id}


def signed(client: FlaskClient, body: Any) -> tuple[bytes, dict[str, str]]:
    """Make the example's account, and sign the body for it."""
    client.put("/connector/slack/accounts/main", json={"signing_secret": slack_api.SECRET})
    return slack_api.signed(body, time.time(), kind="application/json")


def agreed_secret(client: FlaskClient) -> dict[str, str]:
    """Have the webhook of the example's account expect a secret, as the connector does."""
    store = client.application.extensions["platform"].store
    store.redis.lpush(store.keys.chat_hook("telegram:main"), token_digest("agreed"))
    return {SECRET_HEADER: "agreed"}


@pytest.mark.parametrize("endpoint", SENT, ids=lambda endpoint: endpoint.name)
def test_what_the_description_sends_is_taken(client: FlaskClient, world: dict[str, str], endpoint: Endpoint) -> None:
    media = operation(endpoint)["requestBody"]["content"]["application/json"]
    check(media["example"], media)
    if endpoint.name == "change_person":
        client.post("/people", json=BODIES["create_person"])

    headers, sent = {}, {"json": media["example"]}
    if endpoint.name == "take_update":
        headers = agreed_secret(client)
    elif endpoint.name == "take_command":
        body, headers = signed(client, media["example"])
        sent = {"data": body}
    answer = client.open(endpoint.path.format(**PARAMETERS | world), method=endpoint.method, headers=headers, **sent)

    assert answer.status_code in endpoint.answers, answer.text
    content = operation(endpoint)["responses"][str(answer.status_code)]["content"]
    if answer.mimetype == "application/json":
        check(answer.json, content["application/json"])
    assert answer.mimetype in content


@pytest.mark.parametrize("endpoint", SHOWN, ids=lambda endpoint: endpoint.name)
def test_what_the_description_shows_has_the_shape_that_it_states(endpoint: Endpoint) -> None:
    media = operation(endpoint)["responses"][str(max(endpoint.answers))]["content"]["application/json"]

    check(media["example"], media)


def test_every_body_that_needs_fields_has_an_example() -> None:
    nouns = ("/jobs", "/runs", "/flow-groups", "/queue", "/people", "/tokens", "/automation")
    bodies = [endpoint for endpoint in ENDPOINTS if endpoint.body is not None and not endpoint.body_optional]
    needing = {endpoint.name for endpoint in bodies if endpoint.path.startswith(nouns)}

    assert needing - set(BODIES) == set()


def test_every_parameter_of_a_path_has_an_example_that_fits() -> None:
    for endpoint in ENDPOINTS:
        for row in operation(endpoint)["parameters"]:
            if row["in"] == "path" and row["name"] in PARAMETERS:
                jsonschema.validate(row["example"], row["schema"])


def test_the_page_is_enough_to_begin_with(client: FlaskClient) -> None:
    page = client.get("/docs").text

    headings = (
        "Quick start",
        "Who you are",
        "Lists",
        "Changes",
        "What people decide",
        "Secrets",
        "Errors",
        "Live streams",
    )
    for heading in headings:
        assert f"<h2>{heading}</h2>" in page
    assert (
        "<code>work_ms</code></td><td><code>8000</code></td><td>how long to work, in ms</td><td>100 to 300000</td>"
        in page
    )
    assert "<code>url</code></td><td><em>must be given</em></td>" in page
    assert "{{secret:github/main/token}}" in page
    assert len(page) < 60_000
    jobs = client.get("/docs/jobs").text
    assert "curl -X POST http://localhost/jobs/daily-report/run -H &#34;Authorization: Bearer $TOKEN&#34;" in jobs
