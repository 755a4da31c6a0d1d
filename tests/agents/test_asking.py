"""What an agent lacks is one question; with the answer the run goes on from where it was, and nothing is done twice."""

from __future__ import annotations

import time

import pytest

from runners.agents.journal import Journal
from runners.engine.agents.step import Step, StepOutcome, Talk
from runners.engine.protocol.work import Ended, exchange
from runners.engine.role import Role
from runners.engine.words import Language
from runners.execution import Execution
from tests.connector.chatting import Chat
from tests.models.speaking import asked, call, finish, plan, play
from tests.protocol.stage import LEASE


@pytest.fixture
def account(client, site):
    """Keep two accounts of a service at the test's own server."""
    for name in ("main", "other"):
        body = {"base_url": site.url(f"/{name}"), "secrets": {"token": "canary-of-the-shop-0123456789"}}
        assert client.put(f"/integrations/accounts/shop/{name}", json=body).status_code == 201
        for path in ("", "/orders"):
            site.pages[f"/{name}{path or '/'}"] = (200, {}, b"fine")


def sent(site):
    return [f"{seen.method} {seen.path}" for seen in site.seen if seen.path.startswith(("/main", "/other"))]


def planned(*steps):
    return call("plan", steps=[{"tool": tool, "why": "it helps", "arguments": arguments} for tool, arguments in steps])


def pending(client):
    return client.get("/approvals?status=pending").json


def outcomes(client, run):
    return [(step["tool"], step["outcome"]) for step in client.get(f"/runs/{run['run_id']}/steps").json]


def test_all_that_a_plan_lacks_is_one_question_and_nothing_is_done_before(client, save, work, site, account):
    save()
    reads = [("http", {"account": f"shop/{name}", "path": "/orders"}) for name in ("main", "other", "main")]
    play(site, planned(*reads), *(call(tool, **arguments) for tool, arguments in reads), finish())

    waiting = work()
    (approval,) = pending(client)
    assert waiting["status"] == "waiting_approval" and sent(site) == []
    assert approval["requests"][:2] == [
        {"account": "shop/main", "why": "the job may not use account 'shop/main'"},
        {"account": "shop/other", "why": "the job may not use account 'shop/other'"},
    ]
    assert client.post(f"/approvals/{approval['approval_id']}/approve").status_code == 200
    run = work(None, waiting["run_id"])

    assert run["status"] == "success" and sent(site) == ["GET /main/orders", "GET /other/orders", "GET /main/orders"]
    assert outcomes(client, run) == [("plan", "done"), *[("http", "done")] * 3, ("finish", "done")]
    assert len(asked(site)) == 5
    assert [(one["capability"], one["value"]) for one in client.get("/grants").json] == [
        ("account", "shop/main"),
        ("account", "shop/other"),
    ]
    (event,) = client.get("/events?event_type=agent.approval_requested").json
    assert event["data"]["summary"] == "The plan of scout needs account shop/main, account shop/other"


@pytest.mark.parametrize(
    ("tool", "arguments"), [("start_job", {"inputs": {"work_ms": 200}}), ("schedule_job", {"schedule": None})]
)
def test_a_question_about_another_job_says_in_words_what_is_lacking(client, save, work, tool, arguments, site):
    spec = {"job_id": "nightly", "type": "simulation.heavy", "schedule": None, "inputs": {"work_ms": 100}}
    assert client.post("/jobs", json=spec).status_code == 201
    save()
    play(site, planned((tool, {"job_id": "nightly"} | arguments)), finish())

    assert work()["status"] == "waiting_approval"
    (approval,) = pending(client)
    lack, step = approval["requests"]
    assert lack["why"] == f"the job may not {tool.removesuffix('_job')} job 'nightly'"
    assert step["the agent wants to"] == "plan 1 step"


