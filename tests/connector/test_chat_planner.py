"""Sentences in chat: planned, asked about, shown, executed once, and only as they were shown."""

import pytest

from runners.engine import operations
from runners.engine.operations import Actor, AuditFilter, JobFilter, Role, RunFilter
from runners.engine.words import Language
from tests.connector.chatting import Chat

ADMIN = Actor("root", Role.ADMIN, "cli")


@pytest.fixture
def chat(platform):
    return Chat(platform)


def jobs(platform):
    return [job.job_id for job in operations.list_jobs(platform, ADMIN, JobFilter(), 100).rows]


def runs(platform):
    return operations.list_runs(platform, ADMIN, RunFilter(), 100).rows


def test_a_plan_is_shown_and_nothing_is_made(platform, chat):
    said = chat.say("/run laporan jam 07:30 dan backup jam 01:30")

    assert "New: report-daily · report.daily\nevery day at 07:30, Asia/Jakarta\nnext " in said
    assert "New: backup-export · backup.export" in said
    assert said.endswith("Nothing is made yet.")
    assert chat.labels == ["Execute", "Cancel"]
    assert jobs(platform) == []


def test_a_plan_says_which_group_bounds_it_and_that_somebody_approves_its_runs(chat):
    said = chat.say("/run backup jam 1 pagi, max 2 sekaligus di lane etl, butuh persetujuan")

    assert "\nin flow group etl, at most 2 active\n" in said
    assert "risk low: a new job; " in said and "approv" in said


def test_a_plan_is_executed_by_its_button_once(platform, chat):
    chat.say("/run laporan jam 07:30 dan backup jam 01:30")
    shown = chat.last

    said = chat.press("Execute", update=5)
    chat.last = shown
    again = chat.press("Execute", update=5)

    assert "report-daily is set up." in said and "backup-export is set up." in said
    assert "report-daily was so already." in again
    assert jobs(platform) == ["backup-export", "report-daily"]
    entries = operations.list_audit(platform, ADMIN, AuditFilter(), 10).rows
    assert [(entry.said["operation"], entry.said["actor"], entry.said["surface"]) for entry in entries] == [
        ("execute_plan", "ana", "chat")
    ]


def test_a_plan_that_is_dropped_makes_nothing(platform, chat):
    chat.say("/run backup jam 01:30")

    assert chat.press("Cancel") == "Nothing was changed."
    assert jobs(platform) == []


def test_what_was_shown_is_what_is_done_or_it_is_shown_anew(platform, chat):
    chat.say("/run laporan jam 07:30 bernama pagi")
    operations.save_job(platform, ADMIN, {"job_id": "pagi", "type": "simulation.heavy", "schedule": None})

    said = chat.press("Execute")

    assert said.startswith("Jobs were changed since you were shown the plan.")
    assert "Change: pagi" in said and "risk high" in said
    assert operations.get_job(platform, ADMIN, "pagi").spec.type == "simulation.heavy"


def test_exec_sets_up_at_once_what_is_clear_and_harmless(platform, chat):
    assert chat.say("/exec backup jam 01:30").startswith("backup-export is set up.\nnext ")
    assert jobs(platform) == ["backup-export"]


@pytest.mark.parametrize(
    "sentence", ['jalankan "python3 x.py" besok jam 9', "POST https://example.com/hook every 5 minutes"]
)
def test_exec_shows_first_what_may_do_harm(platform, chat, sentence):
    assert "risk high" in chat.say(f"/exec {sentence}")
    assert chat.labels == ["Execute", "Cancel"]
    assert jobs(platform) == []


def test_exec_shows_first_what_changes_a_job(platform, chat):
    operations.save_job(platform, ADMIN, {"job_id": "pagi", "type": "report.daily", "schedule": {"cron": "0 1 * * *"}})

    said = chat.say("/exec laporan jam 07:30 bernama pagi")

    assert "Change: pagi" in said and "• schedule.cron: 0 1 * * * → 30 7 * * *" in said
    assert operations.get_job(platform, ADMIN, "pagi").spec.schedule.cron == "0 1 * * *"


def test_what_is_open_comes_back_as_buttons_and_the_answer_goes_on(platform):
    chat = Chat(platform, language=Language.ID)

    assert chat.say("/exec laporan harian").startswith("jam berapa?\nTekan satu jawaban")
    assert chat.labels == ["jam 07:00", "jam 12:00", "jam 19:00", "Batal"]
    assert jobs(platform) == []
    assert chat.press("jam 07:00").startswith("report-daily dibuat.")
    assert operations.get_job(platform, ADMIN, "report-daily").spec.schedule.cron == "0 7 * * *"


def test_a_sentence_that_names_nothing_to_run_is_answered_with_what_can(platform, chat):
    said = chat.say("/run make me a sandwich every minute")

    assert said.startswith("I do not see what should run.") and "/run report every weekday at 7pm" in said
    assert chat.labels == []


def test_what_runs_now_is_followed_and_marked_as_the_planners(platform, chat):
    said = chat.say("/exec backup sekarang", update=4)
    chat.say("/exec backup sekarang", update=4)

    (run,) = runs(platform)
    assert f"its run: {run.run_id}" in said
    assert (run.source, run.actor) == ("planner", "ana")
    assert chat.last.live.argument == run.run_id


def test_the_name_of_a_job_is_not_taken_for_a_sentence(platform, chat):
    operations.save_job(platform, ADMIN, {"job_id": "backup", "type": "simulation.heavy", "schedule": None})

    assert chat.say("/run backup").startswith("backup is a job that exists.")
    assert chat.labels == ["Run backup"]
    assert runs(platform) == ()


@pytest.mark.parametrize("words", ["", "ab", "x" * 1001])
def test_a_sentence_has_a_length(chat, words):
    assert chat.say(f"/run {words}").startswith("Say what should run and when (3 to 1000 characters)")


def test_what_is_out_of_reach_says_so_and_has_no_button(platform, chat):
    chat.say("/run hapus job nightly tiap hari")

    assert "Execute" not in chat.labels


@pytest.mark.parametrize("name", ["execute", "answer_exec", "answer_run", "start_anyway", "with_note", "keep", "again"])
def test_what_only_buttons_ask_for_cannot_be_written(platform, chat, name):
    assert chat.say(f'/{name} ["backup now", 0, ""]').startswith(f"/{name} is not a command.")
    assert jobs(platform) == []
