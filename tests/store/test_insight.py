"""What the platform knows about itself: how runs spread over time, and what it holds."""

from datetime import timedelta

import pytest

from runners.engine import operations
from runners.engine.protocol.insight import keep_spread
from runners.engine.store.spreads import EDGES_MS, MINUTE, QUARTER, between, quantiles, read_row, spreads
from tests.round_trips import counted
from tests.store.making import ADMIN, claim, finished, save, start, succeed

OLDEST_TOO = pytest.mark.parametrize("mode", ["streams-redis7", "lists-redis3", "memory"])


def ms(number):
    return timedelta(milliseconds=number)


@OLDEST_TOO
def test_rows_are_kept_once_a_minute_and_once_a_quarter_of_an_hour(clocked, clock):
    kept = []
    for seconds in (0, 59, 1, 899, 1):
        clock.advance(seconds=seconds)
        kept.append(keep_spread(clocked.store))

    assert kept == [2, 0, 1, 2, 1]


@OLDEST_TOO
def test_a_stretch_tells_what_ended_in_it_and_how_long_it_took(clocked, clock):
    keep_spread(clocked.store)
    save(clocked)
    start(clocked)
    clock.advance(seconds=2)
    (claimed,) = claim(clocked)
    clock.advance(seconds=30)
    succeed(clocked, claimed)
    finished(clocked, error="no")
    clock.advance(seconds=60)
    keep_spread(clocked.store)
    clock.advance(seconds=60)
    keep_spread(clocked.store)

    found = spreads(clocked.store, MINUTE)
    busy, quiet = found.stretches

    assert (busy.success, busy.failed, busy.cancelled) == (1, 1, 0)
    assert ms(1_024) < busy.wait.p95 <= ms(4_096)
    assert ms(16_384) < busy.duration.p95 <= ms(65_536)
    assert (quiet.success, quiet.wait, quiet.duration) == (0, None, None)
    assert (found.whole.success, found.whole.wait) == (1, busy.wait)
    assert spreads(clocked.store, QUARTER).stretches == ()

    clock.advance(seconds=3_600)
    assert spreads(clocked.store, MINUTE).stretches == (quiet,), "what is older than an hour is not told"
    clock.advance(seconds=3_600)
    assert spreads(clocked.store, MINUTE).whole is None


def test_rows_that_cannot_be_read_and_counters_that_fell_are_passed_over(clocked, clock):
    keep_spread(clocked.store)
    key = clocked.store.keys.spreads(MINUTE)
    clocked.store.redis.lpush(key, "odd", "1|2", "9" * 30 + "|1|1|1|1|1")
    clock.advance(seconds=60)
    keep_spread(clocked.store)
    zeros = ",".join("0" for _ in EDGES_MS)

    assert len(spreads(clocked.store, MINUTE).stretches) == 1
    assert between(read_row(f"1|5|0|0|{zeros}|{zeros}"), read_row(f"2|4|0|0|{zeros}|{zeros}")) is None
    assert between(read_row(f"2|5|0|0|{zeros}|{zeros}"), read_row(f"1|5|0|0|{zeros}|{zeros}")) is None


@pytest.mark.parametrize(
    ("counts", "p50", "p95"),
    [
        ({1: 10}, 0.5, 0.95),
        ({4: 1}, 2, 4),
        ({16: 2}, 8, 16),
        ({1: 90, 1024: 10}, 0.5, 512),
        ({4_194_304: 1}, 2_097_152, 4_194_304),
    ],
    ids=str,
)
def test_quantiles_are_read_between_the_edges(counts, p50, p95):
    found = quantiles([counts.get(edge, 0) for edge in EDGES_MS])

    assert found.p50 <= found.p95
    assert found.p50 / ms(1) == pytest.approx(p50, rel=0.2)
    assert found.p95 / ms(1) == pytest.approx(p95, rel=0.1)


def test_what_it_holds_is_counted_and_weighed_at_one_cost(platform):
    taken = []
    for _ in range(2):
        save(platform)
        finished(platform)
        with counted(platform) as trips:
            found = operations.about(platform, ADMIN)
        taken.append(trips.number)

    kinds = {kind.name: kind for kind in found.kinds}
    assert taken[0] == taken[1] <= 4
    assert (kinds["jobs"].count, kinds["runs"].count) == (1, 2)
    if platform.store.mode.name == "memory":
        assert found.server == {}
    else:
        assert int(found.server["used_memory"]) > 0
        assert kinds["runs"].weight > 500


def test_an_examination_is_asked_for_and_told(platform):
    before = operations.last_examination(platform, ADMIN)
    operations.ask_examination(platform, ADMIN)

    waiting = operations.last_examination(platform, ADMIN)

    assert (before.at, before.asked_at) == (None, None)
    assert waiting.asked_by == ADMIN.name and waiting.asked_at is not None
