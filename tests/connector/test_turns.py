"""Two connectors on one account: one has the turn, the other stands by, and what one began the other does not repeat."""

from datetime import timedelta

import pytest

from runners.connector.account import Account
from runners.engine.store import chats, processes
from runners.engine.store.chats import Turn, TurnLost
from tests.connector.looking import state
from tests.waiting import wait_until

PLACE = "telegram:default"
LONG, SHORT = timedelta(hours=1), timedelta(milliseconds=1)


def test_of_two_one_reads_and_the_other_says_that_it_stands_by(platform, api, start):
    start()
    wait_until(lambda: (known := state(platform)) and known.status == "online")
    end_second = start()

    api.say("/status")
    api.say("/help")

    wait_until(lambda: len(api.sent) == 2)
    doing = wait_until(
        lambda: [one.doing for one in processes.list_processes(platform.store) if "stands by" in one.doing]
    )
    end_second()
    assert doing[0].startswith("telegram default: stands by for connector-")
    assert state(platform).status == "online"
    assert len(api.sent) == 2


@pytest.mark.slow
def test_when_the_one_ends_the_other_takes_over(platform, api, start):
    end_first = start()
    wait_until(lambda: (known := state(platform)) and known.status == "online")
    start()
    end_first()

    api.say("/help")

    wait_until(lambda: api.sent, 30)
    wait_until(lambda: state(platform).status == "online")


def test_whoever_lost_the_turn_changes_nothing_any_more(platform):
    old, new = (Turn(platform.store, PLACE, name, LONG) for name in ("old", "new"))
    assert old.take() == "old"
    assert new.take() == "old"
    old.give_up()
    assert new.take() == "new"

    with pytest.raises(TurnLost):
        old.change(chats.saying(platform.store, PLACE, ["a word"]))

    assert chats.next_unsaid(platform.store, PLACE) is None
    old.give_up()
    assert new.take() == "new"


def test_a_turn_that_is_not_kept_ends_by_itself(platform):
    Turn(platform.store, PLACE, "old", SHORT).take()

    wait_until(lambda: Turn(platform.store, PLACE, "new", LONG).take() == "new")


def test_what_is_to_be_said_is_bounded_and_the_newest_stay(platform, monkeypatch):
    monkeypatch.setattr(chats, "MOST_UNSAID", 3)
    turn = Turn(platform.store, PLACE, "one", LONG)
    turn.take()

    for number in range(5):
        turn.change(chats.saying(platform.store, PLACE, [str(number)]))

    assert chats.waits_for(platform.store, PLACE) == 3
    assert chats.next_unsaid(platform.store, PLACE) == "2"


def test_who_sleeps_through_his_turn_finds_out_before_he_says_anything(platform):
    account = Account(platform.store, "1", owner="sleeper")
    account.take_turn()
    platform.store.redis.set(platform.store.keys.chat_turn(PLACE), "other")

    with pytest.raises(TurnLost):
        account.settle(7, chats.saying(platform.store, PLACE, ["a word"]))

    assert not chats.was_heard(platform.store, PLACE, 7)
    assert account.take_turn() is False
