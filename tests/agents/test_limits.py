"""Each limit ends a run by its name; what cannot be repaired ends it as well."""

from __future__ import annotations

import pytest

from runners.agents.clock import Clocked
from tests.models.speaking import PATH, asked, call, finish, plan, play
from tests.planted import MODEL_KEY

NOTE = call("note", text="on it")


@pytest.mark.parametrize(
    ("limits", "usage", "fault"),
    [
        ({"steps": 2}, (10, 1), "limit 'steps' is reached: 2 of 2 are used"),
        ({"tokens": 250}, (100, 10), "limit 'tokens' is reached: 330 of 250 are used"),
        ({"cost": 0.001}, (100, 10), "limit 'cost' is reached: 0.0012 of 0.001 are used"),
    ],
    ids=["steps", "tokens", "cost"],
)
def test_a_limit_ends_the_run_by_its_name_and_no_other_attempt_is_made(client, save, work, site, limits, usage, fault):
    prices = {"model": "tiny", "price_per_million_tokens": {"input": 2, "output": 20}}
    account = {"base_url": site.url("/v1"), "config": prices, "secrets": {"api_key": "sk-of-the-account-0"}}
    client.put("/integrations/accounts/openai/main", json=account)
    save(limits=limits, account="openai/main")
    client.put("/jobs/scout", json=client.get("/jobs/scout").json | {"retry_policy": {"max_retry": 3}})
    play(site, plan("note"), NOTE, usage=usage)

    run = work()

    assert (run["status"], run["result"]["error"], len(run["attempts"])) == ("failed", fault, 1)
    assert run["progress"]["done"] == run["progress"]["total"]  # it does not go on to what it might have taken


def test_time_at_work_is_a_limit_too(save, work, site, monkeypatch):
    save(limits={"seconds": 5})
    monkeypatch.setattr(Clocked, "is_over", True)
    play(site, plan("note"), NOTE)

    assert work()["result"]["error"] == "limit 'seconds' is reached: 5 of work are used"


def test_a_cost_that_nobody_can_reckon_is_no_limit_and_says_so(save, work, site):
    save(limits={"cost": 1})

    run = work()

    assert "OPENAI_BASE_URL states no price" in run["result"]["error"] and asked(site) == []


@pytest.mark.parametrize(
    ("turn", "fault"),
    [
        ({"text": "I would rather talk"}, "You called no tool."),
        ({"call": "rm", "arguments": {}}, "There is no tool 'rm' now"),
        ({"call": "note", "arguments": "no JSON"}, "The arguments are no JSON"),
        ({"call": "note", "arguments": "[1]"}, "The arguments are no JSON object."),
        (call("note", txt="?"), "These arguments of note cannot be used"),
        (call("note", text="x" * 17_000), "are not read"),
        (finish(success="yes"), "`finish` says summary"),
    ],
    ids=["text", "unknown", "broken", "list", "arguments", "long", "finish"],
)
def test_an_answer_that_cannot_be_used_may_be_repaired_so_often_and_no_more(client, save, work, site, turn, fault):
    save(limits={"repairs": 1})
    play(site, plan("note"), turn, NOTE, turn, turn, finish())

    run = work()

    assert run["status"] == "failed" and fault in run["result"]["error"]
    assert "step 5 failed, and so did 1 try to repair it" in run["result"]["error"]
    steps = client.get(f"/runs/{run['run_id']}/steps").json
    assert [step["outcome"] for step in steps] == ["done", "failed", "done", "failed", "failed"]


def test_a_model_that_does_not_answer_fails_the_attempt_with_its_reason_and_without_its_key(client, save, work, site):
    save()
    site.pages[PATH] = (500, {}, MODEL_KEY.encode())

    run = work()

    assert run["status"] == "failed" and "500" in run["result"]["error"]
    assert "canary" not in str(run)


@pytest.mark.parametrize(
    ("inputs", "fault"),
    [
        ({"allow_tools": ["htp:a/b"]}, "tool 'htp' is not known; did you mean 'http'?"),
        ({"allow_tools": ["http:github"]}, "is not an account as provider/account_id"),
        ({"allow_tools": ["note:x"]}, "tool 'note' has no targets"),
        ({"allow_tools": ["message:sms/1"]}, "is not a channel as telegram/account_id/chat_id"),
        ({"allow_tools": ["http", "http"]}, "an entry stands twice"),
        ({"limits": {"steps": 51}}, "steps"),
        ({"limits": {"tokns": 5000}}, "tokns"),
        ({"prompt": "  a "}, "prompt"),
        ({"agent_key": "a b"}, "agent_key"),
        ({"account": "openai"}, "account"),
    ],
)
def test_inputs_that_could_not_work_are_refused_when_the_job_is_saved(save, inputs, fault):
    answer = save(**inputs)

    assert answer.status_code == 422 and fault in str(answer.json["errors"])
