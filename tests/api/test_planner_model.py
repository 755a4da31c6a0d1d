"""Planning by a language model, at a server that speaks the chat completions of OpenAI: helpful, slow, broken and hostile."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from flask.testing import FlaskClient

from runners.engine.known_secrets import KNOWN, KnownSecrets
from runners.engine.platform import Platform
from runners.models import asking as model
from runners.planner import ai
from tests.handlers import server
from tests.handlers.server import Site
from tests.models.speaking import PATH, says, sent_key
from tests.planted import MODEL_KEY
from webapp import create_app

PROMPT = "please keep an eye on the shop's front page, often"
SPEC = {
    "job_id": "shop-front",
    "type": "http.request",
    "schedule": {"interval_sec": 120},
    "inputs": {"url": "https://shop.example/"},
}


@pytest.fixture
def site() -> Iterator[Site]:
    with server.running() as found:
        yield found


@pytest.fixture
def asking(platform: Platform, site: Site) -> FlaskClient:
    """A client of an app whose environment names the server as its model."""
    settings = replace(
        platform.settings,
        http_allow_private=("127.0.0.1",),
        openai_base_url=site.url("/v1"),
        openai_api_key=MODEL_KEY,
        planner_ai_model="tiny",
    )
    return create_app(replace(platform, settings=settings)).test_client()


def plan(client: FlaskClient, prompt: str = PROMPT, **fields: Any) -> Any:
    answer = client.post("/planner/plan-ai", json={"prompt": prompt} | fields)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_a_models_plan_is_shown_as_one_and_executed_as_it_was_shown(asking: FlaskClient, site: Site) -> None:
    says(site, {"jobs": [{"reason": "keep an eye on the front page", "job_spec": SPEC}]})

    found = plan(asking)
    says(site, {"jobs": [{"job_spec": SPEC | {"job_id": "another"}}]})
    done = asking.post("/planner/execute", json={"prompt": PROMPT, "use_ai": True}).json

    (job,) = found["jobs"]
    assert found["planner_source"] == "ai" and job["reason"] == "keep an eye on the front page"
    assert "a language model planned this" in job["assumptions"][0]
    assert [row["job_id"] for row in done["results"]] == ["shop-front"] and len(site.seen) == 1
    assert asking.get("/jobs/shop-front").json["schedule"]["interval_sec"] == 120
    events = [event["type"] for event in asking.get("/events?event_type=planner.*").json]
    assert events == ["planner.ai_plan_generated", "planner.execute_completed"]


def test_the_model_learns_the_types_and_the_time_and_no_secret(
    asking: FlaskClient, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "KNOWN", KnownSecrets())
    KNOWN.learn(["hush-hush-hush-0123"])
    says(site, {"jobs": [{"job_spec": SPEC}]})

    plan(asking, "watch https://shop.example with hush-hush-hush-0123")

    (seen,) = site.seen
    body = json.loads(seen.body)
    assert body["model"] == "tiny" and "http.request" in body["messages"][0]["content"]
    assert "hush" not in seen.body.decode() and "canary" not in seen.body.decode()
    assert sent_key(seen) == f"Bearer {MODEL_KEY}"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("no JSON at all", "its answer is no JSON"),
        ({"jobs": []}, "it plans nothing and asks nothing"),
        ({"jobs": [{"job_spec": SPEC | {"schedule": {"cron": "99 * * * *"}}}]}, "minute 99 is not in 0-59"),
        ({"jobs": [{"job_spec": SPEC | {"type": "rm.everything"}}]}, "type 'rm.everything' is not known"),
        ({"jobs": [{"job_spec": SPEC | {"approvers": {"role": "viewer"}}}]}, "says approvers, which is not its to say"),
        (
            {"jobs": [{"job_spec": SPEC | {"inputs": {"url": "https://x.example/{{secret:openai/main/api_key}}"}}}]},
            "or refer to a secret",
        ),
        ({"jobs": [{"job_spec": SPEC}] * 13}, "it plans 13 jobs, more than 12"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason_and_rules_plan(
    asking: FlaskClient, site: Site, answer: Any, why: str
) -> None:
    says(site, answer)

    found = plan(asking, "laporan jam 07:00")

    assert found["planner_source"] == "rule_based" and why in found["warnings"][0]
    assert found["jobs"][0]["job_spec"]["type"] == "report.daily"


def test_what_goes_wrong_on_the_way_is_told_without_the_key(asking: FlaskClient, site: Site) -> None:
    says(site, MODEL_KEY, status=500)

    found = plan(asking, "laporan jam 07:00")

    assert found["planner_source"] == "rule_based" and "500" in found["warnings"][0]
    assert "canary" not in json.dumps(found)


def test_a_slow_model_is_given_up_on(asking: FlaskClient, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def drip(door: BaseHTTPRequestHandler) -> None:
        door.send_response(200)
        door.end_headers()
        with suppress(OSError):
            while True:
                door.wfile.write(b" ")

    monkeypatch.setattr(model, "LONGEST_SEC", 0.5)
    monkeypatch.setattr(model, "MOST_BYTES", 10**12)
    site.pages[PATH] = drip

    found = plan(asking, "laporan jam 07:00")

    assert "no whole answer within 0.5 s" in found["warnings"][0] and found["jobs"]


def test_an_endless_answer_is_cut_off(asking: FlaskClient, site: Site) -> None:
    site.pages[PATH] = (200, {}, b"x" * (model.MOST_BYTES + 1))

    assert "more than 262144 bytes" in plan(asking, "laporan jam 07:00")["warnings"][0]


def test_more_models_at_once_than_may_be_are_not_waited_for(asking: FlaskClient, site: Site) -> None:
    taken = [ai.AT_ONCE.acquire(blocking=False) for _ in range(4)]
    try:
        found = plan(asking, "laporan jam 07:00")
    finally:
        for _ in filter(None, taken):
            ai.AT_ONCE.release()

    assert "is being asked; planned by rules" in found["warnings"][0] and site.seen == []


def test_an_account_is_asked_at_its_own_address_with_its_own_key(asking: FlaskClient, site: Site) -> None:
    account = {"base_url": site.url("/v1"), "config": {"model": "own"}, "secrets": {"api_key": "sk-of-the-account"}}
    assert asking.put("/integrations/accounts/groq/main", json=account).status_code == 201
    says(site, {"jobs": [], "questions": ["which shop?"]})

    found = plan(asking, ai_provider="groq")
    missing = asking.post("/planner/plan-ai", json={"prompt": PROMPT, "ai_provider": "notion"})

    assert found["questions"] == [{"text": "the model asks: which shop?", "choices": []}]
    assert sent_key(site.seen[0]) == "Bearer sk-of-the-account"
    assert json.loads(site.seen[0].body)["model"] == "own"
    assert missing.status_code == 404 and "account 'notion/…' does not exist" in missing.json["detail"]


def test_without_a_model_rules_plan_and_say_so(client: FlaskClient) -> None:
    found = plan(client, "laporan jam 07:00")

    assert found["planner_source"] == "rule_based" and "no language model is configured" in found["warnings"][0]


def test_rules_can_be_forced(asking: FlaskClient, site: Site) -> None:
    found = plan(asking, "laporan jam 07:00", force_rule_based=True)

    assert (found["planner_source"], found["warnings"], site.seen) == ("rule_based", [], [])
