"""Cancel and retry over HTTP: their answers, refusals, keys and bodies."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from runners.engine.run import FailureKind
from tests.store.making import claim, fail

UNKNOWN = "/runs/run_2222222222_222222222222"


@pytest.fixture
def run(client: FlaskClient, save: Any) -> str:
    """A run that waits; return its address."""
    save("daily")
    return f"/runs/{client.post('/jobs/daily/run').json['run_id']}"


def test_cancel_ends_a_run_that_waits(client: FlaskClient, run: str) -> None:
    answer = client.post(f"{run}/cancel")

    assert answer.status_code == 200
    assert answer.json == {"run_id": run.removeprefix("/runs/"), "job_id": "daily", "status": "cancelled"}
    assert client.get(run).json["status"] == "cancelled"


def test_cancel_asks_a_run_that_runs(client: FlaskClient, run: str, platform: Any) -> None:
    claim(platform)

    assert client.post(f"{run}/cancel").json["status"] == "asked"
    assert client.get(run).json["cancel_requested"] is True


def test_the_page_of_a_run_that_was_asked_says_so_instead_of_offering_it_again(
    client: FlaskClient, run: str, platform: Any
) -> None:
    claim(platform)
    before = client.get(f"/ui{run}").text
    client.post(f"{run}/cancel")
    after = client.get(f"/ui{run}").text

    assert (f"{run}/cancel" in before, f"{run}/cancel" in after) == (True, False)
    assert ("It was asked to stop" in before, "It was asked to stop" in after) == (False, True)
    assert f"{run}/retry" not in before + after


def test_a_crashed_run_is_one_click_from_another_try_until_it_is_tried(
    client: FlaskClient, run: str, platform: Any
) -> None:
    (claimed,) = claim(platform)
    fail(platform, claimed, "its process ended by signal 11", FailureKind.CRASHED)
    before = client.get("/ui").text
    listed = [client.get(path).json for path in ("/runs?failure_kind=crashed", "/runs?failure_kind=timeout")]

    client.post(f"{run}/retry")

    assert f'action="/ui{run}/retry"' in before and "A run of daily crashed" in before
    assert [[row["run_id"] for row in rows] for rows in listed] == [[run.removeprefix("/runs/")], []]
    assert claimed.run_id in client.get("/ui/runs?failure_kind=crashed").text
    assert (
        '<option value="crashed" selected>its process crashed</option>'
        in client.get("/ui/runs?failure_kind=crashed").text
    )
    assert client.get("/ui/runs?failure_kind=boredom").status_code == 404
    assert "A run of daily crashed" not in client.get("/ui").text


def test_cancel_after_the_end_names_the_state(client: FlaskClient, run: str) -> None:
    client.post(f"{run}/cancel")

    again = client.post(f"{run}/cancel")

    assert again.status_code == 409
    assert "is cancelled; only one that has not ended" in again.json["detail"]


def test_retry_makes_a_new_run_and_says_where(client: FlaskClient, run: str) -> None:
    client.post(f"{run}/cancel")

    answer = client.post(f"{run}/retry")

    assert answer.status_code == 201
    assert (answer.json["job_id"], answer.json["status"]) == ("daily", "queued")
    assert answer.headers["Location"] == f"/runs/{answer.json['run_id']}" != run
    assert client.get(answer.headers["Location"]).json["source"] == "retry"


def test_retry_answers_409_while_the_run_is_active_and_with_the_hold_when_one_holds(
    client: FlaskClient, run: str
) -> None:
    active = client.post(f"{run}/retry")
    client.post(f"{run}/cancel")
    first = client.post(f"{run}/retry")
    held = client.post(f"{run}/retry", json={"guards": "ignore"})

    assert (active.status_code, held.status_code) == (409, 409)
    assert "hold" not in active.json
    assert held.json["hold"]["blocked_by"] == [first.json["run_id"]]


def test_retry_takes_nothing_else(client: FlaskClient, run: str) -> None:
    client.post(f"{run}/cancel")

    answer = client.post(f"{run}/retry", json={"guard": "ignore"})

    assert answer.status_code == 422
    assert "did you mean 'guards'?" in answer.json["detail"]


def test_one_key_retries_once(client: FlaskClient, run: str) -> None:
    client.post(f"{run}/cancel")

    first, second = (client.post(f"{run}/retry", headers={"Idempotency-Key": "k"}) for _ in range(2))

    assert (second.status_code, second.json) == (201, first.json)
    assert second.headers["Location"] == first.headers["Location"]


@pytest.mark.parametrize("change", ["cancel", "retry"])
def test_an_unknown_run_is_a_404(client: FlaskClient, change: str) -> None:
    assert client.post(f"{UNKNOWN}/{change}").status_code == 404
