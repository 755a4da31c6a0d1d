"""The protocol with one thing wrong about people and tokens; see `mutants.py`."""

from tests.protocol import test_access
from tests.protocol.mutant import Mutant

MUTANTS = (
    Mutant(
        "a persons name is given twice",
        (("  if id then return {'taken', '0'} end\n", ""),),
        killer=test_access.test_a_persons_name_is_given_once,
    ),
    Mutant(
        "a changed person opens what was open",
        (("local version = int(tonumber(was[3]) + 1)", "local version = was[3]"),),
        killer=test_access.test_each_change_raises_the_version_and_one_that_was_not_seen_is_refused,
    ),
    Mutant(
        "a person made again has an old version",
        (("  call('HSET', K'people:last', name, version)\n", ""),),
        killer=test_access.test_a_person_made_again_is_another_one_at_a_later_version,
    ),
    Mutant(
        "the last administrator goes",
        (("return alone == '1' and", "return false and"),),
        killer=test_access.test_the_last_administrator_stays_whoever_was_one_before,
    ),
    Mutant(
        "whoever administers no more still counts",
        (("  call('SREM', K'people:admins', id) -- a first", "  call('SREM', K'people:admins', '') -- a first"),),
        killer=test_access.test_the_last_administrator_stays_whoever_was_one_before,
    ),
    Mutant(
        "the first code makes a second person",
        (("or known > 0 or tokens > 0", "or tokens > 0"), ("  call('DEL', kept_by)\n", "")),
        killer=test_access.test_the_first_code_makes_one_person_and_only_while_nobody_is_there,
    ),
    Mutant(
        "the first code counts beside a token",
        (("or known > 0 or tokens > 0", "or known > 0"),),
        killer=test_access.test_a_code_is_void_while_a_token_lets_somebody_in,
    ),
    Mutant(
        "a tokens name is given twice",
        (("  if before and live(before) then return 'taken' end\n", ""),),
        killer=test_access.test_a_tokens_name_is_given_once_until_it_ends,
    ),
    Mutant(
        "a revoked token lives on",
        (("'revoked_at', NOW, 'revoked_by', by)", "'revoked_at', '', 'revoked_by', by)"),),
        killer=test_access.test_a_revoked_token_stays_revoked_and_is_forgotten_after_a_month,
    ),
    Mutant(
        "every use of a token is told",
        (("then return 'again' end", "then end"),),
        killer=test_access.test_a_use_is_put_down_once_a_minute_and_told_once_a_day,
    ),
)
