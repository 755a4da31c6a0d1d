"""No active run is without an owner and a deadline; and a queued one says why it does not start."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from runners.engine.protocol.presence import beat
from runners.engine.protocol.work import Ended, exchange
from runners.engine.run import FailureKind
from runners.engine.store.processes import ProcessBeat
from tests.api.conftest import Save
from tests.store import making


def explained(client: FlaskClient, run_id: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/runs/{run_id}/explain").json
    return found


def custody(client: FlaskClient, run_id: str) -> tuple[str, str, str | None]:
    """Return holder, deadline and its time; the run, the list and the explanation say the same."""
    found = client.get(f"/runs/{run_id}").json["custody"]
    assert explained(client, run_id)["custody"] == found
    assert client.get("/runs").json[0]["custody"] == found
    return found["holder"], found["deadline"], found["deadline_at"]


@pytest.fixture
def worker(platform: Any) -> Callable[[int], None]:
    """Let a worker with so many slots report."""

    def report(slots: int) -> None:
        beat(platform.store, ProcessBeat("w1", "worker", "here", 1, "1", platform.store.now(), "idle", slots))

    return report


def later(text: str, span: timedelta) -> str:
    moment = datetime.fromisoformat(text).astimezone(UTC) + span
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_a_queued_run_is_the_queues_until_it_expires(client: FlaskClient, save: Save, platform: Any) -> None:
    save(expires_sec=60)
    run = making.start(platform)

    assert custody(client, run.run_id) == ("queue:normal", "expires", client.get("/runs").json[0]["expires_at"])


def test_a_queued_run_that_never_expires_says_that_it_states_no_deadline(
    client: FlaskClient, save: Save, platform: Any
) -> None:
    save()
    run = making.start(platform)

    assert custody(client, run.run_id) == ("queue:normal", "none", None)


def test_a_running_run_is_its_workers_until_its_timeout(client: FlaskClient, save: Save, platform: Any) -> None:
    save(timeout_ms=5000)
    run = making.start(platform)
    making.claim(platform)

    started = client.get(f"/runs/{run.run_id}").json["started_at"]

    assert custody(client, run.run_id) == ("worker:worker-1", "timeout", later(started, timedelta(seconds=5)))


def test_a_retrying_run_is_queued_again_at_its_time(client: FlaskClient, save: Save, platform: Any) -> None:
    save()
    run = making.start(platform)
    (claimed,) = making.claim(platform)
    failed = Ended(
        claimed.run_id, claimed.token, "failed", "{}", FailureKind.ERROR, "no", retry_after=timedelta(seconds=9)
    )
    exchange(platform.store, "worker-1", making.LEASE, [failed], 0)

    row = client.get(f"/runs/{run.run_id}").json

    assert (row["status"], custody(client, run.run_id)) == ("retrying", ("retries", "retry", row["retry_at"]))
    assert row["retry_at"] is not None


def test_a_run_that_has_ended_is_nobodys(client: FlaskClient, save: Save, platform: Any) -> None:
    save()
    run = making.finished(platform)

    assert client.get(f"/runs/{run.run_id}").json["custody"] is None
    assert explained(client, run.run_id)["sentence"] == "it has ended"


@pytest.mark.reproduces("A run stays queued", "no worker")
@pytest.mark.reproduces("A run stays queued", "all places are taken")
@pytest.mark.reproduces("A run stays queued", "the queue is paused")
def test_a_queued_run_names_what_is_in_its_way(
    client: FlaskClient, save: Save, platform: Any, worker: Callable[[int], None]
) -> None:
    save(inputs={"allow_overlap": True})
    first, _, third = (making.start(platform) for _ in range(3))

    def said(run_id: str) -> tuple[Any, ...]:
        row = explained(client, run_id)
        return row["reason"], row["ahead"], row["workers"], row["slots"], row["running"]

    assert said(third.run_id) == ("no_worker", 2, 0, 0, 0)
    worker(2)
    assert said(third.run_id) == ("ahead", 2, 1, 2, 0)
    assert said(first.run_id) == ("next", 0, 1, 2, 0)
    making.claim(platform, 2)
    assert said(third.run_id) == ("busy", 0, 1, 2, 2)
    client.post("/queue/pause?priority=normal")
    assert said(third.run_id)[0] == "paused"
    assert explained(client, third.run_id)["paused_by"] == "queue:normal"
    assert explained(client, third.run_id)["sentence"].startswith("priority normal is paused")


def test_critical_runs_are_ahead_of_all_others(client: FlaskClient, save: Save, platform: Any) -> None:
    save()
    save("urgent", inputs={"pressure_priority": "critical"})
    run = making.start(platform)
    making.start(platform, "urgent")

    assert explained(client, run.run_id)["ahead"] == 1


def test_a_draining_worker_takes_nothing(
    client: FlaskClient, save: Save, platform: Any, worker: Callable[[int], None]
) -> None:
    save()
    run = making.start(platform)
    worker(2)

    assert client.post("/agents/w1/drain").status_code == 200

    assert explained(client, run.run_id)["reason"] == "no_worker"


def test_the_page_of_an_active_run_says_who_has_it(client: FlaskClient, save: Save, platform: Any) -> None:
    save()
    run = making.start(platform)

    page = client.get(f"/ui/runs/{run.run_id}", headers={"Accept-Language": "id"}).text

    assert "menunggu di antrean run normal" in page
    assert "tidak ada worker yang mengambil run" in page
