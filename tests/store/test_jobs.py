"""Lists of jobs: filters are literal and exact, and no broken record hides the others."""

import pytest

from runners.engine.store.job_index import JobFilter
from runners.engine.store.jobs import list_jobs, load_job, load_jobs
from tests.store.making import save


def ids(platform, **wanted):
    return [job.job_id for job in list_jobs(platform.store, JobFilter(**wanted), limit=10).rows]


def test_jobs_come_in_the_order_of_their_ids(platform):
    for job_id in ("b", "a", "C", "10", "9"):
        save(platform, job_id)

    assert ids(platform) == ["10", "9", "C", "a", "b"]


def test_a_page_begins_at_its_offset_and_counts_all(platform):
    for job_id in "abcd":
        save(platform, job_id)

    page = list_jobs(platform.store, JobFilter(), limit=2, offset=1)

    assert [job.job_id for job in page.rows] == ["b", "c"]
    assert page.total == 4


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"search": "NIGHT"}, ["nightly"]),
        ({"search": "simulation.fl"}, ["flaky"]),
        ({"search": "money"}, ["nightly"]),
        ({"search": ".*"}, []),
        ({"type": "simulation.flaky"}, ["flaky"]),
        ({"type": "simulation"}, []),
        ({"flow_group": "bank"}, ["flaky"]),
        ({"tag": "Money"}, ["nightly"]),
        ({"tag": "money"}, []),
        ({"enabled": False}, ["off"]),
        ({"enabled": True, "search": "f"}, ["flaky"]),
    ],
)
def test_a_filter_is_literal_and_exact(platform, wanted, found):
    save(platform, "nightly", tags=["Money"])
    save(platform, "flaky", type="simulation.flaky", inputs={"flow_group": "bank"})
    save(platform, "off", enabled=False)

    assert ids(platform, **wanted) == found


def test_a_broken_record_is_named_and_hides_no_other(platform):
    save(platform, "good")
    save(platform, "bad")
    platform.store.redis.hset(platform.store.keys.job("bad"), "version", "?")

    page = list_jobs(platform.store, JobFilter(), limit=10)

    assert [job.job_id for job in page.rows] == ["good"]
    assert page.unreadable == ("bad",)


def test_jobs_are_read_in_the_order_asked_for_without_those_that_are_gone(platform):
    save(platform, "a")
    save(platform, "b")

    assert list(load_jobs(platform.store, ["b", "none", "a"])) == ["b", "a"]
    assert load_job(platform.store, "none") is None


def test_a_page_costs_two_round_trips_however_many_jobs_there_are(platform, round_trips):
    for number in range(30):
        save(platform, f"job-{number:02}")

    with round_trips(platform) as counted:
        list_jobs(platform.store, JobFilter(search="job-1"), limit=5)

    assert counted.number == 2
