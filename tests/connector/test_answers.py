"""Who is answered in chat, and what the answers say."""

from dataclasses import replace

import pytest

from runners.engine import operations
from runners.engine.operations import Actor, Role
from runners.engine.store.audit import list_turned_away
from tests.connector.bot_api import CHAT, SENDER
from tests.connector.looking import state, told
from tests.waiting import wait_until

OPERATOR = Actor("ada", Role.OPERATOR, "cli")


def save(platform, job_id, **more):
    operations.save_job(platform, OPERATOR, {"job_id": job_id, "type": "simulation.heavy", "schedule": None} | more)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("/start", "Hello. This is multijob"),
        ("/help", "/run SENTENCE: show what a sentence would set up"),
        ("/status", "Online: schedulers 0, workers 0\n"),
        ("/jobs", "Jobs: 2\n• nightly: runs only when asked\n• other: runs only when asked"),
        ("/jobs night", "Jobs: 1\n• nightly: runs only when asked"),
        ("/jobs none-such", "No job has “none-such” in its name, type or tags."),
        ("/runs", "Runs: 1\n"),
        ("/runs queued", "Runs: 1\n"),
        (
            "/runs failed",
            "No run is “failed”, or has it in its id, its job's name or its error. /runs lists the newest.",
        ),
        ("/delete nightly", "/delete is not a command."),
    ],
)
def test_a_command_of_an_allowed_person_is_answered(platform, api, start, text, reply):
    save(platform, "nightly")
    save(platform, "other")
    operations.run_job(platform, OPERATOR, "nightly")
    api.say(text)

    start()

    wait_until(lambda: api.sent)
    assert api.texts[0].startswith(reply)
    assert api.sent[0]["chat_id"] == str(CHAT)
    assert "parse_mode" not in api.sent[0]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("id", "nightly: run sebelumnya masih aktif"),
        ("en", "nightly: an earlier run"),
        (None, "nightly: an earlier run"),
    ],
)
def test_why_a_job_waits_is_said_in_the_language_of_the_senders_app(platform, api, start, code, words):
    save(platform, "nightly")
    operations.run_job(platform, OPERATOR, "nightly")
    sender = {"id": SENDER, "is_bot": False, "first_name": "Ada"} | ({"language_code": code} if code else {})
    api.say("/why nightly", **{"from": sender})

    start()

    wait_until(lambda: api.sent)
    assert api.texts[0].startswith(words)


@pytest.mark.parametrize(("text", "reply"), [("/why", "Which job?"), ("/why none", "No job is called “none”.")])
def test_why_needs_a_job(platform, api, start, text, reply):
    api.say(text)

    start()

    wait_until(lambda: api.sent)
    assert api.texts[0].startswith(reply)


FORWARDED = {"forward_origin": {"type": "hidden_user", "date": 1893456000, "sender_user_name": "x"}}


def test_nobody_else_is_answered_and_nothing_else_counts_as_a_command(platform, api, start):
    api.say("/status", chat=666)
    api.say("/status", sender=666)
    api.say("/status", kind="edited_message", edit_date=1893456001)
    api.say("/status", kind="channel_post")
    api.say("/status", **FORWARDED)
    api.say("/status", **{"from": {"id": 2002, "is_bot": True, "first_name": "bot"}})
    api.say("/status", sender_chat={"id": CHAT, "type": "channel", "title": "x"})
    api.say("/status", via_bot={"id": 5, "is_bot": True, "first_name": "inline"})
    api.say("no command")
    api.say(None)
    api.add({"poll": {"id": "1"}})
    api.say("/help")

    start()

    wait_until(lambda: api.sent)
    assert len(api.sent) == 1
    assert api.texts[0].startswith("/run SENTENCE")
    rejected = told(platform, "telegram.command.rejected")
    assert [event.data["reason"] for event in rejected] == [
        "chat is not in TELEGRAM_ALLOWED_CHATS",
        "sender is not in TELEGRAM_ALLOWED_SENDERS",
    ]
    strangers = list_turned_away(platform.store, 10).rows
    assert {(row.about["chat"], row.about["sender"]) for row in strangers} == {
        ("666", str(SENDER)),
        (str(CHAT), "666"),
    }
    assert {row.about["surface"] for row in strangers} == {"chat"}


@pytest.mark.parametrize("empty", ["telegram_allowed_chats", "telegram_allowed_senders"])
def test_an_empty_list_allows_nobody(platform, api, start, empty):
    settings = replace(platform.settings, **{empty: frozenset()})
    update_id = api.say("/status")

    start(replace(platform, settings=settings))

    wait_until(lambda: (known := state(platform)) and known.offset == update_id + 1)
    assert api.sent == []


def test_a_plan_is_told_as_planned_and_its_execution_as_executed(platform, api, start):
    api.say("/run backup jam 01:30")
    start()
    wait_until(lambda: api.sent)
    assert [event.type for event in told(platform, "telegram.command.*")] == [
        "telegram.command.received",
        "telegram.command.planned",
    ]

    api.press(api.buttons()["Execute"])

    wait_until(lambda: told(platform, "telegram.command.executed"))
    assert [event.data["command"] for event in told(platform, "telegram.command.executed")] == ["execute"]
    assert operations.get_job(platform, OPERATOR, "backup-export").enabled
