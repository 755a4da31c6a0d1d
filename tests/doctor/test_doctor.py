"""What doctor says of a server and of processes that are not as they should be, and how it ends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from runners.doctor.server import server
from runners.engine.platform import Platform
from runners.engine.protocol.presence import beat
from runners.engine.store.processes import ProcessBeat
from runners.engine.version import VERSION
from tests.clocks import MovingClock
from tests.store.making import save

Doctor = Callable[[dict[str, str]], tuple[int, list[dict[str, Any]]]]
WRONG = {"appendonly": "no", "maxmemory-policy": "volatile-lru", "maxmemory": "0"}
BALLAST_BYTES = 32 * 1024 * 1024
"""So much that what other tests free beside this one does not make room."""


@pytest.fixture
def mode() -> str:
    """A real server."""
    return "streams-redis7"


@contextmanager
def neglected(redis: Any) -> Iterator[None]:
    """A server that is nearly full, may drop keys and keeps nothing on disk; well again afterwards."""
    usual = {name: redis.config_get(name)[name] for name in WRONG}
    redis.setrange("ballast", BALLAST_BYTES, b"x")
    for name, value in (WRONG | {"maxmemory": int(redis.info("memory")["used_memory"] * 1.05)}).items():
        redis.config_set(name, value)
    try:
        yield
    finally:
        for name, value in usual.items():
            redis.config_set(name, value)
        redis.delete("ballast")


@pytest.mark.reproduces("Times look wrong", "a machine's clock is off")
@pytest.mark.reproduces("The server throws things away", "")
def test_what_is_wrong_with_the_server_and_the_processes_is_said(
    platform: Platform, server_env: dict[str, str], doctor: Doctor
) -> None:
    store, now = platform.store, platform.store.now()
    save(platform)
    beat(store, ProcessBeat("web-old", "web", "here", 1, "0.0.1", now, ""))
    store.redis.hset(store.keys.process("web-old"), "skew_ms", -7000)
    beat(store, ProcessBeat("worker-silent", "worker", "here", 1, VERSION, now, ""))
    store.redis.hset(
        store.keys.process("worker-silent"), "beat_at", int((now - timedelta(minutes=2)).timestamp() * 1000)
    )
    beat(store, ProcessBeat("connector-later", "connector", "here", 1, VERSION, now, ""))
    store.redis.hset(
        store.keys.process("connector-later"), "beat_at", int((now + timedelta(hours=1)).timestamp() * 1000)
    )
    store.redis.hset(store.keys.mode, mapping={"name": "lists"})

    with neglected(store.redis):
        code, findings = doctor(server_env)

    said = "\n".join(one["seen"] for one in findings if not one["well"])
    for words in (
        "maxmemory-policy is volatile-lru",
        "no append-only file",
        "nearly full: raise maxmemory",
        "web-old is 0.0.1",
        "the clock of here is -7.0 s off (web-old)",
        "worker-silent has been silent for 12",
        "connector-later beat in the future",
        "no scheduler is online",
        "no worker is online",
        "recorded is lists, and the server allows streams: stop every process",
    ):
        assert words in said
    assert code == 1


def test_a_server_that_is_away_is_named_and_a_bad_setting_ends_with_2(tmp_path: Any, doctor: Doctor) -> None:
    code, findings = doctor({"DATA_DIR": str(tmp_path), "REDIS_URL": "redis://127.0.0.1:1/0"})

    assert code == 1 and "no server answers at 127.0.0.1:1" in findings[-1]["seen"]
    with pytest.raises(AssertionError, match="RUNS_KEPT='5' is not a whole number from 100 to 100000000"):
        doctor({"DATA_DIR": str(tmp_path), "RUNS_KEPT": "5"})


def test_a_server_clock_that_is_off_is_said(platform: Platform, clock: MovingClock) -> None:
    found = {one.about: one for one in server(replace(platform.store, clock=clock), platform.settings)}

    assert not found["clock"].well and "ahead of this machine's" in found["clock"].seen


@pytest.mark.parametrize("key", ["leases", "processes", "runs"])
def test_a_key_of_another_kind_is_not_taken_for_an_absent_server(
    platform: Platform, server_env: dict[str, str], doctor: Doctor, key: str
) -> None:
    name = getattr(platform.store.keys, key)
    platform.store.redis.delete(name)
    platform.store.redis.set(name, "of another kind")

    code, findings = doctor(server_env)

    assert code == 1
    assert {"about": "I0", "well": False} in [
        {what: one[what] for what in ("about", "well")}
        for one in findings
        if f"{name} is a string and not a" in one["seen"]
    ]
    assert "invariants" in [one["about"] for one in findings] or "the invariants asks" in str(findings)


def test_a_job_whose_key_is_of_another_kind_is_named_and_the_others_are_looked_at(
    platform: Platform, server_env: dict[str, str], doctor: Doctor
) -> None:
    store = platform.store
    for job_id in ("a", "b", "c"):
        save(platform, job_id, schedule={"interval_sec": 3600})
    store.redis.delete(store.keys.memory("b"))
    store.redis.set(store.keys.memory("b"), "of another kind")
    store.redis.zrem(store.keys.due("regular"), "a")

    _, findings = doctor(server_env)

    broken = {one["about"]: one["seen"] for one in findings if one["about"].startswith("I")}
    assert "b: a key of it is of another kind" in broken["I0"]
    assert "job a" in broken["I9"]
    assert any("looked at in 3 jobs" in one["seen"] for one in findings)
