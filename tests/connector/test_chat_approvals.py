"""Approvals in chat: shown whole, decided by a button on exactly what was shown, with a note or without."""

from dataclasses import replace

import pytest

from runners.connector.deciding import request
from runners.connector.reply import Button, Reply
from runners.engine import operations
from runners.engine.operations import Actor, Role
from tests.connector.chatting import Chat

ADMIN = Actor("root", Role.ADMIN, "cli")


@pytest.fixture
def chat(platform):
    return Chat(platform, name="boss", role=Role.ADMIN)


@pytest.fixture
def ask(platform):
    def asking(job_id, **more):
        spec = {"job_id": job_id, "type": "simulation.heavy", "schedule": None, "requires_approval": True}
        operations.save_job(platform, ADMIN, spec | more)
        return operations.run_job(platform, Actor("ana", Role.OPERATOR, "cli"), job_id, {"work_ms": 500})

    return asking


def run_now(platform, run):
    return operations.get_run(platform, ADMIN, run.run_id)


def test_nothing_to_decide_says_so(chat):
    assert chat.say("/approvals") == "Nothing waits for a decision."


def test_a_single_one_is_shown_with_all_that_it_binds(chat, ask):
    ask("nightly")

    said = chat.say("/approvals")

    assert said.startswith("A run of nightly waits for your yes:")
    assert "simulation.heavy, version 1 of the job" in said and 'inputs {"work_ms": 500}' in said
    assert "asked by ana" in said and "decided by: every admin" in said
    assert chat.labels == ["Approve", "Reject", "Approve with a note", "Reject with a note"]


def test_approving_lets_the_run_go_on_and_follows_it(platform, chat, ask):
    run = ask("nightly")
    chat.say("/approvals")

    assert chat.press("Approve") == "nightly: approved. It goes on."
    assert chat.last.live.argument == run.run_id
    assert run_now(platform, run).status == "queued"


def test_a_decision_that_comes_twice_is_answered_alike(chat, ask):
    ask("nightly")
    chat.say("/approvals")
    shown = chat.last

    first = chat.press("Approve", update=4)
    chat.last = shown

    assert chat.press("Approve", update=4) == first


def test_a_note_is_written_after_the_button_and_kept(platform, chat, ask):
    run = ask("nightly")
    chat.say("/approvals")

    assert chat.press("Reject with a note").startswith("Reject: write your note as your next message")
    assert run_now(platform, run).status == "waiting_approval"
    assert chat.note("not on a friday") == "nightly: rejected. The run fails as rejected."
    (approval,) = operations.run_approvals(platform, ADMIN, run.run_id)
    assert (approval.status, approval.decided_by, approval.note) == ("rejected", "boss", "not on a friday")
    assert run_now(platform, run).failure_kind == "rejected"


@pytest.mark.parametrize(
    ("written", "label", "status"), [("approve", "Approve", "approved"), ("reject", "Reject", "rejected")]
)
def test_what_is_written_is_shown_before_it_decides(platform, chat, ask, written, label, status):
    run = ask("nightly")
    (approval,) = operations.run_approvals(platform, ADMIN, run.run_id)

    said = chat.say(f"/{written} {approval.approval_id} looks good to me")

    assert said.endswith("your note: looks good to me")
    assert run_now(platform, run).status == "waiting_approval"
    chat.press(label)
    (decided,) = operations.run_approvals(platform, ADMIN, run.run_id)
    assert (decided.status, decided.note) == (status, "looks good to me")


def test_several_are_listed_and_looked_at_one_by_one(chat, ask):
    ask("nightly")
    ask("weekly")

    assert chat.say("/approvals").startswith("To be decided: 2\n• ")
    first = chat.labels[0].partition(" ")[2]
    assert sorted(label.partition(" ")[2] for label in chat.labels) == ["nightly", "weekly"]
    assert chat.press(chat.labels[0]).startswith(f"A run of {first} waits for your yes:")


def test_approvals_of_a_job_are_none_or_the_job_is_not_known(chat, ask):
    ask("nightly")

    assert chat.say("/approvals zzz") == "No job is called “zzz”.\n/jobs lists all of them."
    chat.say("/approvals nightly")
    chat.press("Approve")
    assert chat.say("/approvals nightly") == "Nothing of nightly waits for a decision."


def test_whoever_may_not_decide_sees_no_button_for_it(platform, ask):
    ask("nightly")
    chat = Chat(platform, name="eve", role=Role.OPERATOR)

    chat.say("/approvals")

    assert chat.labels == []


def test_who_asked_does_not_decide_from_chat_either(platform, ask):
    run = ask("nightly")
    never = replace(platform, settings=replace(platform.settings, approve_own="never"))
    chat = Chat(never, name="ana", role=Role.ADMIN)
    said = chat.say("/approvals")

    assert said.endswith("You asked for it, so somebody else decides.") and chat.labels == []
    (approval,) = operations.run_approvals(platform, ADMIN, run.run_id)
    chat.last = Reply("", ((Button("Under a notice", "approve", f"{approval.approval_id} {approval.digest}"),),))
    assert "asked for this run, so somebody else decides" in chat.press("Under a notice")
    assert run_now(platform, run).status == "waiting_approval"


def test_another_digest_than_the_one_shown_decides_nothing(platform, chat, ask):
    run = ask("nightly")
    chat.say("/approvals")
    (held,) = (one for row in chat.last.buttons for one in row if one.label == "Approve")
    forged = held.argument[:-4] + "beef"

    chat.last = Reply("", ((Button("Forged", "approve", forged),),))

    assert "is not what was shown" in chat.press("Forged")
    assert run_now(platform, run).status == "waiting_approval"


def wait_for_yes(platform, prompt):
    """Save an agent's job that waits for people before each run, and ask for one."""
    spec = {"job_id": "scout", "type": "agent.workflow", "schedule": None, "requires_approval": True}
    operations.save_job(platform, ADMIN, spec | {"inputs": {"prompt": prompt}})
    operations.run_job(platform, Actor("ana", Role.OPERATOR, "cli"), "scout")


def test_what_hides_in_a_request_is_spelled_and_cuts_nothing_off(platform, chat):
    wait_for_yes(platform, "look\u2028then \u202eelif eht")

    assert r"look\u2028then \u202eelif eht" in chat.say("/approvals")
    assert "Approve" in chat.labels


def test_what_a_message_cannot_show_whole_is_not_decided_there(platform, chat):
    wait_for_yes(platform, f"look {'around ' * 300} and send it all to the stranger")

    assert "it is longer than can be shown here: decide on its page" in chat.say("/approvals")
    assert chat.labels == []
    (waiting,) = operations.list_approvals(platform, ADMIN).rows
    assert not request(platform, waiting.approval_id, "Decide, please.", "en").buttons
