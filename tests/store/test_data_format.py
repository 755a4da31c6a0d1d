"""The form of stored data: noted once, brought up step by step, refused where it is not ours to work on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from runners.engine.errors import FormatRefused
from runners.engine.run import RunStatus
from runners.engine.store.connection import Store
from runners.engine.store.data_format import FORMAT, MIGRATIONS, Migration, bring_up
from runners.engine.store.job_index import outcome_score
from tests.troubleshooting import symptom


@pytest.fixture
def mode() -> str:
    return "streams-redis7"


@pytest.fixture
def store(platform: Any) -> Store:
    """A store without a note of its form."""
    platform.store.redis.delete(platform.store.keys.data_format)
    found: Store = platform.store
    return found


def counting(store: Store, to: int, works_from: int = 1) -> Migration:
    """A step that counts how often it was taken."""

    def step(store: Store, live: Callable[[], None]) -> None:
        live()
        store.redis.incr(f"taken:{to}")

    return Migration(to, works_from, step)


def noted(store: Store) -> dict[str, str]:
    found: dict[str, str] = store.redis.hgetall(store.keys.data_format)
    return found


def test_an_empty_store_is_of_the_newest_form(store: Store) -> None:
    assert bring_up(store, [counting(store, 2), counting(store, 3)]) == 3
    assert store.redis.get("taken:2") is None


def test_data_without_a_note_is_of_the_first_form_and_takes_every_step(store: Store) -> None:
    store.redis.zadd(store.keys.jobs, {"a": 0})

    assert bring_up(store, [counting(store, 2), counting(store, 3, works_from=2)]) == 3
    assert noted(store) == {"works_from": "2", "version": "3"}
    assert [store.redis.get(f"taken:{to}") for to in (2, 3)] == ["1", "1"]


def test_what_is_new_enough_takes_no_step(store: Store) -> None:
    store.redis.zadd(store.keys.jobs, {"a": 0})
    steps = [counting(store, 2)]

    assert [bring_up(store, steps), bring_up(store, steps)] == [2, 2]
    assert store.redis.get("taken:2") == "1"


def test_an_older_version_comes_back_where_the_newer_form_lets_it(store: Store) -> None:
    store.redis.zadd(store.keys.jobs, {"a": 0})
    bring_up(store, [counting(store, 2, works_from=1)])

    assert bring_up(store, []) == 2
    assert noted(store)["version"] == "2"


@pytest.mark.reproduces("It does not start", "`the data is of form …`")
def test_an_older_version_that_would_do_harm_is_refused(store: Store) -> None:
    store.redis.zadd(store.keys.jobs, {"a": 0})
    bring_up(store, [counting(store, 2, works_from=2)])

    with pytest.raises(
        FormatRefused, match=r"form 2, for programs that know form 2 or later, and this one knows 1"
    ) as caught:
        bring_up(store, [])

    assert symptom("`the data is of form …`").search(str(caught.value))


def test_a_step_that_breaks_off_is_taken_again(store: Store) -> None:
    store.redis.zadd(store.keys.jobs, {"a": 0})

    def broken(store: Store, live: Callable[[], None]) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        bring_up(store, [Migration(2, 1, broken)])

    assert noted(store)["version"] == "1"
    assert bring_up(store, [counting(store, 2)]) == 2


def test_a_step_is_taken_by_one_process_while_others_wait(store: Store) -> None:
    store.redis.zadd(store.keys.jobs, {"a": 0})
    steps = [counting(store, 2), counting(store, 3)]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: bring_up(store, steps), range(8)))

    assert found == [3] * 8
    assert [store.redis.get(f"taken:{to}") for to in (2, 3)] == ["1", "1"]


def test_the_steps_of_this_version_lead_to_its_form() -> None:
    assert [step.to for step in MIGRATIONS] == list(range(2, FORMAT + 1))


def test_jobs_of_the_first_form_are_ranked_by_their_last_end(store: Store) -> None:
    ends = {
        "bad": {"last_status": "failed", "last_finished_at": "1000"},
        "good": {"last_status": "success", "last_finished_at": "2000"},
        "newer": {"last_status": "failed", "last_finished_at": "1000"},
        "active": {"last_status": "running", "last_finished_at": "1000"},
        "odd": {"last_status": "success", "last_finished_at": "soon"},
        "new": {"version": "1"},
    }
    for job_id, fields in ends.items():
        store.redis.zadd(store.keys.jobs, {job_id: 0})
        store.redis.hset(store.keys.job(job_id), mapping=fields)
    store.redis.zadd(store.keys.outcomes, {"newer": outcome_score(RunStatus.SUCCESS, 3000)})

    assert bring_up(store) == FORMAT
    assert store.redis.zrange(store.keys.outcomes, 0, -1) == ["good", "newer", "bad"]
    assert store.redis.zscore(store.keys.outcomes, "bad") == outcome_score(RunStatus.FAILED, 1000)
