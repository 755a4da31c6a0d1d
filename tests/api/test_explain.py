"""A job held by each guard, over HTTP: which guard, what it saw, its limit, who blocks it, and when that can change."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from runners.engine.guards import GUARDS
from runners.engine.store.guard_facts import window_number
from runners.scheduler import GuardedScheduler
from tests.api.conftest import Save
from tests.store import making
from tests.waiting import wait_until
from webapp import create_app

Saved = Callable[..., Any]


@pytest.fixture
def platform(platform: Any) -> Any:
    """A platform with small marks: pressure from two waiting runs on, down to one; one dispatch in a tick window."""
    settings = replace(
        platform.settings, pressure_high=2, pressure_low=1, max_dispatch_per_tick=1, tick=timedelta(seconds=1)
    )
    return replace(platform, settings=settings)


@pytest.fixture
def client(platform: Any) -> FlaskClient:
    return create_app(platform).test_client()


def explained(client: FlaskClient, job_id: str = "daily") -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/jobs/{job_id}/explain").json
    assert [row["guard"] for row in found["verdicts"]] == [guard.__name__ for guard in GUARDS]
    return found


def hold(client: FlaskClient) -> tuple[Any, ...]:
    """Return guard, observed value, limit and blockers of the hold that decides."""
    found = explained(client)["hold"]
    return found["guard"], found["observed"], found["limit"], found["blocked_by"]


def outlook(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = explained(client)["outlook"]
    return found


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def took(platform: Any, job_id: str, seconds: float) -> None:
    """Let the job's last success have taken so long."""
    platform.store.redis.lpush(platform.store.keys.durations(job_id), int(seconds * 1000))


def test_nothing_holds_a_free_job(client: FlaskClient, save: Save) -> None:
    save()

    found = explained(client)

    assert (found["hold"], found["outlook"]) == (None, None)
    assert all(row["passes"] and row["outlook"] is None for row in found["verdicts"])


@pytest.mark.parametrize(
    ("path", "blocker"),
    [("/queue/pause", "everything"), ("/jobs/daily/pause", "job"), ("/flow-groups/etl/pause", "flow:etl")],
)
@pytest.mark.reproduces("A job does not run", "`paused`")
def test_a_paused_job_names_its_pause_and_that_a_person_decides(
    client: FlaskClient, save: Save, path: str, blocker: str
) -> None:
    save(inputs={"flow_group": "etl"})
    assert client.post(path).status_code == 200

    assert hold(client) == ("paused", 1, 0, [blocker])
    assert outlook(client) == {"at": None, "estimated": False, "sentence": "a person decides when"}


def test_a_used_up_cap_ends_with_its_window(client: FlaskClient, save: Save, platform: Any) -> None:
    save()
    first = window_number(platform.store.now(), platform.settings)
    for number in range(first, first + 30):
        platform.store.redis.set(platform.store.keys.window(number), 1)

    found = outlook(client)

    assert hold(client) == ("dispatch_cap", 1, 1, [])
    assert found["estimated"] is False
    assert moment(found["at"]).timestamp() % 1 == 0
    assert moment(found["at"]) - platform.store.now() <= timedelta(seconds=1)


@pytest.mark.reproduces("A job does not run", "`pending_approval`")
def test_an_open_approval_is_named(client: FlaskClient, save: Save, platform: Any) -> None:
    save()
    platform.store.redis.sadd(platform.store.keys.approvals("daily"), "ap-1")

    assert hold(client) == ("pending_approval", 1, 0, ["ap-1"])
    assert outlook(client)["sentence"] == "a person decides when"


@pytest.mark.reproduces("A job does not run", "`cooldown`")
def test_a_cooldown_ends_by_the_clock(client: FlaskClient, save: Save, platform: Any) -> None:
    save(inputs={"failure_threshold": 1, "failure_cooldown_sec": 100, "allow_overlap": True})
    making.finished(platform, error="out of paper")

    left = moment(outlook(client)["at"]) - platform.store.now()

    assert hold(client) == ("cooldown", 1, 1, [])
    assert timedelta(seconds=60) < left <= timedelta(seconds=100)
    assert outlook(client)["estimated"] is False


@pytest.mark.reproduces("A job does not run", "`pressure`")
def test_pressure_ends_when_the_backlog_is_worked_off_as_an_estimate(
    client: FlaskClient, save: Save, platform: Any
) -> None:
    save()
    save("many", inputs={"allow_overlap": True, "pressure_priority": "critical"})
    for _ in range(3):
        making.start(platform, "many")
    GuardedScheduler(platform).enqueue_jobs()

    assert hold(client) == ("pressure", 3, 1, [])
    assert outlook(client)["sentence"] == "no time can be told: the queue gets no shorter at present"
    minute = int(platform.store.now().timestamp()) // 60 - 1
    platform.store.redis.hset(platform.store.keys.minute(minute), "success", 10)
    left = moment(outlook(client)["at"]) - platform.store.now()
    assert timedelta(seconds=45) < left <= timedelta(seconds=60)  # two runs too many, at two a minute
    assert "2 runs above the mark, at 2 a minute" in outlook(client)["sentence"]


