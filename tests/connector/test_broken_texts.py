"""What somebody broke among the kept texts of a chat ends with itself: the talk of its account goes on."""

import json

import pytest

from runners.connector import live
from runners.connector.inbox import Inbox
from runners.engine.store import chats

PLACE = "telegram:ops"
KEPT = {
    "chat": "1",
    "number": "2",
    "command": {"name": "help"},
    "sender": "7",
    "language": "en",
    "text": "hello",
    "until_ms": 1,
}


@pytest.fixture
def mode():
    return "memory"


@pytest.mark.parametrize("text", ["zz", "", "7", '{"update_id":"7"}'])
def test_what_is_no_update_is_forgotten_and_hides_no_other(platform, text):
    for one in (text, '{"update_id":8}'):
        chats.receive(platform.store, PLACE, one)

    assert Inbox(platform.store, PLACE).unread() == [{"update_id": 8}]
    assert chats.unread(platform.store, PLACE, 9) == ['{"update_id":8}']


@pytest.mark.parametrize(
    "broken",
    [7, [], {}, KEPT | {"command": None}, KEPT | {"command": 7}, KEPT | {"language": "zz"}, KEPT | {"more": 1}],
)
def test_a_message_that_cannot_be_kept_current_says_so_in_one_way(broken):
    assert live.read(json.dumps(KEPT)).number == "2"

    with pytest.raises((ValueError, TypeError)):
        live.read(json.dumps(broken))
