"""The connector against a Bot API: what it survives, and what it never tells."""

import json
import logging
from dataclasses import replace

import pytest
from redis.exceptions import ConnectionError as RedisAway

from runners.connector import account, conversation, health, hearing, outbox
from runners.engine.protocol import events
from runners.engine.store import chats, processes
from runners.engine.store.connectors import list_connectors
from tests.backup.families import kept
from tests.connector.bot_api import TOKEN
from tests.connector.looking import state, told
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("quick")


def settled(platform, identity, update_id):
    """Have a bot settle one update, in a process that ends then."""
    served = account.Account(platform.store, identity)
    served.take_turn()
    served.beat()
    served.settle(update_id)
    served.give_up_turn()


def test_an_update_that_comes_again_is_answered_once(platform, api, start):
    api.repeats = True
    api.say("/status")
    api.say("/help")

    start()

    wait_until(lambda: len(api.polls) > 5)
    assert len(api.sent) == 2


def test_a_new_process_goes_on_where_the_last_one_stopped(platform, api, start):
    api.say("/status")
    end = start()
    wait_until(lambda: api.sent)
    end()
    api.repeats = True
    api.say("/help")

    start()

    wait_until(lambda: len(api.sent) > 1)
    wait_until(lambda: len(api.polls) > 5)
    assert [text.splitlines()[0] for text in api.texts] == [
        "Online: schedulers 0, workers 0",
        "/run SENTENCE: show what a sentence would set up, before anything is made",
    ]


def test_another_bot_does_not_inherit_the_offset(platform, api):
    settled(platform, "1", 9_999)

    second, again = (account.Account(platform.store, identity) for identity in "21")
    for served in (second, again):
        served.take_turn()
        served.give_up_turn()

    assert (second.offset, again.offset) == (0, 10_000)


def test_a_bot_that_heard_nothing_for_a_week_takes_lower_ids(platform, api, start, monkeypatch):
    monkeypatch.setattr(conversation, "IDS_LAST", conversation.IDS_LAST * 0)
    settled(platform, TOKEN.partition(":")[0], 9_999_999)
    api.say("/status")

    start()

    wait_until(lambda: api.sent)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (500, b"<html>" + b"x" * 100_000, "the Bot API answered 500 with something else than its JSON"),
        (200, b"<html>sign in to this network</html>", "the Bot API answered 200 with something else than its JSON"),
        (200, b"", "the Bot API answered 200 with something else than its JSON"),
        (200, b"[" * 100_000, "the Bot API answered 200 with something else than its JSON"),
        (200, b"[]", "the Bot API answered 200 with something else than its JSON"),
        (200, {"ok": True, "result": 5}, "the answer cannot be read: "),
        (502, {"ok": False, "error_code": 502, "description": "Bad Gateway"}, "Bad Gateway"),
        (
            409,
            {"ok": False, "error_code": 409, "description": "terminated"},
            "another program reads this bot's messages",
        ),
        (401, {"ok": False, "error_code": 401, "description": "Unauthorized"}, "the Bot API does not accept the token"),
    ],
)
def test_a_fault_of_the_bot_api_degrades_the_account_until_it_is_reached_again(
    platform, api, start, noted, status, body, error
):
    api.fail("getUpdates", status, body)
    api.say("/help")

    start()

    wait_until(lambda: api.sent)
    degraded = noted[0]
    assert (degraded.status, degraded.last_error[: len(error)]) == ("degraded", error)
    assert len(degraded.last_error) < 400
    online = state(platform)
    assert (online.status, online.last_error, online.reconnect_count) == ("online", None, 1)


@pytest.mark.parametrize(("asked", "kept_to"), [(17, 17), (10**30, 3600)])
def test_a_bot_api_that_asks_to_wait_is_left_alone_so_long(platform, api, start, monkeypatch, asked, kept_to):
    waited = []

    async def sleep(seconds):
        waited.append(seconds)

    for room in (conversation, outbox):
        monkeypatch.setattr(room, "sleep", sleep)
    flood = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": asked}}
    api.fail("getUpdates", 429, flood)
    api.fail("sendMessage", 429, flood)
    api.fail("sendMessage", 429, b"<html>")
    api.say("/help")

    start()

    wait_until(lambda: api.sent)
    assert waited == [kept_to, kept_to, 2 * health.FIRST_WAIT.total_seconds()]
    assert len(api.sent) == 1


