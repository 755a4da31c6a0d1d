"""What became of slots on each day, from the newest rows of the ledger."""

from datetime import UTC, datetime, timedelta

from runners.engine import clock
from runners.engine.store.slot_days import ROWS_READ, SlotDay, read_days, total

STARTS = [datetime(2030, 1, day, tzinfo=UTC) for day in (1, 2, 3)]


def row(verdict: str, first: datetime, last: datetime | None = None, count: int = 1, source: str = "") -> str:
    slots = f"{clock.to_ms(first)}|{clock.to_ms(last or first)}|{count}"
    return f"{verdict}|{slots}|{clock.to_ms(first)}|overlap|1|1||0||{source}|"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2030, 1, day, hour, minute, tzinfo=UTC)


def put(platform, *rows: str) -> None:
    platform.store.redis.rpush(platform.store.keys.ledger("daily"), *rows)


def test_each_day_counts_what_ran_was_skipped_and_was_missed(platform):
    put(platform, row("d", at(1, 2)), row("s", at(2, 2)), row("m", at(3, 2)), row("d", at(3, 3)))

    found = read_days(platform.store, ["daily", "none"], STARTS)

    assert found["daily"].days == (SlotDay(1), SlotDay(skipped=1), SlotDay(1, missed=1))
    assert total(found["daily"].days) == SlotDay(2, 1, 1)
    assert found["daily"].complete_since is None
    assert found["none"].days == (SlotDay(), SlotDay(), SlotDay())


def test_a_row_of_many_slots_is_spread_over_its_days(platform):
    put(platform, row("m", at(1, 12), at(2, 12), 25))

    days = read_days(platform.store, ["daily"], STARTS)["daily"].days

    assert [day.missed for day in days] == [12, 13, 0]


def test_the_edge_of_a_day_belongs_to_the_day_that_begins(platform):
    put(platform, row("d", at(2, 0)), row("s", at(1, 23), at(2, 0), 2))

    days = read_days(platform.store, ["daily"], STARTS)["daily"].days

    assert [(day.ran, day.skipped) for day in days] == [(0, 1), (1, 1), (0, 0)]


def test_runs_that_somebody_asked_for_and_broken_rows_are_left_out(platform):
    put(platform, "zz", "d|x|y|z", row("d", at(1, 2), source="manual"), f"d|{10**30}|1|1|1", row("d", at(1, 3)))

    assert read_days(platform.store, ["daily"], STARTS)["daily"].days[0] == SlotDay(1)


def test_a_key_of_another_type_hides_no_other_job(platform):
    platform.store.redis.set(platform.store.keys.ledger("odd"), "zz")
    put(platform, row("d", at(1, 2)))

    found = read_days(platform.store, ["odd", "daily"], STARTS)

    assert (found["odd"].days[0], found["daily"].days[0]) == (SlotDay(), SlotDay(1))


def test_it_says_from_when_it_is_complete(platform):
    put(platform, *[row("d", at(2, 0) + timedelta(minutes=number)) for number in range(ROWS_READ + 5)])

    found = read_days(platform.store, ["daily"], STARTS)["daily"]

    assert found.complete_since == at(2, 0, 5)
    assert sum(day.ran for day in found.days) == ROWS_READ
