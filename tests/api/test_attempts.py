"""Attempts over HTTP: each with its times and end, one run all along, with its place held between two of them."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from runners.engine.operations import Actor, Role
from runners.engine.protocol.upkeep import reap
from runners.engine.protocol.work import Ended, exchange
from runners.engine.run import FailureKind
from tests.store.making import LEASE, claim, succeed

LANE = {"flow_group": "bank", "flow_max_active_runs": 1}


@pytest.fixture
def run(client: FlaskClient, save: Any) -> str:
    """A run of a job that is tried three times, does not overlap, and shares a lane of one with another job."""
    policy = {"max_retry": 2, "backoff_sec": [1]}
    save("daily", retry_policy=policy, inputs={**LANE, "failure_threshold": 2})
    save("other", inputs=LANE)
    found: str = client.post("/jobs/daily/run").json["run_id"]
    return found


def fail(platform: Any, error: str, again: bool = True) -> None:
    """Let a worker take the run, and the handler fail."""
    (claimed,) = claim(platform)
    ended = Ended(
        claimed.run_id,
        claimed.token,
        "failed",
        '{"success":false,"output":null,"error":"out of ink","duration_ms":1}',
        FailureKind.ERROR,
        error,
        timedelta() if again else None,
        traceback=f'File "printer.py", line 7\nHandlerFailed: {error}',
    )
    exchange(platform.store, "worker-1", LEASE, [ended], 0)


def next_attempt(platform: Any) -> None:
    """Move the retry on: its back-off is over."""
    reap(platform.store, {})


def test_each_attempt_has_its_times_its_worker_and_its_end(client: FlaskClient, platform: Any, run: str) -> None:
    fail(platform, "out of paper")
    next_attempt(platform)
    fail(platform, "out of ink")
    next_attempt(platform)
    succeed(platform, *claim(platform))

    found = client.get(f"/runs/{run}").json
    rows = found["attempts"]

    assert [(row["attempt"], row["outcome"], row["error"]) for row in rows] == [
        (0, "failed", "out of paper"),
        (1, "failed", "out of ink"),
        (2, "success", None),
    ]
    assert {row["worker_id"] for row in rows} == {"worker-1"}
    times = [time for row in rows for time in (row["started_at"], row["finished_at"])]
    assert times == sorted(times)
    assert (found["status"], found["attempt"]) == ("success", 2)


def test_a_run_keeps_its_places_between_two_attempts(client: FlaskClient, platform: Any, run: str) -> None:
    fail(platform, "out of paper")

    overlapping, in_the_lane = client.post("/jobs/daily/run"), client.post("/jobs/other/run")

    assert client.get(f"/runs/{run}").json["status"] == "retrying"
    assert (overlapping.status_code, overlapping.json["hold"]["guard"]) == (409, "flow_limit")
    assert (in_the_lane.status_code, in_the_lane.json["hold"]["guard"]) == (409, "flow_limit")
    assert in_the_lane.json["hold"]["blocked_by"] == [run]


def test_a_run_overlaps_no_other_between_two_attempts(client: FlaskClient, platform: Any, save: Any) -> None:
    save("alone", retry_policy={"max_retry": 1, "backoff_sec": [60]})
    client.post("/jobs/alone/run")
    fail(platform, "out of paper")

    answer = client.post("/jobs/alone/run")

    assert (answer.status_code, answer.json["hold"]["guard"]) == (409, "overlap")


def test_failure_memory_counts_runs_and_not_attempts(client: FlaskClient, platform: Any, run: str) -> None:
    fail(platform, "out of paper")
    next_attempt(platform)
    fail(platform, "out of ink")
    between = client.get("/jobs/daily/memory").json["consecutive_failures"]
    next_attempt(platform)
    fail(platform, "out of order", again=False)

    memory = client.get("/jobs/daily/memory").json

    assert between == 0
    assert (memory["consecutive_failures"], memory["last_error"]) == (1, "out of order")
    assert memory["cooldown_until"] is None


@pytest.mark.parametrize(("role", "told"), [(Role.VIEWER, False), (Role.OPERATOR, True), (Role.ADMIN, True)])
def test_only_operators_are_told_where_the_code_failed(
    client: FlaskClient, platform: Any, run: str, monkeypatch: pytest.MonkeyPatch, role: Role, told: bool
) -> None:
    fail(platform, "out of paper")
    somebody = Actor("vera", role, "api")
    for door in ("webapp.api.runs.actor", "webapp.pages.reading.actor", "webapp.roles.actor"):
        monkeypatch.setattr(door, lambda: somebody)

    answer, page = client.get(f"/runs/{run}"), client.get(f"/ui/runs/{run}")

    assert ("printer.py" in answer.text, "printer.py" in page.text) == (told, told)
    assert answer.json["attempts"][0]["error"] == "out of paper"
    assert "out of paper" in page.text


def test_lists_and_events_never_tell_where_the_code_failed(client: FlaskClient, platform: Any, run: str) -> None:
    fail(platform, "out of paper")

    texts = [client.get(path).text for path in ("/runs?full=1", "/jobs/daily/runs", "/events", f"/runs/{run}/events")]

    assert [text.count("printer.py") for text in texts] == [0, 0, 0, 0]