def test_what_broke_a_talk_is_named(platform, api, start, monkeypatch):
    async def broken(talk):
        talk._account.take_turn()
        raise ExceptionGroup("two parts of it", [KeyError("x"), ValueError("y")])

    monkeypatch.setattr(conversation.Conversation, "run", broken)

    start()

    wait_until(lambda: (found := state(platform)) and found.last_error == "its talk broke: KeyError, ValueError")


def test_a_reply_that_is_refused_holds_up_no_other(platform, api, start):
    api.fail(
        "sendMessage", 403, {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
    )
    api.say("/status")
    api.say("/help")

    start()

    wait_until(lambda: api.sent)
    assert api.texts[0].startswith("/run SENTENCE")
    failed = told(platform, "telegram.command.failed")
    assert [event.data["error"] for event in failed] == ["Forbidden: bot was blocked by the user"]


@pytest.mark.parametrize("faults", [3, 7])
def test_a_reply_that_fails_waits_and_goes_out_once(platform, api, start, faults):
    for _ in range(faults):
        api.fail("sendMessage", 500, b"<html>")
    api.say("/status")
    api.say("/help")

    start()

    wait_until(lambda: len(api.sent) == 2)
    wait_until(lambda: chats.waits_for(platform.store, "telegram:default") == 0)
    assert sorted(text.split()[0] for text in api.texts) == ["/run", "Online:"]
    assert told(platform, "telegram.command.failed") == ()
    assert len(told(platform, "telegram.command.received")) == 2


def test_a_store_that_is_away_for_a_moment_loses_no_command(platform, api, start, monkeypatch):
    real, faults = events.append, iter([RedisAway("away")])

    def append(*args, **kwargs):
        for fault in faults:
            raise fault
        return real(*args, **kwargs)

    monkeypatch.setattr(hearing.events, "append", append)
    monkeypatch.setattr(conversation, "STORE_WAIT_SEC", 0)
    api.say("/status")

    start()

    wait_until(lambda: api.sent)
    assert len(api.sent) == 1


def test_the_process_tells_that_it_starts_lives_and_stops(platform, api, start):
    end = start()
    wait_until(lambda: (known := state(platform)) and known.status == "online")
    alive = processes.list_processes(platform.store)

    end()

    assert [(process.type, process.status) for process in alive] == [("connector", "online")]
    assert alive[0].doing in ("starting", "telegram default: online")
    assert [event.type for event in told(platform, "system.*")] == [
        "system.connector_started",
        "system.connector_stopped",
    ]
    assert [process.status for process in processes.list_processes(platform.store)] == ["offline"]
    assert state(platform).status == "offline"


def test_without_an_account_it_idles_and_says_so(platform, api, start):
    end = start(replace(platform, settings=replace(platform.settings, telegram_bot_token=None)))

    idle = wait_until(lambda: state(platform))
    end()

    assert idle.status == "offline"
    assert idle.last_error == "no account is configured; set TELEGRAM_BOT_TOKEN, or add one under Connectors"
    assert api.polls == []


def test_the_token_is_told_nowhere(platform, api, start, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    api.fail("getUpdates", 404, {"ok": False, "description": f"no bot {TOKEN}"})
    api.fail("getUpdates", 400, {"ok": False, "description": f"bad url /bot{TOKEN}/getUpdates"})
    for method in ("sendMessage", "answerCallbackQuery"):
        api.fail(method, 400, {"ok": False, "error_code": 400, "description": f"bad url /bot{TOKEN}/{method}"})
    api.say("/help")
    api.say("/status")
    end = start()
    wait_until(lambda: api.sent)
    api.press("none:0")
    wait_until(lambda: not api.faults["answerCallbackQuery"])

    end()

    shown = [event.data for event in told(platform, None)] + [str(list_connectors(platform.store))]
    seen = (
        json.dumps(shown)
        + caplog.text
        + "".join(capfd.readouterr())
        + repr(kept(platform.store))
        + repr(platform.settings)
    )
    assert TOKEN not in seen
    assert TOKEN.partition(":")[2] not in seen
