"""Who somebody in a chat is: a one-time code makes him a person, and he may what that person may at this moment."""

import json
import secrets

import pytest

from runners.connector.asker import Allowed
from runners.connector.channel import Incoming
from runners.connector.hearing import Ear
from runners.engine import operations
from runners.engine.errors import NotFound
from runners.engine.operations import Actor, Role
from runners.engine.store.audit import AuditFilter, list_entries
from tests.connector.bot_api import CHAT, SENDER
from tests.connector.looking import told
from tests.planted import PASSWORD

ADMIN = Actor("ana", Role.ADMIN, "cli")
ALLOWED = Allowed(frozenset({str(CHAT)}), frozenset({str(SENDER)}))
NOBODY_LISTED = Allowed(frozenset({str(CHAT)}), frozenset())


@pytest.fixture
def server_env(server_env):
    """With sign-in."""
    return server_env | {"AUTH_ENABLED": "true", "AUTH_ADMIN_TOKEN": secrets.token_hex(32)}


@pytest.fixture
def platform(platform):
    """With one operator and one job in it."""
    operations.create_person(platform, ADMIN, "ada", Role.OPERATOR, PASSWORD)
    operations.save_job(platform, ADMIN, {"job_id": "nightly", "type": "simulation.heavy", "schedule": None})
    return platform


class Talk:
    """Says things to the platform as one account hears them, without a channel."""

    def __init__(self, platform, allowed=NOBODY_LISTED):
        self.ear = Ear(platform, "default", allowed, 4096)
        self.number = 0

    def say(self, text, chat=CHAT, sender=SENDER, number=None):
        self.number += 1
        update = Incoming(number or self.number, str(chat), str(sender), text, name="@ada")
        return [saying.text for saying in self.ear.hear(update).sayings]


def linked(platform):
    talk = Talk(platform)
    talk.say(f"/link {operations.link_chat(platform, ADMIN, 'ada').text}")
    return talk


def test_a_code_makes_a_sender_the_person_and_counts_once(platform):
    code = operations.link_chat(platform, ADMIN, "ada").text
    talk = Talk(platform)

    first, again = talk.say(f"/link {code}"), talk.say(f"/link {code}", sender=77)

    assert first == ["You are ada here from now on, with the role operator. /help lists what you can ask."]
    assert again == ["This code does not count: it is wrong, was used, or its ten minutes are over; make a new one"]
    assert [(link.sender, link.person, link.calls_himself) for link in operations.list_chats(platform, ADMIN).rows] == [
        (str(SENDER), "ada", "@ada")
    ]
    assert [event.data["person"] for event in told(platform, "connector.person_linked")] == ["ada"]


def test_who_chose_a_language_is_answered_in_it_here_too(platform):
    talk = linked(platform)
    talk.say("/language id")

    assert talk.say("/link nope")[0].startswith("Kode ini tidak berlaku")
    assert talk.say("/link")[0].startswith("Kode yang mana?")


def test_a_code_that_is_heard_twice_by_one_update_is_answered_alike(platform):
    code = operations.link_chat(platform, ADMIN, "ada").text
    talk = Talk(platform)

    assert talk.say(f"/link {code}", number=7) == talk.say(f"/link {code}", number=7)


def test_a_code_has_128_bits_ends_after_ten_minutes_and_is_kept_as_a_digest(platform):
    code = operations.link_chat(platform, ADMIN, "ada").text

    keys = platform.store.redis.keys("*chat:code:*")
    lives_ms = platform.store.redis.pttl(keys[0])

    assert len(code) == 22
    assert 590_000 < lives_ms <= 600_000
    assert code not in keys[0] + platform.store.redis.get(keys[0])
    platform.store.redis.delete(keys[0])
    assert Talk(platform).say(f"/link {code}")[0].startswith("This code does not count")


def test_a_linked_person_acts_as_himself_and_the_audit_names_him_and_the_chat(platform):
    talk = linked(platform)

    talk.say("/pause nightly")

    entry = list_entries(platform.store, AuditFilter(object="job:nightly"), limit=1).rows[0]
    assert [entry.said[word] for word in ("actor", "role", "surface")] == ["ada", "operator", "chat"]
    assert entry.said["request_id"] == f"telegram:default:{CHAT}:2"


def test_what_a_person_may_is_looked_up_each_time(platform):
    talk = linked(platform)
    assert talk.say("/pause nightly")[0].startswith("Job nightly is paused")

    operations.change_person(platform, ADMIN, "ada", role=Role.VIEWER)
    assert talk.say("/resume nightly") == [
        "You are viewer; that needs operator, which an admin can make you. /help lists what you can ask."
    ]
    operations.change_person(platform, ADMIN, "ada", disabled=True)
    assert talk.say("/status") == []
    operations.change_person(platform, ADMIN, "ada", disabled=False, role=Role.OPERATOR)
    assert talk.say("/resume nightly")[0].startswith("Job nightly goes on")
    operations.unlink_chat(platform, ADMIN, "telegram", str(SENDER))
    assert talk.say("/status") == []


def test_somebody_made_again_under_the_name_of_one_who_is_gone_has_none_of_his_chats(platform):
    talk = linked(platform)

    operations.delete_person(platform, ADMIN, "ada")
    operations.create_person(platform, ADMIN, "ada", Role.ADMIN, PASSWORD)

    assert talk.say("/status") == []


def test_with_sign_in_a_listed_sender_must_link_himself_and_a_stranger_hears_nothing(platform):
    talk = Talk(platform, ALLOWED)

    assert talk.say("/status")[0].startswith("I do not know who you are")
    assert talk.say("/status", sender=666) == []
    assert talk.say("/link x", chat=666) == []
    assert {event.data["reason"] for event in told(platform, "telegram.command.rejected")} == {
        "sender is linked to no person",
        "chat is not in TELEGRAM_ALLOWED_CHATS",
    }


def test_guessing_codes_is_answered_ten_times(platform):
    talk = Talk(platform)

    answers = [talk.say(f"/link guess-{number}") for number in range(12)]

    assert [bool(answer) for answer in answers] == [True] * 10 + [False] * 2
    assert talk.say(f"/link {operations.link_chat(platform, ADMIN, 'ada').text}") == []


def test_one_links_and_unlinks_oneself(platform):
    ada = Actor("ada", Role.OPERATOR, "page")
    Talk(platform).say(f"/link {operations.link_own_chat(platform, ada).text}")

    assert [link.sender for link in operations.own_chats(platform, ada)] == [str(SENDER)]
    with pytest.raises(NotFound):
        operations.unlink_own_chat(platform, Actor("bob", Role.ADMIN, "page"), "telegram", str(SENDER))
    operations.unlink_own_chat(platform, ada, "telegram", str(SENDER))
    assert operations.own_chats(platform, ada) == []


def test_no_code_is_told_in_any_event_or_audit_entry(platform):
    code = operations.link_chat(platform, ADMIN, "ada").text
    Talk(platform).say(f"/link {code}")

    entries = list_entries(platform.store, AuditFilter(), limit=100).rows
    events = [event.data for event in told(platform, None)]

    assert code not in json.dumps(events) + str(entries)
