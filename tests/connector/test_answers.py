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
        ("/start", "This is multijob."),
        ("/help", "/status  how the platform does"),
        (
            "/status",
            "mode memory\nonline: 0 schedulers, 0 workers\nqueue: 1 waiting, oldest for ",
        ),
        ("/jobs", "2 jobs\nnightly has no schedule\nother has no schedule"),
        ("/jobs night", "1 job\nnightly has no schedule"),
        ("/jobs none-such", "no jobs"),
        ("/runs", "1 run\n"),
        ("/runs queued", "1 run\n"),
        ("/runs failed", "no runs"),
        ("/runs sideways", "'sideways' is not a status; there are queued, running"),
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
    ("code", "words"), [("id", "run sebelumnya masih aktif"), ("en", "an earlier run"), (None, "an earlier run")]
)
def test_why_a_job_waits_is_said_in_the_language_of_the_senders_app(platform, api, start, code, words):
    save(platform, "nightly")
    operations.run_job(platform, OPERATOR, "nightly")
    sender = {"id": SENDER, "is_bot": False, "first_name": "Ada"} | ({"language_code": code} if code else {})
    api.say("/why nightly", **{"from": sender})

    start()

    wait_until(lambda: api.sent)
    assert api.texts[0].startswith(words)


@pytest.mark.parametrize(("text", "reply"), [("/why", "which job?"), ("/why none", "job 'none' does not exist")])
def test_why_needs_a_job(platform, api, start, text, reply):
    api.say(text)

    start()

    wait_until(lambda: api.sent)
    assert api.texts[0].startswith(reply)


def test_a_job_that_is_due_says_when(platform, api, start):
    save(platform, "hourly", schedule={"cron": "0 * * * *"})
    save(platform, "off", enabled=False)
    api.say("/jobs")

    start()

    wait_until(lambda: api.sent)
    assert "hourly next 20" in api.texts[0]
    assert "off disabled" in api.texts[0]


def test_a_long_list_says_how_much_more_there_is(platform, api, start):
    for number in range(20):
        save(platform, f"job-{number:02}")
    api.say("/jobs")

    start()

    wait_until(lambda: api.sent)
    assert api.texts[0].splitlines()[-1] == "and 5 more"


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
    assert api.texts[0].startswith("/status  how")
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


def test_a_run_is_cancelled_once(platform, api, start):
    save(platform, "nightly")
    run_id = operations.run_job(platform, OPERATOR, "nightly").run_id
    for text in ("/cancel", f"/cancel {run_id}", f"/cancel {run_id}"):
        api.say(text)

    start()

    wait_until(lambda: len(api.sent) == 3)
    assert api.texts[0] == "which run? /cancel run"
    assert api.texts[1] == f"{run_id} of nightly is cancelled"
    assert api.texts[2].startswith(f"run '{run_id}' is cancelled; only one that has not ended")
    assert operations.get_run(platform, OPERATOR, run_id).status == "cancelled"


def test_what_is_paused_in_chat_is_paused_once_and_shown(platform, api, start):
    save(platform, "nightly", inputs={"flow_group": "etl"})
    said = (
        "/pause",
        "/pause",
        "/pause flow etl",
        "/pause priority LOW",
        "/pause nightly",
        "/status",
        "/resume",
        "/pause none",
    )
    for text in said:
        api.say(text.replace("LOW", "low"))

    start()

    wait_until(lambda: len(api.sent) == len(said))
    first, again, flow, priority, job, status, resumed, unknown = api.texts
    assert first == again
    assert first.startswith("everything is paused since ")
    assert first.endswith(f" by telegram:{SENDER}")
    assert [text.partition(" since")[0] for text in (flow, priority, job)] == [
        "flow group etl is paused",
        "priority low is paused",
        "nightly is paused",
    ]
    assert status.splitlines()[4:] == [first, priority, "1 flow group paused", "1 job paused"]
    assert resumed == "everything goes on, if nothing else pauses it"
    assert unknown == "job 'none' does not exist"
    assert operations.pauses(platform, OPERATOR).everything is None
