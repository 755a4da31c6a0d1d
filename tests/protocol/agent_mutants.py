"""The protocol with one thing wrong about what agents remember; see `mutants.py`."""

from tests.protocol import test_late_memory
from tests.protocol.mutant import Mutant


def _counted(ends, signature, text):
    return lambda stage: (
        test_late_memory.test_a_run_that_ends_without_its_handler_counts_once_by_the_kind_of_its_failure(
            stage, ends, signature, text
        )
    )


MUTANTS = (
    Mutant(
        "an agents run that is lost counts nowhere",
        (("  call('ZADD', K'agents:unremembered', NOW, run.id .. '|' .. run.attempt .. '|' .. how)\n", ""),),
        killer=_counted(test_late_memory.is_lost, "lost", "stopped renewing its lease"),
    ),
    Mutant(
        "an agents run that crashed counts again and again",
        (("call('ZREM', K'agents:unremembered', mark)", "call('ZREM', K'agents:unremembered', '')"),),
        killer=_counted(test_late_memory.has_crashed, "crashed", "signal 11"),
    ),
    Mutant(
        "a run goes on and its agent counts it twice",
        (("if run[5] == 'over' or run[5] == run[4] then return 'ok' end\n", ""),),
        killer=lambda stage: (
            test_late_memory.test_a_worker_that_dies_between_what_is_remembered_and_the_end_of_the_run_counts_once(
                stage, None
            )
        ),
    ),
    Mutant(
        "what its handler remembered is owed once more",
        (("if known == run.attempt or known == 'over' then return end\n", ""),),
        killer=lambda stage: (
            test_late_memory.test_a_worker_that_dies_between_what_is_remembered_and_the_end_of_the_run_counts_once(
                stage, None
            )
        ),
    ),
    Mutant(
        "an agents attempt that is made again counts nowhere",
        (("    if run.job_type == AGENT and kind ~= 'lost' then owe_memory(run, kind) end\n", ""),),
        killer=test_late_memory.test_an_attempt_that_is_made_again_counts_and_so_does_the_next_but_none_that_only_went_on_elsewhere,
    ),
    Mutant(
        "what is taken back before it began counts for its agent",
        (("and (known or run.attempts == '') then return end", "and false then return end"),),
        killer=test_late_memory.test_what_is_taken_back_before_it_began_or_between_two_attempts_is_no_execution_of_its_own,
    ),
)
