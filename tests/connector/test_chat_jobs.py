"""Jobs in chat: found, shown, started, switched and paused, by exact names only."""

import pytest

from runners.engine import operations
from runners.engine.operations import Actor, AuditFilter, Preferences, Role, RunFilter
from runners.engine.words import Language
from tests.connector.chatting import Chat

ADMIN = Actor("root", Role.ADMIN, "cli")


@pytest.fixture
def chat(platform):
    return Chat(platform)


def save(platform, job_id, **more):
    operations.save_job(platform, ADMIN, {"job_id": job_id, "type": "simulation.heavy", "schedule": None} | more)


def runs(platform):
    return operations.list_runs(platform, ADMIN, RunFilter(), 100).rows


def test_nothing_there_yet_says_how_to_begin(chat):
    assert chat.say("/jobs") == ("There are no jobs yet. Set one up with a sentence: /run report every weekday at 7pm")


def test_jobs_are_listed_with_what_becomes_of_them(platform, chat):
    save(platform, "asked")
    save(platform, "off", enabled=False)
    save(platform, "over", schedule={"at": "2199-01-01T00:00:00Z"})
    operations.pause_job(platform, ADMIN, "over")

    lines = chat.say("/jobs").splitlines()

    assert lines[0] == "Jobs: 3"
    assert set(lines[1:]) == {"• asked: runs only when asked", "• off: disabled", "• over: paused"}


def test_a_long_list_is_cut_and_leads_to_the_page(platform, chat):
    for number in range(15):
        save(platform, f"job-{number:02}")

    assert chat.say("/jobs").splitlines()[-1] == "… and 3 more"
    assert chat.last.page == "/ui/jobs"


@pytest.mark.parametrize("typed", ["nigtly-report", "nightly-reprot", "Nightly-Report", "nightly"])
@pytest.mark.parametrize("command", ["job", "start", "why", "forecast", "pause", "resume", "enable", "disable"])
def test_a_name_that_is_not_exact_is_offered_and_never_acted_on(platform, chat, command, typed):
    save(platform, "nightly-report")
    save(platform, "quite-another")
    before = len(operations.list_audit(platform, ADMIN, AuditFilter(), 100).rows)

    said = chat.say(f"/{command} {typed}")

    assert said == f"No job is called “{typed}”.\nDid you mean one of these?"
    assert chat.labels == ["nightly-report"]
    assert runs(platform) == ()
    assert len(operations.list_audit(platform, ADMIN, AuditFilter(), 100).rows) == before


def test_what_is_offered_is_asked_as_if_it_had_been_written(platform, chat):
    save(platform, "nightly")

    chat.say("/disable nightyl")
    sure = chat.press("nightly")

    assert sure.startswith("Disable nightly?")
    assert operations.get_job(platform, ADMIN, "nightly").enabled


def test_a_time_behind_the_name_is_kept_when_another_name_is_chosen(platform, chat):
    save(platform, "nightly")

    chat.say("/why nightyl yesterday 02:00")

    assert "did not exist yet" in chat.press("nightly")


def test_a_job_starts_from_chat_once_however_often_the_update_comes(platform, chat):
    save(platform, "nightly", inputs={"allow_overlap": True})

    first, second = chat.say("/start nightly", update=7), chat.say("/start nightly", update=7)

    (run,) = runs(platform)
    assert first == second == f"nightly: queued\n{run.run_id}"
    assert (run.source, run.actor) == ("chat", "ana")
    assert (chat.last.live.name, chat.last.live.argument) == ("watch", run.run_id)


def test_what_holds_a_start_is_said_in_the_persons_language(platform):
    chat = Chat(platform, language=Language.ID)
    save(platform, "nightly")
    chat.say("/start nightly")

    assert chat.say("/start nightly").startswith("nightly tidak dimulai sekarang: run sebelumnya masih aktif")
    assert chat.labels == ["Mengapa?"]
    assert len(runs(platform)) == 1


