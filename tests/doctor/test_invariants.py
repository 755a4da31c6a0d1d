"""Doctor names every invariant that somebody broke in a real store, and none on a store that is whole."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from runners.doctor.reading import read_jobs, read_runs
from runners.doctor.rules import job_rules, run_rules
from runners.engine import operations
from runners.engine.platform import Platform
from runners.engine.protocol import presence
from runners.engine.store import processes
from runners.engine.store.held import score
from runners.engine.version import VERSION
from runners.repeating import Repeating
from tests.store.making import ADMIN, claim, fail, finished, save, start, succeed


@pytest.fixture(params=["streams-redis7", pytest.param("lists", marks=pytest.mark.slow)])
def mode(request: pytest.FixtureRequest) -> str:
    """A real server, with Streams and without."""
    return str(request.param)


def broken(findings: list[dict[str, Any]]) -> dict[str, str]:
    """Return the invariants that were found broken, each with its first sentence."""
    found: dict[str, str] = {}
    for one in findings:
        if not one["well"] and one["about"][:1] == "I" and one["about"][1:].isdigit():
            found.setdefault(one["about"], one["seen"])
    return found


class Alive(Repeating):
    """Lets a scheduler and a worker beat, without being there: nobody heals what a test breaks, however long doctor takes."""

    def __init__(self, platform: Platform) -> None:
        super().__init__("alive")
        self._store = platform.store
        self._begun = platform.store.now() - timedelta(hours=1)
        self.step()

    def step(self) -> None:
        """Beat once."""
        for kind in ("scheduler", "worker"):
            beat = processes.ProcessBeat(f"{kind}-1", kind, "here", 1, VERSION, self._begun, "nothing")
            presence.beat(self._store, beat)


class Breaker:
    """Hands that break one thing each, in the store itself. Each returns the subject that doctor must name."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.keys = platform.store.keys
        self.redis: Any = platform.store.redis

    def ended(self, job_id: str, **fields: Any) -> str:
        save(self.platform, job_id, **fields)
        return finished(self.platform, job_id).run_id

    def queued(self, job_id: str, **fields: Any) -> str:
        save(self.platform, job_id, **fields)
        return start(self.platform, job_id).run_id

    def i6(self) -> str:
        run = self.ended("i6")
        self.redis.hset(self.keys.run(run), "token", 0)
        return f"run {run}"

    def i7(self) -> str:
        run = self.ended("i7")
        self.redis.zadd(self.keys.runs_of("status", "failed"), {run: 1})
        return f"run {run}"

    def i12(self) -> str:
        save(self.platform, "i12", inputs={"failure_threshold": 1})
        start(self.platform, "i12")
        fail(self.platform, *claim(self.platform))
        self.redis.hincrby(self.keys.memory("i12"), "cooldown_until", 5000)
        return "job i12"

    def i15(self) -> str:
        run = self.ended("i15")
        self.redis.hincrby(self.keys.run(run), "created_at", 3_600_000)
        return f"run {run}"

    def i1(self) -> str:
        self.queued("i1")
        start(self.platform, "i1")
        spec = json.loads(self.redis.hget(self.keys.job("i1"), "spec"))
        spec["inputs"]["allow_overlap"] = False
        self.redis.hset(self.keys.job("i1"), "spec", json.dumps(spec))
        return "job i1"

    def i2(self) -> str:
        self.queued("i2", inputs={"flow_group": "lane", "flow_max_active_runs": 2})
        start(self.platform, "i2")
        self.redis.zadd(self.keys.flow_limits("lane"), {"i2": 1})
        return "flow group lane"

    def i3(self) -> str:
        run = self.queued("i3")
        self.redis.srem(self.keys.active_of_job("i3"), run)
        return f"run {run}"

    def i4(self) -> str:
        run = self.queued("i4")
        self.redis.zrem(self.keys.pending("normal"), run)
        return f"run {run}"

    def i5(self) -> str:
        run = self.queued("i5", inputs={"pressure_priority": "critical"})
        self.redis.delete(self.keys.stream("critical"), self.keys.queue_list("critical"))
        return f"run {run}"

    def i8(self) -> str:
        save(self.platform, "i8")
        self.redis.rpush(self.keys.ledger("i8"), *["d|1000|1000|1|1001||0|0||0|x"] * 2)
        return "job i8"

    def i9(self) -> str:
        save(self.platform, "i9", schedule={"interval_sec": 3600})
        self.redis.zrem(self.keys.due("regular"), "i9")
        return "job i9"

    def i10(self) -> str:
        since = int(self.platform.store.now().timestamp() * 1000)
        self.redis.hset(self.keys.pressure, mapping={"on": "1", "since": since, "changed_depth": 3})
        return "pressure"

    def i11(self) -> str:
        number = int(self.platform.store.now().timestamp() * 4)
        self.redis.set(self.keys.window(number), 81)
        return f"tick window {number}"

    def i13(self) -> str:
        run = self.queued("i13")
        self.redis.hset(self.keys.run(run), "status", "waiting_approval")
        self.redis.zrem(self.keys.pending("normal"), run)
        return f"run {run}"

    def i14(self) -> str:
        run = self.queued("i14")
        self.redis.hset(self.keys.run(run), "attempt", 4)
        return f"run {run}"


