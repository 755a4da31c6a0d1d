"""A button counts once, for the one to whom it was dealt, where it stands, as long as he may: on both channels."""

import json

import pytest

from runners.engine import operations
from runners.engine.operations import Role
from runners.engine.settings.secrets import token_digest
from tests.connector import slack_api
from tests.connector.doors import ADMIN
from tests.planted import PASSWORD

pytestmark = pytest.mark.slow
PAUSE = ("/pause", "Pause everything")
NOT_YOURS = "This button is not yours to press here"
OVER = "This button was used, or its time is over; ask again"

BY_OTHERS = {
    "a stranger": {"who": "stranger"},
    "a stranger elsewhere": {"who": "stranger", "chat": "away"},
    "another person": {"who": "bob"},
    "another person in another chat": {"who": "bob", "chat": "there"},
    "its owner in another chat": {"chat": "there"},
    "its owner in a chat that is not allowed": {"chat": "away"},
    "its owner in private": {"chat": "direct"},
}
FORGED = [
    "",
    "0",
    ":",
    "{}",
    "{}:",
    "{}:-1",
    "{}:99",
    "{}:0\n",
    "{}:\uff10",
    "{} :0",
    "{}:0:0",
    "x{}:0",
    "{}:0" * 9,
    "*:0",
    "../{}:0",
]


def unlinked(doors, door):
    doors.unlink(door, "ada")
    return lambda: doors.link(door, "ada")


def disabled(doors, door):
    operations.change_person(doors.platform, ADMIN, "ada", disabled=True)
    return lambda: operations.change_person(doors.platform, ADMIN, "ada", disabled=False)


def lowered(doors, door):
    operations.change_person(doors.platform, ADMIN, "ada", role=Role.VIEWER)
    return lambda: operations.change_person(doors.platform, ADMIN, "ada", role=Role.OPERATOR)


def expired(doors, door):
    redis = doors.platform.store.redis
    for key in redis.keys("*chat:card:*"):
        redis.pexpire(key, 0)
    return lambda: None


def given_to_another(doors, door):
    doors.unlink(door, "ada")
    doors.link(door, "bob", by="ada")
    return lambda: (doors.unlink(door, "ada"), doors.link(door, "ada"))


SINCE_THEN = {
    unlinked: NOT_YOURS,
    disabled: NOT_YOURS,
    lowered: "You are viewer; that needs operator, which an admin can make you. {help} lists what you can ask.",
    expired: OVER,
    given_to_another: NOT_YOURS,
}


def test_pressed_by_the_one_to_whom_it_was_dealt_it_counts_and_pressed_again_it_does_not(doors):
    for door in doors.both:
        began, press = len(doors.done()), door.dealt(*PAUSE)

        press()
        done = doors.done()
        door.write("/resume")
        before = doors.effects()

        assert done[began:] == [("ada", "pause_queue", "everything")]
        assert [press(), press("bob")] == [[OVER], [OVER]]
        assert doors.effects() == before


@pytest.mark.parametrize("way", BY_OTHERS)
def test_pressed_by_another_or_elsewhere_it_does_nothing(doors, way):
    for door in doors.both:
        press = door.dealt(*PAUSE)
        before = doors.effects()

        assert press(**BY_OTHERS[way]) == [NOT_YOURS]
        assert doors.effects() == before


@pytest.mark.parametrize("since", SINCE_THEN, ids=lambda since: since.__name__)
def test_what_happened_since_it_was_dealt_counts(doors, since):
    for door in doors.both:
        press, mend = door.dealt(*PAUSE), since(doors, door)
        try:
            before = doors.effects()
            said = press()
            assert doors.effects() == before
            assert SINCE_THEN[since].format(help=door.help) in said
        finally:
            mend()