def test_disabling_asks_once_more_and_naming_the_job(platform, chat):
    save(platform, "nightly")

    assert chat.say("/disable nightly").startswith("Disable nightly? Nothing of it becomes due")
    assert operations.get_job(platform, ADMIN, "nightly").enabled
    chat.press("Disable nightly")

    assert not operations.get_job(platform, ADMIN, "nightly").enabled
    assert chat.press("Enable") == "nightly is enabled: runs only when asked"
    assert operations.get_job(platform, ADMIN, "nightly").enabled


def test_whoever_leaves_it_changes_nothing(platform, chat):
    save(platform, "nightly")
    chat.say("/disable nightly")

    assert chat.press("Leave it as it is") == "Nothing was changed."
    assert operations.get_job(platform, ADMIN, "nightly").enabled


def test_everything_is_paused_only_after_it_was_asked_about(platform, chat):
    assert chat.say("/pause").startswith("Pause everything?")
    assert not operations.pauses(platform, ADMIN)

    paused = chat.press("Pause everything")

    assert paused.startswith("Everything is paused since ") and paused.endswith(" by ana. What runs goes on.")
    assert chat.say("/resume") == "Everything goes on, if nothing else pauses it."
    assert not operations.pauses(platform, ADMIN)


def test_a_kind_without_a_name_is_asked_for_it_unless_a_job_is_called_so(platform, chat):
    assert chat.say("/pause flow").startswith("Which flow group? Write its name: /pause flow NAME.")
    assert chat.say("/resume priority") == "Which priority? /resume priority critical, normal or low."
    assert chat.say("/pause semua").startswith("Pause everything?")
    assert chat.say("/resume all") == "Everything goes on, if nothing else pauses it."

    for name in ("flow", "all"):
        operations.save_job(platform, ADMIN, {"job_id": name, "type": "simulation.heavy", "schedule": None})
        assert chat.say(f"/pause {name}").startswith(f"Job {name} is paused")
    assert not operations.pauses(platform, ADMIN).everything


def test_a_flow_group_a_priority_and_a_job_are_paused_by_their_names(platform, chat):
    save(platform, "nightly", inputs={"flow_group": "etl"})

    said = [chat.say(f"/pause {what}").partition(" since")[0] for what in ("flow etl", "priority rendah", "nightly")]

    assert said == ["Flow group etl is paused", "Priority low is paused", "Job nightly is paused"]
    status = chat.say("/status")
    assert "Paused flow groups: 1 (etl)" in status and "Paused jobs: 1 (nightly)" in status
    assert chat.say("/pause flow none") == "Not done: flow group 'none' does not exist"


def test_times_are_those_of_the_persons_zone_with_its_name(platform, chat):
    operations.choose_preferences(platform, Actor("ana", Role.VIEWER, "page"), Preferences(zone="Asia/Jayapura"))
    save(platform, "once", schedule={"at": "2199-03-01T00:00:00Z"})

    assert "next 1 Mar 2199 09:00 WIT" in chat.say("/job once")


def test_one_job_is_shown_with_what_may_be_done_by_role(platform, chat):
    save(platform, "nightly", schedule={"cron": "0 2 * * *"}, description="sums up the day")

    shown = chat.say("/job nightly").splitlines()

    assert shown[:3] == ["nightly · simulation.heavy", "sums up the day", "every day at 02:00, UTC"]
    assert chat.labels == ["Why?", "Next times", "Run now", "Pause", "Disable"]
    looker = Chat(platform, role=Role.VIEWER)
    looker.say("/job nightly")
    assert looker.labels == ["Why?", "Next times"]


def test_a_forecast_names_the_next_times(platform, chat):
    save(platform, "nightly", schedule={"cron": "0 2 * * *"})

    lines = chat.say("/forecast nightly").splitlines()

    assert lines[0] == "nightly: every day at 02:00, UTC"
    assert len(lines) == 6 and all(line.endswith("02:00 UTC") for line in lines[1:])


def test_markup_in_a_name_is_text_and_control_characters_go(platform, chat):
    assert chat.say("/job <b>x</b>") == "No job is called “<b>x</b>”.\n/jobs lists all of them."