def test_every_invariant_that_is_broken_is_named_with_what_breaks_it(
    platform: Platform, server_env: dict[str, str], doctor: Callable[..., Any]
) -> None:
    env = server_env | {"REAPER_TICK_SEC": "0.1"}
    finished_well(platform)
    platform.store.redis.config_set("appendonly", "yes")
    with Alive(platform):
        code, findings = doctor(env)
    platform.store.redis.config_set("appendonly", "no")
    assert [one for one in findings if not one["well"]] == []
    assert code == 0 and "I1 to I15 looked at in 2 jobs and 3 runs" in findings[-1]["seen"]
    hands = Breaker(platform)
    order = (6, 7, 12, 15, 1, 2, 3, 4, 5, 8, 9, 13, 14, 10, 11)  # runs that must end come before those that wait
    steps: dict[str, Callable[[], str]] = {f"I{number}": getattr(hands, f"i{number}") for number in order}

    subjects = {name: step() for name, step in steps.items()}
    code, findings = doctor(env)

    named = broken(findings)
    assert {name: subject in named.get(name, "") for name, subject in subjects.items()} == dict.fromkeys(subjects, True)
    assert code == 1


def finished_well(platform: Platform) -> None:
    """Leave a bit of everything that is whole: ends, a running run, a job that is gone."""
    save(platform, "whole", schedule={"interval_sec": 3600}, inputs={"flow_group": "lane-1"})
    start(platform, "whole")
    succeed(platform, *claim(platform))
    start(platform, "whole")
    claim(platform)
    save(platform, "gone")
    finished(platform, "gone", error="no")
    operations.delete_job(platform, ADMIN, "gone")


def test_a_failure_that_its_group_lacks_is_named(platform: Platform) -> None:
    save(platform)
    run = finished(platform, error="no paper").run_id

    def suspects() -> list[tuple[str, str]]:
        looked = read_runs(platform.store, {run: ("", "")})
        return [(one.invariant, one.subject) for facts in looked for one in run_rules(facts, platform.settings)]

    assert suspects() == []
    platform.store.redis.zrem(platform.store.keys.failure_runs("1"), run)
    assert suspects() == [("I7", f"run {run}")]


def test_a_slot_that_a_pause_holds_is_whole_while_the_pauses_end_wakes_it(platform: Platform) -> None:
    save(platform, "own", schedule={"interval_sec": 3600})
    save(platform, "lane", schedule={"interval_sec": 3600})
    redis, keys = platform.store.redis, platform.store.keys
    operations.pause_job(platform, ADMIN, "own")
    operations.pause_queue(platform, ADMIN, "normal")
    for job_id, blocker in (("own", "job"), ("lane", "queue:normal")):
        held = {"held_slot": 1000, "held_guard": "paused", "held_by": blocker}
        redis.hset(keys.job(job_id), mapping=held)
        redis.zadd(keys.held, {job_id: 1000})
        redis.zrem(keys.due("regular"), job_id)
    redis.zadd(keys.waiting("paused:queue:normal"), {"lane": 1})

    def suspects() -> set[str]:
        return {one.subject for facts in read_jobs(platform.store, ["own", "lane"]) for one in job_rules(facts)}

    assert suspects() == set()
    redis.zrem(keys.waiting("paused:queue:normal"), "lane")
    redis.hdel(keys.job("own"), "paused")
    assert suspects() == {"job own", "job lane"}


def test_a_held_job_stands_under_the_guard_that_holds_it(platform: Platform) -> None:
    save(platform, "daily", schedule={"interval_sec": 3600})
    redis, keys = platform.store.redis, platform.store.keys
    redis.hset(keys.job("daily"), mapping={"held_slot": 1000, "held_guard": "overlap", "held_by": ""})

    def said() -> list[str]:
        return [one.why for facts in read_jobs(platform.store, ["daily"]) for one in job_rules(facts)]

    redis.zadd(keys.held, {"daily": score("cooldown", 1000)})
    assert said() == ["guard overlap holds it, and the held jobs say cooldown"]
    redis.zadd(keys.held, {"daily": score("overlap", 1000)})
    assert said() == []