def test_what_is_forged_is_no_button(doors):
    for door in doors.both:
        press = door.dealt(*PAUSE)
        before = doors.effects()

        for forged in FORGED:
            assert press(back=forged.replace("{}", press.card)) in ([OVER], [NOT_YOURS]), forged
        assert doors.effects() == before


def test_under_another_text_or_without_its_message_it_does_nothing(doors):
    telegram = doors.telegram
    press = telegram.dealt(*PAUSE)
    before = doors.effects()

    assert press(text="Approve a rose?") == [NOT_YOURS]
    query = {"id": "q", "from": telegram.person("ada"), "chat_instance": "1", "data": press.back}
    for broken in ({"data": 7}, {"from": None}, {"message": 7}, {"data": ["x"]}):
        update = {"callback_query": query | broken}
        assert telegram.heard(lambda update=update: telegram.api.add(update)) == []
    for more in ({}, {"inline_message_id": "i"}):
        update = {"callback_query": query | more}
        assert telegram.heard(lambda update=update: telegram.api.add(update)) == [NOT_YOURS]
    assert doors.effects() == before


PAYLOADS = {
    "another workspace": ({"team": {"id": "T9"}, "user": {"id": "U1", "team_id": "T9"}}, []),
    "another workspace in a shared channel": ({"user": {"id": "U1", "team_id": "T9"}}, []),
    "an app in another workspace": ({"team": {"id": "T9"}}, []),
    "a forged channel": ({"channel": {"id": "C2"}, "container": {"channel_id": "C1", "message_ts": "1"}}, [NOT_YOURS]),
    "a forged user": ({"user": {"id": "U2", "username": "ada", "name": "ada"}}, [NOT_YOURS]),
    "no user": ({"user": None}, []),
    "no channel": ({"channel": None}, []),
    "no message": ({"container": {"type": "view"}}, []),
    "no button": ({"actions": []}, []),
    "an organization's": ({"team": None}, []),
    "another kind": ({"type": "view_submission"}, []),
    "a shortcut": ({"type": "message_action"}, []),
    "an unheard kind": ({"type": "block_suggestion"}, []),
}


@pytest.mark.parametrize("way", PAYLOADS)
def test_a_forged_payload_is_no_press(doors, way):
    press = doors.slack.dealt(*PAUSE)
    changed, said = PAYLOADS[way]
    payload = json.loads(slack_api.pressed(press.back, press.number)["payload"]) | changed
    before = doors.effects()
    outside = slack_api.typed("/pause nightly")  # what stands beside a payload says nothing

    assert doors.slack.heard(lambda: doors.slack.post(outside | {"payload": json.dumps(payload)})) == said
    assert doors.effects() == before


@pytest.mark.parametrize("channel", [0, 1], ids=["telegram", "slack"])
def test_a_code_counts_once_for_one_who_writes_it_in_an_allowed_chat_in_time(doors, channel):
    door = doors.both[channel]
    no_code = "This code does not count: it is wrong, was used, or its ten minutes are over; make a new one"
    operations.create_person(doors.platform, ADMIN, f"eve-{channel}", Role.ADMIN, PASSWORD)
    late, code = (operations.link_chat(doors.platform, ADMIN, f"eve-{channel}").text for _ in range(2))
    redis, keys = doors.platform.store.redis, doors.platform.store.keys
    redis.pexpire(keys.chat_code(token_digest(late)), 0)
    before = doors.effects()

    assert door.write(f"/link {code}", "stranger", "away") == []
    guesses = (code[:-1], f"{code}x", code.swapcase(), f"{code}\u200b", "*", late)
    assert [door.write(f"/link {guess}", "stranger")[0] for guess in guesses] == [no_code] * len(guesses)
    assert doors.effects() == before

    assert door.write(f"/link {code}", "new")[0].startswith(f"You are eve-{channel} here from now on")
    before = doors.effects()
    assert [door.write(f"/link {code}", who) for who in ("new", "stranger", "bob")] == [[no_code]] * 3
    assert doors.effects() == before
