"""The coming day's crowded minutes are named, and who falls due in one of them is known."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runners.engine.coming_day import ComingDay, coming_day
from runners.engine.crowding import Coming

START = datetime(2030, 1, 1, 12, tzinfo=UTC)


def cron(expression: str, zone: str = "UTC", delay: int = 0) -> Coming:
    return Coming([expression, zone, delay], START)


def day(**coming: Coming) -> ComingDay:
    return coming_day(START, coming, 0)


def test_a_minute_in_which_many_fall_due_is_a_peak() -> None:
    found = day(a=cron("0 2 * * *"), b=cron("0 2 * * *"), c=cron("0 3 * * *"))

    assert [(peak.at, peak.jobs) for peak in found.peaks(5)] == [(datetime(2030, 1, 2, 2, tzinfo=UTC), 2)]


def test_peaks_are_the_fullest_first_and_apart() -> None:
    coming = {f"a{number}": cron("0 2 * * *") for number in range(5)}
    coming |= {f"b{number}": cron("5 2 * * *") for number in range(4)}
    coming |= {f"c{number}": cron("30 4 * * *") for number in range(3)}

    assert [peak.jobs for peak in coming_day(START, coming, 0).peaks(5)] == [5, 3]
    assert len(coming_day(START, coming, 0).peaks(1)) == 1


def test_what_falls_due_all_the_time_is_no_peak() -> None:
    found = day(**{f"a{number}": cron("* * * * *") for number in range(9)})

    assert found.usual == 9
    assert found.peaks(5) == []


def test_a_few_more_among_many_are_no_peak_and_many_more_are() -> None:
    usual = {f"a{number}": cron("* * * * *") for number in range(100)}

    assert day(**usual, **{f"b{number}": cron("0 2 * * *") for number in range(29)}).peaks(5) == []
    (peak,) = day(**usual, **{f"b{number}": cron("0 2 * * *") for number in range(30)}).peaks(5)
    assert peak.jobs == 130


def test_who_falls_due_in_a_minute_is_named_with_the_jitter() -> None:
    found = day(sharp=cron("0 2 * * *"), late=cron("0 2 * * *", delay=180), paced=Coming([3600], START))
    place = found.place_of(datetime(2030, 1, 2, 2, tzinfo=UTC))

    assert place == 840
    assert found.due_in(840) == ["paced", "sharp"]
    assert found.due_in(843) == ["late"]


@pytest.mark.parametrize(
    ("moment", "place"),
    [(START, 0), (START - timedelta(seconds=1), None), (START + timedelta(days=1), None), (START.replace(hour=13), 60)],
    ids=["first", "before", "behind", "later"],
)
def test_a_moment_has_its_place_in_the_day(moment: Any, place: int | None) -> None:
    assert day().place_of(moment) == place


def test_an_empty_day_has_no_peak() -> None:
    assert (day().peaks(5), day().usual) == ([], 0)
