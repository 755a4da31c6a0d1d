"""Runs in chat: listed, followed, read, cancelled and retried."""

import pytest

from runners.connector.answers import asking_of
from runners.connector.commands.runs import filter_of
from runners.connector.reply import Command
from runners.engine import operations
from runners.engine.operations import Actor, Role, RunFilter
from runners.engine.run import RunStatus
from runners.engine.words import Language
from tests.connector.chatting import Chat

ADMIN = Actor("root", Role.ADMIN, "cli")


@pytest.fixture
def chat(platform):
    return Chat(platform)


@pytest.fixture
def run(platform):
    operations.save_job(platform, ADMIN, {"job_id": "nightly", "type": "simulation.heavy", "schedule": None})
    return operations.run_job(platform, ADMIN, "nightly")


def test_runs_are_listed_each_with_its_id(chat, run):
    head, line, run_id = chat.say("/runs").splitlines()

    assert head == "Runs: 1"
    assert line.startswith("• nightly · queued · ") and line.endswith(" UTC")
    assert run_id.strip() == run.run_id


@pytest.mark.parametrize(
    ("words", "language", "wanted"),
    [
        ("", "en", RunFilter()),
        ("failed", "en", RunFilter(status=RunStatus.FAILED)),
        ("gagal", "id", RunFilter(status=RunStatus.FAILED)),
        ("Menunggu Keputusan", "id", RunFilter(status=RunStatus.WAITING_APPROVAL)),
        ("failed nightly", "en", RunFilter(status=RunStatus.FAILED, search="nightly")),
        ("nightly", "en", RunFilter(search="nightly")),
        ("connection refused", "en", RunFilter(search="connection refused")),
    ],
)
def test_a_filter_is_a_status_in_either_language_and_a_text(platform, words, language, wanted):
    asking = asking_of(platform, Actor("ana", Role.VIEWER, "chat", "", Language(language)), Command("runs", words))

    assert filter_of(asking, words) == wanted


def test_cancelling_asks_once_more_and_naming_the_run(platform, chat, run):
    sure = chat.say(f"/cancel {run.run_id}")

    assert sure.startswith("Cancel this run? What it has done by now is not undone.\nnightly · queued")
    assert operations.get_run(platform, ADMIN, run.run_id).status == "queued"
    assert chat.press("Cancel the run of nightly").startswith("nightly: cancelled")
    assert operations.get_run(platform, ADMIN, run.run_id).status == "cancelled"


def test_a_cancellation_that_comes_twice_says_that_it_is_over(platform, chat, run):
    chat.say(f"/cancel {run.run_id}")
    asked = chat.last
    chat.press("Cancel the run of nightly", update=9)
    chat.last = asked

    assert chat.press("Cancel the run of nightly", update=9).startswith("Nothing to cancel, it has ended: nightly")


def test_of_a_job_the_only_active_run_is_asked_about_and_of_several_one_is_chosen(platform, chat, run):
    assert chat.say("/cancel nightly").startswith("Cancel this run?") and run.run_id in chat.last.text
    assert operations.get_run(platform, ADMIN, run.run_id).status == "queued"
    chat.press("Cancel the run of nightly")
    assert chat.say("/cancel nightly") == "No run of nightly is active, so there is nothing to cancel."
    assert chat.say("/retry nightly") == "Which run of nightly?" and chat.labels[0].startswith("nightly · cancelled")

    spec = {"job_id": "many", "type": "simulation.heavy", "schedule": None, "inputs": {"allow_overlap": True}}
    operations.save_job(platform, ADMIN, spec)
    for _ in range(2):
        operations.run_job(platform, ADMIN, "many")
    assert chat.say("/cancel many") == "Active runs of many: 2. Which one?"
    assert chat.press(chat.labels[0]).startswith("Cancel this run?")


@pytest.mark.parametrize(
    ("role", "none"),
    [("viewer", "Nothing has run yet."), ("operator", "Nothing has run yet. /start JOB runs a job now.")],
)
def test_before_anything_has_run_the_list_says_so(platform, role, none):
    assert Chat(platform, role=Role(role)).say("/runs") == none


def test_a_retry_that_is_held_says_that_it_is_not_done(platform, chat, run):
    operations.cancel_run(platform, ADMIN, run.run_id)
    operations.run_job(platform, ADMIN, "nightly")

    assert chat.say(f"/retry {run.run_id}").startswith("Not done: job 'nightly' is held: ")


@pytest.mark.parametrize("part", [slice(0, 20), slice(4, 30), slice(0, None)])
def test_a_part_of_an_id_reads_a_run_but_changes_none(platform, chat, run, part):
    named = run.run_id[part]

    assert run.run_id in chat.say(f"/log {named}")
    if named != run.run_id:
        assert chat.say(f"/cancel {named}") == f"No run has the id “{named}”.\nDid you mean one of these?"
    assert operations.get_run(platform, ADMIN, run.run_id).status == "queued"


def test_the_name_of_a_job_reads_its_newest_run(chat, run):
    assert chat.say("/watch nightly") == f"nightly: queued\n{run.run_id}"
    assert chat.last.live == Command("watch", run.run_id)


def test_a_run_is_retried_once_however_often_the_update_comes(platform, chat, run):
    operations.cancel_run(platform, ADMIN, run.run_id)

    first, second = (chat.say(f"/retry {run.run_id}", update=3) for _ in range(2))

    assert first == second
    found = operations.list_runs(platform, ADMIN, RunFilter(), 10).rows
    assert sorted(one.source for one in found) == ["manual", "retry"]


def test_what_still_runs_is_not_retried(platform, chat, run):
    assert chat.say(f"/retry {run.run_id}").startswith("It has not ended yet")


def test_a_log_is_shown_by_its_end_and_comes_as_a_file_when_it_is_long(platform, chat, run):
    key = platform.store.keys.log(run.run_id)
    platform.store.redis.append(key, "2026-11-27T13:41:14.123Z #0 log    | begun\n")

    assert chat.say(f"/log {run.run_id}").endswith("\n13:41:14Z begun")
    assert chat.last.document is None

    for number in range(200):
        platform.store.redis.append(key, f"2026-11-27T13:41:15.123Z #0 stdout | line {number}\n")
    said = chat.say(f"/log {run.run_id}")

    assert said.endswith("\n13:41:15Z line 199") and "line 10\n" not in said
    assert chat.last.document.name == f"{run.run_id}.log"
    assert len(chat.last.document.text.splitlines()) == 201


def test_why_of_a_run_says_what_it_waits_for(chat, run):
    assert chat.say(f"/why {run.run_id}").startswith("nightly: no worker takes runs now")
