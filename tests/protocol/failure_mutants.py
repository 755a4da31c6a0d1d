"""The protocol with one thing wrong about groups of failures; see `mutants.py`."""

from tests.protocol import test_failure_groups
from tests.protocol.mutant import Mutant

MUTANTS = (
    Mutant(
        "a failure stands in no group",
        (
            (
                "  if status == 'failed' then stand_in_group(run.id, run.job_id, kind, line, run.job_version, NOW) end\n",
                "",
            ),
        ),
    ),
    Mutant(
        "a dropped run stays in its group of failures",
        (("  if group then leave_group(id, group) end\n", ""),),
        killer=test_failure_groups.test_a_group_goes_with_its_last_run,
    ),
    Mutant(
        "an empty group of failures stays",
        (("  if call('EXISTS', K('failure:runs:' .. group)) == 1 then return end\n", "  if true then return end\n"),),
        killer=test_failure_groups.test_a_group_goes_with_its_last_run,
    ),
    Mutant(
        "a job has as many groups of failures as errors",
        ((" and call('HLEN', of_job) >= GROUPS_OF_A_JOB then", " and false then"),),
        killer=test_failure_groups.test_a_job_with_too_many_kinds_of_errors_has_one_group_for_the_others,
    ),
)
