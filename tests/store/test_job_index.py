"""Which jobs a list shows, and in which order, comes from indexes: in one round trip, whatever is asked for."""

import pytest

from runners.engine import operations
from runners.engine.store.job_index import JobFilter, Order, selected
from runners.engine.store.jobs import list_jobs
from tests.store.making import ADMIN, finished, save


@pytest.fixture
def jobs(platform):
    """One job of each kind, and one that is as jobs should be."""
    save(platform, "calm", schedule={"interval_sec": 3600})
    save(platform, "failing-once", schedule={"interval_sec": 60})
    save(platform, "failing-twice")
    save(platform, "paused", tags=["slow"])
    save(platform, "stopped", enabled=False)
    finished(platform, "calm")
    finished(platform, "failing-once", error="no paper")
    for _ in range(2):
        finished(platform, "failing-twice", error="no ink")
    operations.pause_job(platform, ADMIN, "paused")
    platform.store.redis.zadd(platform.store.keys.held, {"paused": 1})
    return platform


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({"failing": True}, ["failing-once", "failing-twice"]),
        ({"failing": False}, ["calm", "paused", "stopped"]),
        ({"held": True}, ["paused"]),
        ({"held": True, "tag": "slow"}, ["paused"]),
        ({"held": True, "tag": "fast"}, []),
        ({"failing": True, "search": "TWICE"}, ["failing-twice"]),
        ({"failing": True, "held": True}, []),
        ({"paused": True}, ["paused"]),
        ({"enabled": False}, ["stopped"]),
    ],
)
def test_filters_meet(jobs, wanted, ids):
    assert selected(jobs.store, JobFilter(**wanted)) == (ids, len(ids))


@pytest.mark.parametrize(
    ("order", "ids"),
    [
        ("name", ["calm", "failing-once", "failing-twice", "paused", "stopped"]),
        ("attention", ["failing-twice", "failing-once", "paused", "calm", "stopped"]),
        ("next", ["failing-once", "calm", "failing-twice", "paused", "stopped"]),
        ("outcome", ["failing-twice", "failing-once", "calm", "paused", "stopped"]),
    ],
)
def test_the_order_is_what_was_asked_for_and_then_the_names(jobs, order, ids):
    assert selected(jobs.store, JobFilter(), order=Order(order))[0] == ids


def test_pages_of_any_order_follow_each_other(jobs):
    pages = [selected(jobs.store, JobFilter(), 2, start, order=Order.ATTENTION)[0] for start in (0, 2, 4)]

    assert pages == [["failing-twice", "failing-once"], ["paused", "calm"], ["stopped"]]


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("wanted", [{}, {"search": "a"}, {"held": True, "failing": False, "enabled": True}])
def test_a_page_takes_two_round_trips(jobs, round_trips, wanted, order):
    with round_trips(jobs) as counted:
        list_jobs(jobs.store, JobFilter(**wanted), 10, order=order)

    assert counted.number == 2