def test_a_grant_holds_for_later_runs_until_it_is_revoked(client, save, work, site, account):
    save()
    play(site, plan("http"), call("http", account="shop/main", path="/"), finish())
    first = work()
    client.post(f"/approvals/{pending(client)[0]['approval_id']}/approve")
    assert work(None, first["run_id"])["status"] == "success"

    assert work()["status"] == "success"
    (grant,) = client.get("/grants").json
    assert client.delete(f"/grants/{grant['grant_id']}").status_code == 200

    assert work()["status"] == "waiting_approval" and sent(site) == ["GET /main/"] * 2


def test_a_run_that_people_refuse_ends_and_does_nothing(client, save, work, site, account):
    save()
    play(site, plan("http"), call("http", account="shop/main", path="/"), finish())
    run = work()

    client.post(f"/approvals/{pending(client)[0]['approval_id']}/reject", json={"note": "no"})

    ended = client.get(f"/runs/{run['run_id']}").json
    assert (ended["status"], ended["failure_kind"]) == ("failed", "rejected")
    assert sent(site) == [] and client.get("/grants").json == []


def test_without_asking_a_plan_fails_by_the_name_of_what_it_lacks_before_anything_is_done(
    client, save, work, site, account
):
    save(require_approval_for_missing=False, allow_tools=["http:shop/main"])
    reads = [("http", {"account": f"shop/{name}", "path": "/"}) for name in ("main", "other")]
    play(site, planned(*reads), *(call(tool, **arguments) for tool, arguments in reads), finish())

    run = work()

    assert "the job may not use account 'shop/other'" in run["result"]["error"]
    assert sent(site) == [] and pending(client) == [] and len(run["attempts"]) == 1


def test_what_has_to_be_made_first_is_named_and_an_approval_alone_does_not_make_it(client, save, work, site):
    save(limits={"repairs": 0})
    play(site, plan("http"), call("http", account="shop/new", path="/"), finish())

    run = work()
    (approval,) = pending(client)
    assert "account 'shop/new' does not exist" in approval["requests"][0]["why"]
    client.post(f"/approvals/{approval['approval_id']}/approve")
    again = work(None, run["run_id"])

    assert (again["status"], pending(client)) == ("failed", [])
    assert "people agreed, and it still lacks something: account 'shop/new' does not exist" in again["result"]["error"]


def begun(client, agents, tool, arguments):
    """Start a run whose first act is begun by a worker that dies then; return its id."""
    run_id = client.post("/jobs/scout/run").json["run_id"]
    (claimed,) = exchange(agents.store, "w0", LEASE, [], 1).taken
    execution = Execution(agents, claimed, time.monotonic())
    now, journal = agents.store.now(), Journal(execution)
    steps = [{"tool": tool, "why": "it helps"}]
    journal.write("end", Step(1, 0, "plan", "plan 1 step", "", StepOutcome.DONE, now, now), Talk({"steps": steps}))
    step = Step(2, 0, tool, f"{arguments['method']} {arguments['path']}", "it helps", StepOutcome.BEGUN, now)
    journal.write("begin", step, Talk(arguments))
    exchange(agents.store, "w0", LEASE, [Ended(run_id, claimed.token, "returned")], 0)
    return run_id


def test_an_act_that_may_have_been_done_is_repeated_by_its_key_where_that_is_safe(
    client, save, work, site, account, agents
):
    save(allow_tools=["http:shop/main"])
    run_id = begun(client, agents, "http", {"account": "shop/main", "method": "PUT", "path": "/orders"})
    play(site, plan("http"), call("http"), finish())

    run = work(None, run_id)

    assert run["status"] == "success" and sent(site) == ["PUT /main/orders"]
    assert client.get(f"/runs/{run_id}/steps").json[1]["starts"] == 2 and len(asked(site)) == 1


def test_an_act_that_may_have_been_done_is_put_to_a_person_where_twice_would_be_once_too_often(
    client, save, work, site, account, agents
):
    save(allow_tools=["http:shop/main"], require_approval_for_missing=False)
    run_id = begun(client, agents, "http", {"account": "shop/main", "method": "POST", "path": "/orders"})
    play(site, plan("http"), call("http"), finish())

    waiting = work(None, run_id)
    (approval,) = pending(client)
    assert waiting["status"] == "waiting_approval" and sent(site) == []
    assert outcomes(client, waiting) == [("plan", "done"), ("http", "unknown")]
    assert approval["summary"] == "Step 2 of scout was begun, and nobody knows whether it was done. Do it again?"
    client.post(f"/approvals/{approval['approval_id']}/approve")

    assert work(None, run_id)["status"] == "success" and sent(site) == ["POST /main/orders"]


