"""The protocol with one thing wrong about records that people keep; see `mutants.py`."""

from runners.engine.protocol.records import Put
from tests.protocol import test_records
from tests.protocol.mutant import Mutant

MUTANTS = (
    Mutant(
        "a stale change of a record is made",
        (("if expected ~= '' and expected ~= number then return nil, {at, number} end", ""),),
        killer=lambda stage: test_records.test_one_stale_change_keeps_back_all_others(
            stage, Put("mcp", "a", {}, expected=2), "MCP server 'a' is at version 1 now"
        ),
    ),
    Mutant(
        "a version of a record is given again",
        (
            (
                "call('HINCRBY', K'records:last', change.kind .. ':' .. change.name, 1)",
                "1 + (call('HGET', change.key, 'version') or 0)",
            ),
        ),
        killer=test_records.test_a_version_is_never_given_again,
    ),
    Mutant(
        "a try stands beside a version that was not tried",
        (("if call('HGET', key, 'version') ~= version then return 0 end", ""),),
        killer=test_records.test_a_try_is_kept_for_the_version_that_was_tried_only,
    ),
)
