"""A chat as scripts and transactions keep it: a code counts once, one process has the turn, what is to be said is said once."""

from datetime import timedelta

import pytest

from runners.engine.events import EventType
from runners.engine.protocol import chats as protocol
from runners.engine.protocol.records import Put, Said
from runners.engine.store import chats
from runners.engine.store.chats import Turn, TurnLost
from runners.engine.store.records import load_record, names
from tests.protocol.stage import AUTHOR

PLACE = "telegram:default"
ADA, EVE = '{"id":"a","name":"ada"}', '{"id":"e","name":"eve"}'
LIFE = timedelta(minutes=10)
SAID = Said(EventType.CONNECTOR_PERSON_LINKED, {"person": "ada"})


@pytest.fixture
def mode():
    """Nothing here depends on how runs are queued."""
    return "lists"


def keep(stage, digest="d", whom=ADA):
    protocol.keep_code(stage.store, AUTHOR, "ada", digest, whom, LIFE)


def link(stage, sender="7", digest="d", whom=ADA, expected=0):
    return protocol.link(
        stage.store, AUTHOR, digest, whom, Put("chat", f"telegram:{sender}", {"person_id": "a"}, expected), SAID
    )


def turn(stage, owner):
    return Turn(stage.store, PLACE, owner, timedelta(seconds=6))


def unsaid(stage):
    return stage.store.redis.lrange(stage.store.keys.chat_outbox(PLACE), 0, -1)


def test_a_code_links_one_sender_and_no_second(stage):
    keep(stage)

    assert [link(stage, sender) for sender in ("7", "8")] == ["ok", "no_code"]
    assert names(stage.store, "chat") == ["telegram:7"]


def test_a_code_links_only_to_the_person_whom_it_was_made_for(stage):
    keep(stage)

    assert [link(stage, whom=EVE), link(stage, digest="guessed")] == ["no_code", "no_code"]
    assert names(stage.store, "chat") == []


def test_a_code_ends_by_itself(stage):
    keep(stage)

    assert 0 < stage.store.redis.pttl(stage.store.keys.chat_code("d")) <= LIFE.total_seconds() * 1000


def test_a_link_that_was_changed_meanwhile_keeps_the_code(stage):
    keep(stage)

    assert [link(stage, expected=3), link(stage)] == ["stale", "ok"]
    assert load_record(stage.store, "chat", "telegram:7").version == 1


def test_links_are_bounded_and_a_code_that_finds_no_place_still_counts(stage):
    keep(stage)
    keep(stage, "e")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protocol, "MOST_LINKS", 1)
        assert [link(stage), link(stage, "8", "e")] == ["ok", "full"]

    assert stage.store.redis.get(stage.store.keys.chat_code("e")) == ADA


def test_one_process_has_the_turn_and_only_that_one_changes_anything(stage):
    one, other = turn(stage, "one"), turn(stage, "other")

    assert [one.take(), other.take()] == ["one", "one"]
    with pytest.raises(TurnLost):
        other.change(chats.hearing(stage.store, PLACE, 1))
    assert not chats.was_heard(stage.store, PLACE, 1)
    other.give_up()
    assert one.take() == "one"


def test_an_update_is_heard_together_with_what_is_said_of_it_or_not_at_all(stage):
    one, other = turn(stage, "one"), turn(stage, "other")
    one.take()
    settled = (chats.saying(stage.store, PLACE, ["a"]), chats.hearing(stage.store, PLACE, 1))

    with pytest.raises(TurnLost):
        other.change(*settled)
    assert (unsaid(stage), chats.was_heard(stage.store, PLACE, 1)) == ([], False)
    one.change(*settled)
    assert (unsaid(stage), chats.was_heard(stage.store, PLACE, 1)) == (["a"], True)


def test_what_is_said_leaves_and_the_rest_keeps_its_order(stage):
    chats.do(stage.store, chats.saying(stage.store, PLACE, ["a", "b", "c"]))

    chats.do(stage.store, chats.said(stage.store, PLACE, "a"))
    chats.do(stage.store, chats.put_off(stage.store, PLACE, "b"))

    assert unsaid(stage) == ["c", "b"]


def test_a_message_with_a_key_is_put_out_once(stage):
    assert [chats.say_once(stage.store, PLACE, "a", "k") for _ in range(2)] == [True, False]
    assert unsaid(stage) == ["a"]


def test_what_is_kept_for_a_while_ends_by_itself_and_goes_when_it_is_used(stage):
    key = stage.store.keys.chat_card("card")
    chats.do(stage.store, chats.keeping(key, {"by": "ada"}, LIFE))

    assert 0 < stage.store.redis.pttl(key) <= LIFE.total_seconds() * 1000
    chats.do(stage.store, chats.dropping(key))
    assert chats.kept(stage.store, key) is None


def test_in_ten_minutes_counts_from_when_it_was_heard_first(stage):
    first = chats.first_asked_at(stage.store, "u1")
    stage.clock.advance(seconds=60)

    assert chats.first_asked_at(stage.store, "u1") == first
