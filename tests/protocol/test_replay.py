"""Rows that the scripts write themselves can be replayed like all others: what the guards saw goes with the hold."""

import pytest

from runners.engine.decision import decode, replay


def held_by_overlap(stage):
    stage.save(every=10)
    stage.tick(seconds=10)
    stage.tick(seconds=10)
    assert stage.guard() == "overlap"


@pytest.mark.parametrize("end", ["the next slot", "disable", "reschedule"])
def test_a_held_slot_ends_with_what_was_seen_when_it_was_held(stage, end):
    held_by_overlap(stage)
    if end != "the next slot":
        stage.work_off()  # nothing would hold it any more: the row must not say what is seen now

    match end:
        case "the next slot":
            stage.tick(seconds=10)
        case "disable":
            stage.enable("daily", False)
        case "reschedule":
            stage.save(every=20)

    row = decode(stage.ledger()[-1])
    again = replay(row)
    assert (row.outcome.value, row.reason) == ("skipped", "overlap")
    assert again is not None, "the row does not say what was seen"
    assert (again.same, "r1" in row.seen) == (True, True)
