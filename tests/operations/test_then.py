"""Why did it not run at 02:00? One sentence, out of what was written down."""

from datetime import UTC, datetime, timedelta

import pytest

from runners.engine import operations
from runners.engine.decision import dispatched, encode, missed, skipped
from runners.engine.errors import NotFound
from runners.engine.guards import Hold
from runners.engine.words import Language
from tests.round_trips import counted
from tests.store.making import ADMIN, save, start

TWO = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OVERLAP = Hold("overlap", 1, 1, ("run_x",), 1)
AT_TWO = "2026-11-27 02:00:00 UTC"


def written(platform, *decisions, dropped=0):
    """A job that is older than the ledger that it gets."""
    save(platform, schedule={"interval_sec": 60})
    platform.store.redis.hset(platform.store.keys.job("daily"), "created_at", 1000)
    if decisions:
        platform.store.redis.rpush(platform.store.keys.ledger("daily"), *map(encode, decisions))
    platform.store.redis.hset(platform.store.keys.ledgers_dropped, "daily", dropped)


def asked(platform, at=TWO, length=MINUTE):
    return operations.why_then(platform, ADMIN, "daily", at, length)


@pytest.mark.parametrize(
    ("decision", "sentence"),
    [
        (
            dispatched(TWO, TWO + timedelta(seconds=1), "run_x"),
            f"it ran: the slot of {AT_TWO} went out at 2026-11-27 02:00:01 UTC",
        ),
        (dispatched(TWO, TWO, "run_x", source="chat"), f"it ran from chat: asked for at {AT_TWO}"),
        (
            skipped(TWO, TWO, OVERLAP),
            f"it did not run: Overlap skipped the slot of {AT_TWO}: an earlier run was still active",
        ),
        (
            skipped(TWO, TWO, OVERLAP, source="api"),
            f"it did not run: Overlap refused what was asked for by the API at {AT_TWO}: an earlier run was still active",
        ),
        (
            missed(TWO, TWO, 1, TWO, "too_late"),
            f"it did not run: the slot of {AT_TWO} was missed, and too late to run it",
        ),
        (
            missed(TWO - MINUTE, TWO + MINUTE, 3, TWO, "policy_skip"),
            "it did not run: 3 slots from 2026-11-27 01:59:00 UTC to 2026-11-27 02:01:00 UTC were missed; the job says to skip such slots",
        ),
    ],
    ids=["ran", "asked", "skipped", "refused", "missed", "missed with others"],
)
def test_the_answer_is_one_sentence(platform, decision, sentence):
    written(platform, decision)

    then = asked(platform)

    assert (then.case, then.found, then.said(Language.EN)) == ("decided", (decision,), sentence)
    assert then.said(Language.ID) != sentence


def test_a_slot_within_the_minute_is_of_it_and_one_after_it_is_not(platform):
    seventeen = TWO + timedelta(seconds=17)
    written(platform, dispatched(seventeen, seventeen, "run_a"), dispatched(seventeen + MINUTE, TWO, "run_b"))

    then = asked(platform)

    assert [row.run_id for row in then.found] == ["run_a"]
    assert (then.before, then.after.run_id) == (None, "run_b")


def test_no_slot_at_that_time_names_the_ones_around_it(platform):
    written(platform, dispatched(TWO - MINUTE, TWO, "run_a"), skipped(TWO + MINUTE, TWO, OVERLAP))

    then = asked(platform)

    assert then.said(Language.EN) == "no slot fell due at that time, and nobody asked for a run"
    assert (then.before.run_id, then.after.reason) == ("run_a", "overlap")


def test_what_was_dropped_is_said_to_be_unknown(platform):
    written(platform, dispatched(TWO, TWO, "run_a"), dropped=5)

    then = asked(platform, TWO - timedelta(days=1))

    assert then.said(Language.EN) == f"nobody can tell any more: its decisions are complete since {AT_TWO} only"


def test_a_time_to_come_and_a_time_before_the_job_are_told_apart(platform):
    save(platform)

    assert asked(platform, platform.store.now() + timedelta(hours=1)).case == "ahead"
    assert asked(platform).said(Language.EN).startswith("the job did not exist yet: it was made at ")


def test_a_slot_that_still_waits_is_told_with_its_hold(platform):
    written(platform)
    start(platform)
    hold = {"held_slot": int(TWO.timestamp()) * 1000, "held_since": int(TWO.timestamp()) * 1000}
    hold |= {"held_guard": "overlap", "held_observed": 1, "held_limit": 1, "held_by": "run_x", "held_count": 1}
    platform.store.redis.hset(platform.store.keys.job("daily"), mapping=hold)

    then = asked(platform)

    assert then.case == "held"
    assert then.said(Language.EN).startswith(
        f"it has not run yet: Overlap holds the slot of {AT_TWO}: an earlier run is still active"
    )
    assert asked(platform, TWO - MINUTE).case == "nothing"


def test_it_takes_three_round_trips_and_a_broken_row_is_passed_over(platform):
    written(platform, dispatched(TWO, TWO, "run_a"))
    platform.store.redis.rpush(platform.store.keys.ledger("daily"), "broken")

    with counted(platform) as few:
        assert asked(platform).found[0].run_id == "run_a"

    assert few.number == 3


def test_an_unknown_job_is_not_found(platform):
    with pytest.raises(NotFound):
        operations.why_then(platform, ADMIN, "nobody", TWO, MINUTE)
