"""The protocol with one thing wrong about approvals; see `mutants.py`."""

from tests.protocol import test_approvals
from tests.protocol.mutant import Mutant

MUTANTS = (
    Mutant(
        "an approval is decided twice",
        (("if approval.status ~= 'pending' then return {'decided', approval.status} end", ""),),
        killer=lambda stage: test_approvals.test_an_approval_is_decided_once(stage, "reject"),
    ),
    Mutant(
        "a decision comes apart from its effect",
        (("if approval.kind ~= 'grant' then resume(read_run(approval.run_id), approval, note) end", ""),),
        killer=test_approvals.test_a_run_that_needs_approval_waits_and_its_approval_lets_it_go,
    ),
    Mutant(
        "whoever approves runs grants as well",
        (("if grants_something(ask) then kept[1], kept[2] = '', '' end", ""),),
        killer=test_approvals.test_what_a_run_asks_for_is_granted_by_an_admin_in_the_same_step,
    ),
    Mutant(
        "only the first thing is granted",
        (("string.gmatch(approval.grants, '[^\\n]+')", "string.gmatch(approval.grants, '^[^\\n]+')"),),
        killer=test_approvals.test_what_a_run_asks_for_is_granted_by_an_admin_in_the_same_step,
    ),
    Mutant(
        "what was shown is not compared",
        (
            ("if approval.digest ~= digest then return {'changed', 'pending'} end", ""),
            ("if v[i + 2] ~= text then return {'changed', 'pending'} end", ""),
        ),
        killer=test_approvals.test_what_was_changed_since_it_was_shown_is_not_decided_on,
    ),
    Mutant(
        "who has agreed meanwhile is not looked at",
        (("if verdict == 'approve' and votes ~= tonumber(seen) then return {'changed', 'pending'} end", ""),),
        killer=test_approvals.test_who_has_agreed_meanwhile_is_read_again,
    ),
    Mutant(
        "an edit leaves what was shown before it",
        (("if version_row ~= '' then void_requests(job, version) end", ""),),
        killer=lambda stage: test_approvals.test_what_ends_otherwise_is_void(stage, "edit"),
    ),
    Mutant(
        "a cancelled run is still decided on",
        (("if run.approval_id ~= '' then close_approval(run.approval_id, 'void', '\"\"', error) end", ""),),
        killer=lambda stage: test_approvals.test_what_ends_otherwise_is_void(stage, "cancel"),
    ),
    Mutant(
        "an approval waits for ever",
        (("call('ZADD', K'approvals:deadlines', expires_at, id)", ""),),
        killer=lambda stage: test_approvals.test_silence_does_what_the_request_says(
            stage, "reject", "failed", "expired"
        ),
    ),
    Mutant(
        "a decision wakes nobody",
        (("if call('HGET', K('job:' .. job), 'held_guard') == 'pending_approval' then look_at(job, NOW) end", ""),),
        killer=test_approvals.test_the_job_is_held_while_people_decide_and_goes_on_at_once,
    ),
)
