"""What may be wrong with the ledger."""

from tests.protocol import test_admit, test_replay
from tests.protocol.mutant import Mutant

LEDGER_MUTANTS = (
    Mutant(
        "a refusal is counted as a skipped slot",
        ((" and source_of(rest0) == source then", " then"),),
        killer=test_admit.test_a_refusal_is_no_skip_of_a_slot,
    ),
    Mutant(
        "a run that was asked for leaves no row",
        (("record(run.job, table.concat({'d', NOW", "local _ = (table.concat({'d', NOW"),),
        killer=test_admit.test_the_same_request_has_one_row,
    ),
    Mutant(
        "a full ledger does not say what it dropped",
        (("    add(K'ledgers:dropped', job, over)\n", ""),),
        killer=test_admit.test_a_full_ledger_drops_its_oldest_rows_and_counts_them,
    ),
    Mutant(
        "a hold forgets what was seen",
        ((", 'held_seen', hold.seen", ""),),
        killer=lambda stage: test_replay.test_a_held_slot_ends_with_what_was_seen_when_it_was_held(stage, "disable"),
    ),
    Mutant(
        "a held job is counted under no guard",
        (("K'held', hold.place, entry.job", "K'held', hold.slot, entry.job"),),
        killer=lambda stage: test_replay.test_a_held_slot_ends_with_what_was_seen_when_it_was_held(stage, "disable"),
    ),
)
