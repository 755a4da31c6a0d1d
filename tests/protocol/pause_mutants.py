"""The protocol with one thing wrong about pauses; see `mutants.py`."""

from tests.protocol import test_pause, test_pause_end
from tests.protocol.mutants import Mutant

NO_PAUSE = ("if pause_of(run.job, run.flow, run.priority) then return 'paused' end", "")
MUTANTS = (
    Mutant(
        "what is paused is dispatched",
        (NO_PAUSE,),
        ("paused",),
        killer=lambda stage: test_pause.test_a_run_of_what_is_paused_is_refused_even_when_guards_are_passed_over(
            stage, "job:daily", "job"
        ),
    ),
    Mutant(
        "slots that a pause kept are forgotten",
        (("if kept_row ~= '' and held == 'paused' and v[7] == kept_from then", "if false then"),),
        killer=lambda stage: test_pause_end.test_slots_that_a_pause_kept_are_decided_when_their_schedule_ends(
            stage, "disable"
        ),
    ),
    Mutant(
        "a pause is not seen in the script",
        (NO_PAUSE,),
        killer=lambda stage: test_pause.test_a_pause_between_facts_and_decision_is_seen(stage, "flow:f", "flow:f"),
    ),
    Mutant(
        "a paused priority is still taken",
        (("if not paused[place] then found", "if true then found"),),
        killer=test_pause.test_workers_take_no_queued_run_of_a_paused_priority,
    ),
    Mutant(
        "a draining worker takes on",
        (("  if paused[4] then return found end\n", ""),),
        killer=test_pause.test_a_worker_that_drains_takes_nothing_while_others_do,
    ),
    Mutant("a resume forgets who waits", (("> 0 then call('ZADD', K'resumed', NOW, blocker) end", "> 0 then end"),)),
    Mutant(
        "a resume that came meanwhile is not seen",
        (("local blocker = pause_of(entry.job, before.flow, before.priority)", "local blocker = first_of(hold.by)"),),
        killer=lambda stage: test_pause.test_a_resume_between_facts_and_decision_forgets_no_slot(
            stage, "flow:f", "flow:f"
        ),
    ),
    Mutant(
        "a pause compares nothing",
        (("if is_paused == (action == 'pause') then return", "if false then return"),),
        killer=lambda stage: test_pause.test_pausing_and_resuming_twice_is_pausing_and_resuming_once(
            stage, "job:daily", "job"
        ),
    ),
    Mutant(
        "a groups limit replaces any other",
        (("if expected ~= '' and own ~= expected then return 'stale' end", ""),),
        killer=test_pause_end.test_of_two_who_read_the_same_limit_one_replaces_it,
    ),
)
