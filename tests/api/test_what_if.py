"""What if, over HTTP, on the page and on the command line: a past is decided again, and nothing is changed."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient

from runners.cli.main import main
from runners.engine.decision import dispatched, encode, skipped
from runners.engine.guards import Hold
from tests.api.conftest import Save
from tests.round_trips import counted
from tests.store import making

HOUR = timedelta(hours=1)
SEEN = "c80l180t3"


@pytest.fixture
def past(save: Save, platform: Any) -> Any:
    """Six hourly slots of 'daily': every second one was kept out by a run that was still active."""
    save(inputs={"work_ms": 500})
    now = platform.store.now().replace(microsecond=0)
    for back in range(6, 0, -1):
        slot = now - back * HOUR
        hold = Hold("overlap", 1, 1, ("run_06f3k5rg00_aaaaaaaaaaaa",), 1)
        row = skipped(slot, slot + HOUR, hold, SEEN + "r1") if back % 2 else dispatched(slot, slot, f"run_{back}", SEEN)
        platform.store.redis.rpush(platform.store.keys.ledger("daily"), encode(row))
    return platform


def tried(client: FlaskClient, query: str = "", **body: Any) -> Any:
    answer = client.post(f"/jobs/daily/what-if{query}", json=body)
    assert answer.status_code == 200, answer.text
    return answer


def test_it_says_what_would_have_come_out_otherwise_and_what_it_takes_for_granted(
    client: FlaskClient, past: Any
) -> None:
    found = tried(client, inputs={"failure_memory_enabled": False}).json

    assert (found["slots"], found["changed"], found["agreeing"]) == (6, 3, 3)
    assert found["recorded"] == {"dispatched": 3, "skipped": 3, "missed": 0, "held": 0}
    assert found["replayed"] == {"dispatched": 6, "skipped": 0, "missed": 0, "held": 0}
    assert "3 of 6" in found["assumptions"][0]
    assert [row["recorded"]["reason"] for row in found["rows"]] == ["overlap"] * 3
    assert [row["at"] for row in found["rows"]] == sorted((row["at"] for row in found["rows"]), reverse=True)


def test_it_is_paged_and_can_show_every_slot(client: FlaskClient, past: Any) -> None:
    part = tried(client, "?limit=2&offset=1")
    everything = tried(client, "?all=true")

    assert (len(part.json["rows"]), part.headers["X-Total-Count"]) == (2, "3")
    assert (len(everything.json["rows"]), everything.headers["X-Total-Count"]) == (6, "6")


def test_it_looks_back_as_far_as_it_is_asked_to(client: FlaskClient, past: Any) -> None:
    assert tried(client, since_sec=2 * 3600 + 60).json["slots"] == 2


def test_it_changes_nothing(client: FlaskClient, past: Any) -> None:
    def state() -> tuple[Any, ...]:
        keys = past.store.keys
        return past.store.redis.hgetall(keys.job("daily")), past.store.redis.lrange(keys.ledger("daily"), 0, -1)

    before = state()

    tried(client, inputs={"allow_overlap": True, "flow_group": "g", "flow_max_active_runs": 1})

    assert state() == before


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"work_ms": 900}, "no guard's field"),
        ({"flow_max_active_run": 5}, "did you mean 'flow_max_active_runs'?"),
        ({"failure_threshold": 99}, "failure_threshold 99 is not"),
        ({"dispatch_jitter_sec": 3600}, "dispatch_jitter_sec"),
    ],
    ids=["not-a-guard", "misspelt", "out-of-range", "beyond-the-interval"],
)
def test_what_is_no_guard_or_does_not_fit_is_refused(client: FlaskClient, past: Any, inputs: Any, told: str) -> None:
    answer = client.post("/jobs/daily/what-if", json={"inputs": inputs})

    assert answer.status_code == 422
    assert told in answer.text


def test_a_job_that_is_not_there_has_no_past(client: FlaskClient) -> None:
    assert client.post("/jobs/nobody/what-if", json={}).status_code == 404


def test_a_job_without_any_decision_is_told_so(client: FlaskClient, save: Save) -> None:
    save()

    found = tried(client).json

    assert (found["slots"], found["changed"], found["rows"]) == (0, 0, [])
    assert "Nothing would have come out otherwise" in client.get("/ui/jobs/daily/what-if?tried=1").text


def test_it_takes_the_same_round_trips_however_much_there_is(client: FlaskClient, past: Any) -> None:
    body = {"inputs": {"flow_group": "g", "flow_max_active_runs": 3}}

    def trips() -> int:
        with counted(past) as found:
            tried(client, **body)
        return int(found.number)

    making.finished(past)
    few = trips()
    for _ in range(20):
        making.finished(past)

    assert trips() == few


def test_the_page_tries_what_its_address_says_without_a_script(client: FlaskClient, past: Any) -> None:
    untried = client.get("/ui/jobs/daily/what-if").text
    page = client.get("/ui/jobs/daily/what-if?tried=1&inputs.allow_overlap=on&inputs.failure_threshold=3&days=7").text
    day = client.get("/ui/jobs/daily/what-if?tried=1&days=1", headers={"Accept-Language": "id"}).text

    assert "Try these guards on the past" in untried and "Slot by slot" not in untried
    assert "3 slots would have come out otherwise" in page
    assert 'name="inputs.allow_overlap" checked' in page
    assert 'name="inputs.failure_memory_enabled" checked' not in page
    assert "3 slot akan berbeda" in day


def test_a_page_says_what_is_wrong_beside_its_field_and_keeps_what_was_typed(client: FlaskClient, past: Any) -> None:
    page = client.get("/ui/jobs/daily/what-if?tried=1&inputs.failure_threshold=many&inputs.flow_group=a+b").text

    assert page.count('aria-invalid="true"') == 2
    assert 'value="many"' in page and 'value="a b"' in page
    assert "Slot by slot" not in page


def test_the_command_says_the_same(app: Flask, past: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def said(*words: str) -> Result:
        transport = httpx.WSGITransport(app=app)
        monkeypatch.setattr("runners.client.httpx.Client", partial(httpx.Client, transport=transport))
        monkeypatch.setenv("MULTIJOB_URL", "http://localhost:8000")
        return CliRunner().invoke(main, ["simulate", "--job", "daily", *words])

    told = said("--set", "inputs.allow_overlap=true", "--since", "7d")
    as_json = said("--set", "allow_overlap=true", "--all", "--json")

    assert told.exit_code == 0, told.output
    assert "6 slots" in told.output and "3 come out otherwise" in told.output
    assert "skipped      3 -> 0" in told.output
    assert [row["same"] for row in json.loads(as_json.stdout)["rows"]] == [False, True] * 3
    assert said("--set", "inputs.work_ms=1").exit_code == 1
    for wrong in (["--set", "allow_overlap"], ["--since", "soon"], ["--jobs", "5"]):
        assert said(*wrong).exit_code == 2
