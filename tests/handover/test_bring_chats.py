"""What a chat has heard, and is to be told, comes along from memory to the server that has appeared."""

from datetime import timedelta

import pytest

from runners.engine.settings import read
from runners.engine.store import chats
from runners.engine.store.chats import Turn
from runners.handover.bring import Bringing
from runners.memory import open_memory

PLACE, HOUR = "telegram:default", timedelta(hours=1)


@pytest.mark.parametrize("mode", ["streams-redis7", "lists-redis3"])
def test_what_a_chat_has_heard_and_is_to_be_told_comes_along(platform):
    source, target = open_memory(read({})).store, platform.store
    turn, card = Turn(source, PLACE, "web-1", HOUR), source.keys.chat_card("dealt")
    turn.take()
    unsaid = chats.saying(source, PLACE, ["a word"])
    turn.change(chats.hearing(source, PLACE, 7), unsaid, chats.keeping(card, {"by": "ada"}, HOUR))

    Bringing(source, target, "web-1").everything()

    assert chats.was_heard(target, PLACE, 7)
    assert chats.next_unsaid(target, PLACE) == "a word"
    assert chats.kept(target, card) == {"by": "ada"}
    assert Turn(target, PLACE, "web-2", HOUR).take() == "web-2"