@pytest.mark.parametrize(("guard", "job_id", "limit"), [("overlap", "daily", 0), ("flow_limit", "other", 1)])
@pytest.mark.reproduces("A job does not run", "`overlap`")
@pytest.mark.reproduces("A job does not run", "`flow_limit`")
def test_what_a_run_blocks_ends_as_such_runs_do_as_an_estimate(
    client: FlaskClient, save: Save, platform: Any, guard: str, job_id: str, limit: int
) -> None:
    for name in ("daily", "other"):
        save(name, inputs={"flow_group": "etl", "flow_max_active_runs": limit})
    run = making.start(platform, job_id)
    making.claim(platform)
    started = moment(client.get(f"/runs/{run.run_id}").json["started_at"])

    assert hold(client) == (guard, 1, 1, [run.run_id])
    assert outlook(client)["sentence"].startswith("no time can be told: too little is known")
    took(platform, job_id, 600)
    assert (moment(outlook(client)["at"]), outlook(client)["estimated"]) == (started + timedelta(seconds=600), True)
    assert "95 %" in outlook(client)["sentence"]


def test_a_run_that_takes_longer_than_usual_leaves_no_estimate(client: FlaskClient, save: Save, platform: Any) -> None:
    save()
    making.start(platform)
    making.claim(platform)
    took(platform, "daily", 0)

    assert outlook(client)["at"] is None
    assert "longer than 95 %" in outlook(client)["sentence"]


@pytest.mark.reproduces("A job does not run", "nothing at all")
def test_a_job_that_nothing_holds_says_why_it_has_no_next_slot(client: FlaskClient, save: Save) -> None:
    save("disabled", enabled=False)
    save("asked", schedule=None)
    save("daily")

    pages = {job_id: client.get(f"/ui/jobs/{job_id}").text for job_id in ("disabled", "asked", "daily")}

    assert (explained(client, "disabled")["hold"], explained(client, "asked")["hold"]) == (None, None)
    assert "disabled" in pages["disabled"]
    assert "only when asked" in pages["asked"]
    assert any("no scheduler" in warning for warning in client.get("/readyz").json["warnings"])


def test_the_page_says_when_a_hold_can_change(client: FlaskClient, save: Save, platform: Any) -> None:
    save()
    making.start(platform)

    assert "no time can be told: too little is known yet" in client.get("/ui/jobs/daily/guards").text


def without(guard: str) -> tuple[Any, ...]:
    """Return the guards, with one that holds nobody any more in the place of the named one."""

    def passes(job: Any, facts: Any) -> None:
        return None

    passes.__name__ = guard
    return tuple(passes if each.__name__ == guard else each for each in GUARDS)


def test_a_changed_guard_changes_scheduler_explanation_ledger_forecast_and_page_alike(
    client: FlaskClient, save: Save, platform: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(schedule={"interval_sec": 1})
    run = making.start(platform)
    assert client.post("/jobs/daily/run").status_code == 409
    scheduler = GuardedScheduler(platform)
    page = "an earlier run is still active"

    def said() -> tuple[bool, ...]:
        """Say whether each door speaks of a hold."""
        platform.store.redis.zadd(platform.store.keys.due("regular"), {"daily": 0})
        (look,) = scheduler.enqueue_jobs()
        replayed = client.get("/jobs/daily/decisions?replay=true").json
        return (
            look.hold is not None,
            explained(client)["hold"] is not None,
            client.get("/jobs/daily/forecast?count=1").json[0]["hold"] is not None,
            [row["replay"]["same"] for row in replayed if row["reason"] == "overlap"][-1],
            page in client.get("/ui/jobs/daily/guards").text.partition("Guards now")[2],
            client.post("/jobs/daily/what-if", json={}).json["replayed"]["skipped"] > 0,
        )

    due = platform.store.redis.hget(platform.store.keys.job("daily"), "next_slot")
    wait_until(lambda: platform.store.now().timestamp() * 1000 >= int(due))
    assert said() == (True,) * 6
    monkeypatch.setattr("runners.engine.guards.GUARDS", without("overlap"))
    assert said() == (False,) * 6
    assert client.get(f"/runs/{run.run_id}").json["status"] == "queued"
