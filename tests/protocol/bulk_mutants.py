"""The protocol with one thing wrong about bulk operations; see `mutants.py`."""

from tests.protocol import test_bulk
from tests.protocol.mutant import Mutant

MUTANTS = (
    Mutant(
        "what is done twice counts twice",
        (("if call('LREM', todo, 1, rows[i]) == 1 then", "call('LREM', todo, 1, rows[i]) if true then"),),
        killer=test_bulk.test_a_run_that_two_have_done_counts_once,
    ),
    Mutant(
        "whoever is late goes on with what is taken back",
        (("if call('HGET', K('bulk:' .. bulk), 'state') ~= state then return {'withdrawn', ''} end", ""),),
        killer=test_bulk.test_whoever_is_late_leaves_alone_what_is_taken_back,
    ),
    Mutant(
        "a run that a worker has had is taken back",
        (("if run.status ~= 'queued' or run.attempt ~= '0' or run.attempts ~= '' then", "if run.status == '' then"),),
        killer=test_bulk.test_a_run_that_a_worker_has_had_is_not_taken_back,
    ),
    Mutant(
        "a job that was done stays among those that are left",
        (("  call('LREM', todo, 1, subject)\n", ""),),
        killer=test_bulk.test_a_job_that_two_do_is_changed_once,
    ),
    Mutant(
        "a job that is no longer left is changed all the same",
        (("if not is_left then return {'done', '', ''} end", ""),),
        killer=test_bulk.test_a_job_that_two_do_is_changed_once,
    ),
    Mutant(
        "a job whose turn has not come is taken back",
        (("  call('DEL', todo)\nend\nfor _, row", "end\nfor _, row"),),
        killer=test_bulk.test_of_jobs_those_that_were_done_are_taken_back_at_the_version_that_was_made,
    ),
    Mutant(
        "what is held is waited for for ever",
        (("> LIFE_MS and left > 0 then", "> LIFE_MS and false then"),),
        killer=test_bulk.test_what_is_held_goes_behind_what_is_left_and_ends_with_the_day,
    ),
)
