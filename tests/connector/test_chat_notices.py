"""What a chat is told without asking: rules that it subscribed to, once for each matter, and not while it is muted."""

from datetime import timedelta

import pytest

from runners.connector.commands.durations import read_duration
from runners.engine import operations
from runners.engine.events import EventType
from runners.engine.operations import Actor, DeliveryFilter, Role
from runners.engine.protocol import events
from runners.engine.words import Language
from runners.notifier.telling import Notifier
from tests.connector.bot_api import CHAT
from tests.connector.chatting import HERE, Chat
from tests.waiting import wait_until

ADMIN = Actor("root", Role.ADMIN, "cli")
MAIL = {"channel": "email", "email": {"to": ["ops@example.org"]}}


@pytest.fixture
def chat(platform):
    return Chat(platform, role=Role.OPERATOR)


def rule(platform, rule_id, wanted=("run.failed",), **more):
    operations.save_rule(platform, ADMIN, rule_id, {"events": list(wanted)} | MAIL | more)


def fails(platform, job_id):
    events.append(platform.store, EventType.RUN_FAILED, {"job_id": job_id, "run_id": "run_x", "error": "no disk"})


@pytest.fixture
def tell(platform):
    """Do what a process that tells does until nothing is left to be sent."""

    def telling():
        notifier = Notifier(platform)
        notifier.step()
        told_all(platform, notifier)

    return telling


def told_all(platform, notifier):
    """Send until nothing is due, and let every thread that sends end: none may reach for a store that is gone."""
    wait_until(lambda: notifier.step() or not due(platform))
    notifier._pool.shutdown(wait=True)
    notifier.close()


def due(platform):
    return platform.store.redis.zcard(platform.store.keys.deliveries_due)


def delivered(platform):
    rows = operations.list_deliveries(platform, ADMIN, DeliveryFilter(), 50).rows
    return sorted((row.rule_id, str(row.status)) for row in rows)


def test_a_chat_hears_what_a_rule_tells_from_then_on_in_the_persons_language(platform, api, tell):
    rule(platform, "night-shift", enabled=True)
    fails(platform, "before")
    happened_at = platform.store.now()
    wait_until(lambda: platform.store.now() > happened_at + timedelta(milliseconds=2))
    chat = Chat(platform, language=Language.ID)

    assert chat.say("/subscribe night-shift") == (
        "Mulai sekarang obrolan ini diberi tahu apa yang diberitahukan night-shift."
    )
    fails(platform, "nightly")
    tell()

    assert [text.splitlines()[0] for text in api.texts] == ["job nightly gagal"]
    assert list(api.buttons()) == ["Log", "Ulangi"]
    assert api.sent[0]["chat_id"] == str(CHAT)


def test_one_message_tells_of_one_matter_whatever_tells_it(platform, api, chat, tell):
    rule(platform, "all", ["run.*"])
    rule(platform, "failed")
    here = {"channel": "telegram", "telegram": {"chat_id": CHAT}, "email": None}
    operations.save_rule(platform, ADMIN, "direct", {"events": ["run.failed"]} | here)
    for name in ("all", "failed", "direct"):
        chat.say(f"/subscribe {name}")
    fails(platform, "nightly")
    tell()

    assert len(api.texts) == 1


def test_a_muted_chat_is_told_nothing_by_any_rule_and_later_again(platform, api, chat, tell):
    here = {"channel": "telegram", "telegram": {"chat_id": CHAT}, "email": None}
    operations.save_rule(platform, ADMIN, "direct", {"events": ["run.failed"]} | here)
    rule(platform, "failed")
    chat.say("/subscribe failed")
    assert chat.say("/mute 2h").startswith("This chat is told nothing until ")
    fails(platform, "nightly")
    tell()
    assert api.texts == []

    assert chat.press("Unmute") == "This chat is told again what happens."
    fails(platform, "weekly")
    tell()

    assert [text.splitlines()[0] for text in api.texts] == ["job weekly failed"]


def test_who_unsubscribes_hears_nothing_more(platform, api, chat, tell):
    rule(platform, "failed")
    chat.say("/subscribe failed")

    assert chat.press("Unsubscribe") == "This chat is no longer told what failed tells."
    fails(platform, "nightly")
    tell()

    assert api.texts == []
    assert operations.get_listener(platform, ADMIN, HERE).rules == {}


def test_what_was_made_before_somebody_unsubscribed_is_not_sent(platform, api, chat):
    rule(platform, "failed")
    chat.say("/subscribe failed")
    fails(platform, "nightly")
    notifier = Notifier(platform)
    notifier._look()
    chat.say("/unsubscribe failed")

    told_all(platform, notifier)

    assert api.texts == []
    assert ("failed@default:1001", "failed") in delivered(platform)


def test_the_list_says_what_there_is_and_what_is_told_here(platform, chat):
    rule(platform, "failed", description="whatever fails")
    rule(platform, "pressure", ["scheduler.pressure_mode_enabled"], enabled=False)
    chat.say("/subscribe failed")

    assert chat.say("/subscribe").splitlines() == [
        "Notification rules:",
        "• failed: whatever fails · told here",
        "• pressure: scheduler.pressure_mode_enabled · disabled",
    ]
    assert chat.labels == ["Subscribe: pressure", "Unsubscribe: failed"]


def test_a_rule_that_is_not_there_is_not_guessed(platform, chat):
    rule(platform, "night-shift")

    assert chat.say("/subscribe nightshift") == "No notification rule is called “nightshift”. /subscribe lists them."
    assert chat.labels == ["Subscribe: night-shift"]
    assert operations.get_listener(platform, ADMIN, HERE).rules == {}


def test_a_chat_subscribes_to_a_bounded_number_of_rules(platform, chat, monkeypatch):
    monkeypatch.setattr("runners.engine.operations.listening.MOST_RULES", 1)
    rule(platform, "one")
    rule(platform, "two")
    chat.say("/subscribe one")

    assert "hears of 1 rules already" in chat.say("/subscribe two")


def test_a_viewer_subscribes_but_does_not_silence_a_chat(platform):
    rule(platform, "failed")
    chat = Chat(platform, role=Role.VIEWER)

    assert chat.say("/subscribe failed").startswith("This chat is told")
    assert chat.say("/mute").startswith("You are viewer")


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("30m", timedelta(minutes=30)),
        ("2 jam", timedelta(hours=2)),
        ("1 hari", timedelta(days=1)),
        ("7D", timedelta(days=7)),
        ("8d", None),
        ("0m", None),
        ("soon", None),
        ("9999 years", None),
        ("-1h", None),
    ],
)
def test_a_duration_is_read_in_both_languages(typed, length):
    assert read_duration(typed) == length


def test_what_is_no_duration_mutes_nothing(platform, chat):
    assert chat.say("/mute soon").startswith("“soon” is not a time from a minute to a week.")
    assert operations.get_listener(platform, ADMIN, HERE).muted_until is None