def test_arguments_that_this_version_cannot_read_end_the_run_and_say_what_to_do(
    client, save, work, site, account, agents
):
    save(allow_tools=["http:shop/main"])
    run_id = begun(client, agents, "http", {"account": "shop/main", "method": "POST", "path": "/orders", "newer": 1})
    play(site, plan("http"), call("http"), finish())

    error = work(None, run_id)["result"]["error"]

    assert error.startswith("the arguments of step 2 cannot be read by http of this version (1 validation error for ")
    assert error.endswith("; look whether the step was done, then start a new run")
    assert sent(site) == [] and outcomes(client, {"run_id": run_id})[-1] == ("http", "unknown")


ENDS = {
    Language.EN: (
        "it is done once more, also if it was done before; then the run goes on",
        "it is not done again, and the run fails; what was done before stays done",
        "it goes on with the step that asks; nothing before it is done again",
    ),
    Language.ID: (
        "dikerjakan sekali lagi, juga bila sebelumnya sudah dikerjakan; lalu run berlanjut",
        "tidak dikerjakan lagi, dan run gagal; yang sudah dikerjakan sebelumnya tetap berlaku",
        "ia berlanjut dengan langkah yang bertanya; tidak ada yang sebelumnya dikerjakan lagi",
    ),
}


@pytest.fixture
def doubted(client, save, work, site, account, agents):
    """A run that waits for people because nobody knows whether its act was done; its id."""
    save(allow_tools=["http:shop/main"])
    run_id = begun(client, agents, "http", {"account": "shop/main", "method": "POST", "path": "/orders"})
    play(site, plan("http"), call("http"), finish())
    assert work(None, run_id)["status"] == "waiting_approval"
    return run_id


@pytest.mark.parametrize("language", list(Language))
def test_such_a_question_says_in_the_readers_language_what_each_answer_does(client, agents, doubted, language):
    (approval,) = pending(client)
    page = client.get(f"/ui/approvals/{approval['approval_id']}", headers={"Accept-Language": language.value})
    said = Chat(agents, "boss", Role.ADMIN, language).say(f"/approvals {approval['approval_id']}")
    done_again, left, goes_on = ENDS[language]

    assert approval["requests"][1] == dict(zip(("if approved", "if rejected"), ENDS[Language.EN][:2], strict=True))
    for words in (done_again, left, goes_on):
        assert words in page.text
    for words in (done_again, left):
        assert words in said
    assert ("if approved" in page.text + said) is (language is Language.EN)


def test_whoever_refuses_it_lets_nothing_be_done_again(client, doubted, site):
    client.post(f"/approvals/{pending(client)[0]['approval_id']}/reject")

    ended = client.get(f"/runs/{doubted}").json
    assert (ended["status"], ended["failure_kind"], sent(site)) == ("failed", "rejected", [])


def test_whoever_approves_it_lets_it_be_done_once_more_and_once_only(client, work, doubted, site):
    client.post(f"/approvals/{pending(client)[0]['approval_id']}/approve")

    assert work(None, doubted)["status"] == "success"
    assert (sent(site), pending(client)) == (["POST /main/orders"], [])


def test_an_account_that_takes_keys_is_one_where_a_second_time_is_safe(client, save, work, site, account, agents):
    client.put("/integrations/accounts/shop/main", json={"config": {"idempotency_keys": True}})
    save(allow_tools=["http:shop/main"])
    run_id = begun(client, agents, "http", {"account": "shop/main", "method": "POST", "path": "/orders"})
    play(site, plan("http"), call("http"), finish())

    assert work(None, run_id)["status"] == "success"
    headers = {name.lower(): value for name, value in site.seen[0].headers.items()}
    assert headers["idempotency-key"] == f"{run_id}-2"
