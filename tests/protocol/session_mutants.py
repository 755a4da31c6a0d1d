"""Sessions with one thing wrong each."""

from tests.protocol import test_sessions
from tests.protocol.mutant import Mutant

MUTANTS = (
    Mutant(
        "signing in leaves the session before alive",
        (("if was then forget(before, was) end", ""),),
        killer=test_sessions.test_a_session_takes_the_place_of_the_one_before,
    ),
    Mutant(
        "a late request brings a session back",
        (
            ("if not ends then return 'gone' end", "ends = ends or now + 1000"),
            ("call('HGET', key, 'owner'))", "(call('HGET', key, 'owner') or 'x'))"),
        ),
        killer=test_sessions.test_what_has_ended_is_not_kept_alive_by_a_late_request,
    ),
    Mutant(
        "use keeps a session beyond its end",
        (("if left <= 0 then return 'gone' end", "left = math.max(left, 1)"),),
        killer=test_sessions.test_use_keeps_a_session_for_its_idle_time_and_never_beyond_its_end,
    ),
    Mutant(
        "new content counts as use",
        (("if used == '1' then", "if true then"),),
        killer=test_sessions.test_new_content_is_no_use,
    ),
    Mutant(
        "sessions pile up",
        (("for _, oldest in ipairs(call('ZRANGE', of, 0, -tonumber(kept))) do forget(oldest, owner) end", ""),),
        killer=test_sessions.test_the_oldest_of_too_many_goes,
    ),
)
