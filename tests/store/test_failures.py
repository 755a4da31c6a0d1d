"""Groups of failures take as many round trips for many runs as for few, and count by sorted sets."""

from datetime import timedelta

import pytest

from runners.engine.store import failures
from runners.engine.store.failures import FailureFilter, FailureOrder, list_failures
from tests.store.making import finished, save


def the_day(clock):
    return FailureFilter(clock() - timedelta(days=1), clock() + timedelta(milliseconds=1))


@pytest.mark.parametrize("mode", ["streams-redis7"])
@pytest.mark.parametrize("number", [1, 30])
def test_a_page_takes_three_round_trips(clocked, clock, round_trips, number):
    save(clocked, inputs={"failure_memory_enabled": False})
    for length in range(number):
        finished(clocked, error="no " + "x" * length)

    with round_trips(clocked) as counted:
        page = list_failures(clocked.store, the_day(clock), FailureOrder.COUNT, limit=25)

    assert (page.groups, page.count, page.complete, counted.number) == (number, number, True, 3)
    assert len(page.rows) == min(number, 25)


def test_the_most_or_the_last_comes_first(clocked, clock):
    save(clocked, inputs={"failure_memory_enabled": False})
    for error in ("no ink", "no ink", "no paper"):
        finished(clocked, error=error)
        clock.advance(seconds=1)

    def lines(order):
        return [row.line for row in list_failures(clocked.store, the_day(clock), order, limit=9).rows]

    assert lines(FailureOrder.COUNT) == ["no ink", "no paper"]
    assert lines(FailureOrder.LAST) == ["no paper", "no ink"]


def test_what_was_not_looked_at_is_said(clocked, clock, monkeypatch):
    monkeypatch.setattr(failures, "GROUPS_READ", 2)
    save(clocked, inputs={"failure_memory_enabled": False})
    for error in ("no ink", "no pen", "no paper"):
        finished(clocked, error=error)
        clock.advance(seconds=1)

    page = list_failures(clocked.store, the_day(clock), FailureOrder.LAST, limit=9)

    assert ([row.line for row in page.rows], page.complete) == (["no paper", "no pen"], False)


def test_parts_of_a_window_count_each_failure_once(clocked, clock):
    save(clocked, inputs={"failure_memory_enabled": False})
    begun = clock()
    for _ in range(3):
        finished(clocked, error="no ink")
        clock.advance(hours=1)

    wanted = FailureFilter(begun, begun + timedelta(hours=24))
    (group,) = list_failures(clocked.store, wanted, FailureOrder.COUNT, limit=9).rows

    assert group.parts == (1, 1, 1, *[0] * 21)
    assert (group.first_at, group.last_at) == (begun, begun + timedelta(hours=2))
