"""What replies become on the wire: messages that keep themselves current, files, and texts that are too long."""

from dataclasses import replace

import pytest

from runners.connector import hearing, live
from runners.connector.reply import Command, Document, Reply
from runners.engine import operations
from runners.engine.operations import Actor, Role
from runners.engine.store import pauses
from tests.connector.looking import state, told
from tests.waiting import wait_until

ADMIN = Actor("ana", Role.ADMIN, "api")
pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def answering(monkeypatch):
    """Every command is answered with the reply that the test gives."""

    def give(reply):
        monkeypatch.setattr(hearing, "answer", lambda platform, who, command, chat: reply)

    return give


def kept(platform):
    return platform.store.redis.hlen(platform.store.keys.chat_live("telegram:default"))


def test_a_watched_run_is_one_message_that_is_edited_until_it_ends(platform, api, start, monkeypatch):
    monkeypatch.setattr(live, "EVERY_SEC", 0.05)
    operations.save_job(platform, ADMIN, {"job_id": "nightly", "type": "simulation.heavy", "schedule": None})
    run = operations.run_job(platform, ADMIN, "nightly")
    start()
    api.say("/watch nightly")
    wait_until(lambda: kept(platform) == 1)

    operations.cancel_run(platform, ADMIN, run.run_id)

    wait_until(lambda: kept(platform) == 0)
    assert len(api.sent) == 1
    assert "cancelled" in api.messages[1]["text"]
    assert [asked["message_id"] for asked in api.asked("editMessageText")] == ["1"]


def test_a_watch_ends_when_the_one_who_watches_may_no_more(platform, api, start, monkeypatch):
    monkeypatch.setattr(live, "EVERY_SEC", 0.05)
    operations.save_job(platform, ADMIN, {"job_id": "nightly", "type": "simulation.heavy", "schedule": None})
    operations.run_job(platform, ADMIN, "nightly")
    end = start()
    api.say("/watch nightly")
    wait_until(lambda: kept(platform) == 1)
    end()

    start(replace(platform, settings=replace(platform.settings, telegram_allowed_senders=frozenset())))

    wait_until(lambda: kept(platform) == 0)
    assert api.asked("editMessageText") == []


def test_what_reads_the_same_is_not_edited_and_a_message_that_is_gone_ends(
    platform, api, start, monkeypatch, answering
):
    monkeypatch.setattr(live, "EVERY_SEC", 0.05)
    answering(Reply("still going", live=Command("watch", "run")))
    start()
    api.say("/watch run")
    wait_until(lambda: kept(platform) == 1)
    polls = len(api.polls)
    api.say(None)
    wait_until(lambda: len(api.polls) > polls)
    assert api.asked("editMessageText") == []

    api.fail("editMessageText", 400, {"ok": False, "error_code": 400, "description": "message to edit not found"})
    answering(Reply("further", live=Command("watch", "run")))

    wait_until(lambda: kept(platform) == 0)
    assert api.messages[1]["text"] == "still going"


def test_a_document_goes_out_as_a_file(platform, api, start, answering):
    answering(Reply("the log of a run", document=Document("run.log", "first line\nsecond line\n")))
    api.say("/log run")

    start()

    wait_until(lambda: api.asked("sendDocument"))
    (sent,) = api.asked("sendDocument")
    assert (sent["caption"], sent["document"]) == ("the log of a run", "first line\nsecond line\n")
    assert api.sent == []


def test_what_is_too_long_leads_to_its_page(platform, api, start, answering):
    answering(Reply("x" * 5000, page="/ui/runs/one"))
    api.say("/log run")

    start(replace(platform, settings=replace(platform.settings, public_url="https://ops.example.org")))

    wait_until(lambda: api.sent)
    assert len(api.texts[0]) == 4096
    assert api.texts[0].endswith("x…\nhttps://ops.example.org/ui/runs/one")


def test_a_fault_of_ours_is_answered_and_holds_up_nobody(platform, api, start, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(hearing, "answer", broken)
    api.say("/status")
    api.say("/help")

    start()

    wait_until(lambda: len(api.sent) == 2)
    assert api.texts[0] == "That went wrong here (ZeroDivisionError); the connector's log has more"
    assert [event.data["error"] for event in told(platform, "telegram.command.failed")] == ["ZeroDivisionError"] * 2


def test_a_command_for_another_bot_of_the_group_is_nobodys_here(platform, api, start):
    api.say("/pause@another_bot")
    api.say("/pause@bot4242424")
    api.say("/jobs@BOT424242")
    start()

    wait_until(lambda: api.sent)
    wait_until(lambda: state(platform).offset == api.updates[-1]["update_id"] + 1)
    assert len(api.texts) == 1
    assert not pauses.read(platform.store)
    assert [event.data["command"] for event in told(platform, "telegram.command.received")] == ["jobs"]
