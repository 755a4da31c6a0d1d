"""What may be wrong with the audit; see `mutants.py`."""

from tests.protocol import test_audit
from tests.protocol.mutant import Mutant

BEFORE_THE_FIRST_WRITE = (
    "call('ZREM', K'retries', '') -- changes nothing, but a full Redis allows it, and then what comes after it\nput_down()",
    "put_down()",
)

AUDIT_MUTANTS = (
    Mutant(
        "changes leave no entries",
        (("  if audit.word == 1 then return end\n", "  if true then return end\n"),),
        killer=test_audit.test_a_change_and_its_entry_are_one_step,
    ),
    Mutant(
        "a pause leaves no entry",
        (("and with it the others\nput_down()\nlocal text", "and with it the others\nlocal text"),),
        killer=test_audit.test_a_change_and_its_entry_are_one_step,
    ),
    Mutant(
        "what changes nothing leaves an entry",
        (("local before = read()\nlocal is_paused", "local before = read()\nput_down()\nlocal is_paused"),),
        killer=test_audit.test_what_changes_nothing_leaves_no_entry,
    ),
    Mutant(
        "the head of the chain is not compared",
        (("if head ~= known_head or math.abs", "if math.abs"),),
        killer=test_audit.test_a_head_that_moved_is_learned_and_the_change_is_sealed_anew,
    ),
    Mutant(
        "a full server refuses a cancel for its entry's sake",
        (BEFORE_THE_FIRST_WRITE,),
        killer=test_audit.test_a_full_server_treats_a_change_and_its_entry_alike,
    ),
)
