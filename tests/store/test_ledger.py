"""Pages of a ledger: by rows that keep their number, under a filter, with what cannot be read marked."""

from datetime import UTC, datetime, timedelta

import pytest

from runners.engine.decision import Outcome, dispatched, encode, missed, skipped
from runners.engine.guards import Hold
from runners.engine.store.ledger import DecisionFilter, read_stretch

START = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
ALL = DecisionFilter()


def slot(number):
    return START + number * timedelta(minutes=1)


def row(number):
    """Every third slot ran, was skipped by overlap, or was missed."""
    at = slot(number)
    kinds = (dispatched(at, at, f"run_{number}"), skipped(at, at, Hold("overlap", 1, 1, ("run_x",), 1)))
    return encode((*kinds, missed(at, at, 1, at, "coalesced"))[number % 3])


@pytest.fixture
def ledger(platform):
    """Twelve rows, of which three older ones were dropped."""
    store = platform.store
    store.redis.rpush(store.keys.ledger("daily"), *map(row, range(3, 15)))
    store.redis.hset(store.keys.ledgers_dropped, "daily", 3)
    return store


def numbers(stretch):
    return [row.number for row in stretch.rows]


def test_pages_follow_each_other_by_the_numbers_of_rows(ledger):
    first = read_stretch(ledger, "daily", ALL, 5)
    second = read_stretch(ledger, "daily", ALL, 5, older_than=first.older)
    third = read_stretch(ledger, "daily", ALL, 5, older_than=second.older)

    assert (numbers(first), numbers(second), numbers(third)) == ([14, 13, 12, 11, 10], [9, 8, 7, 6, 5], [4, 3])
    assert (first.newer, third.older, first.total) == (None, None, 12)
    assert numbers(read_stretch(ledger, "daily", ALL, 5, newer_than=second.newer)) == numbers(first)
    assert [one.decision.slot_at for one in first.rows] == [slot(number) for number in numbers(first)]


def test_rows_that_come_and_go_meanwhile_move_no_page(ledger):
    first = read_stretch(ledger, "daily", ALL, 5)
    ledger.redis.rpush(ledger.keys.ledger("daily"), row(15))
    ledger.redis.lpop(ledger.keys.ledger("daily"))
    ledger.redis.hincrby(ledger.keys.ledgers_dropped, "daily", 1)

    assert numbers(read_stretch(ledger, "daily", ALL, 5, older_than=first.older)) == [9, 8, 7, 6, 5]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (DecisionFilter(Outcome.DISPATCHED), [12, 9, 6, 3]),
        (DecisionFilter(reason="overlap"), [13, 10, 7, 4]),
        (DecisionFilter(Outcome.MISSED, "coalesced"), [14, 11, 8, 5]),
        (DecisionFilter(Outcome.MISSED, "overlap"), []),
    ],
)
def test_a_filter_lets_its_rows_pass_and_counts_them(ledger, wanted, found):
    stretch = read_stretch(ledger, "daily", wanted, 3)

    assert (numbers(stretch), stretch.total) == (found[:3], len(found))
    assert stretch.older == (found[2] if found else None)


def test_a_row_that_cannot_be_read_is_there_without_a_decision(ledger):
    ledger.redis.rpush(ledger.keys.ledger("daily"), "broken", "d|zz|zz|1|1|||||0|")

    stretch = read_stretch(ledger, "daily", ALL, 3)

    assert [(one.number, one.decision is None) for one in stretch.rows] == [(16, True), (15, True), (14, False)]
    assert numbers(read_stretch(ledger, "daily", DecisionFilter(reason="overlap"), 9)) == [13, 10, 7, 4]


@pytest.mark.parametrize("asked", [{}, {"older_than": 10}, {"newer_than": 5}])
def test_a_page_costs_one_round_trip(platform, ledger, round_trips, asked):
    with round_trips(platform) as counted:
        read_stretch(ledger, "daily", DecisionFilter(reason="overlap"), 5, **asked)

    assert counted.number == 1
