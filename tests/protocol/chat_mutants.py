"""Chat with one thing wrong about codes, turns, buttons and what is to be said; see `mutants.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runners.engine.store import chats
from tests.protocol import test_chats
from tests.protocol.mutant import Mutant

NOTHING = ()


def _instead(owner: Any, name: str, other: Any) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(owner, name, other)


def _without_turn(turn: chats.Turn, *changes: chats.Change) -> None:
    chats.do(turn.store, *changes)


def _one_by_one(turn: chats.Turn, *changes: chats.Change) -> None:
    for change in changes[:-1]:
        chats.do(turn.store, change)
    CHANGE(turn, *changes[-1:])


def _said_again(store: Any, place: str, text: str, key: str) -> bool:
    chats.do(store, chats.saying(store, place, [text]))
    return True


CHANGE = chats.Turn.change
MUTANTS = (
    Mutant(
        "a link code counts twice",
        (("make_changes(changes)\ncall('DEL', K('chat:code:' .. digest))", "make_changes(changes)"),),
        killer=test_chats.test_a_code_links_one_sender_and_no_second,
    ),
    Mutant(
        "a link code is anybodys",
        (("if call('GET', K('chat:code:' .. digest)) ~= whom then return 'no_code' end\n", ""),),
        killer=test_chats.test_a_code_links_only_to_the_person_whom_it_was_made_for,
    ),
    Mutant(
        "a link code never ends",
        (
            (
                "call('SET', K('chat:code:' .. digest), whom, 'PX', life_ms)",
                "call('SET', K('chat:code:' .. digest), whom)",
            ),
        ),
        killer=test_chats.test_a_code_ends_by_itself,
    ),
    Mutant(
        "a code is used up by a link that is not made",
        (
            (
                "if not changes then return 'stale' end",
                "if not changes then call('DEL', K('chat:code:' .. digest)) return 'stale' end",
            ),
        ),
        killer=test_chats.test_a_link_that_was_changed_meanwhile_keeps_the_code,
    ),
    Mutant(
        "links have no bound",
        (("if call('ZCARD', K'records:chat') >= most then return 'full' end\n", ""),),
        killer=test_chats.test_links_are_bounded_and_a_code_that_finds_no_place_still_counts,
    ),
    Mutant(
        "whoever lost the turn settles on",
        NOTHING,
        patch=_instead(chats.Turn, "change", _without_turn),
        killer=lambda stage: _red(test_chats.test_one_process_has_the_turn_and_only_that_one_changes_anything, stage),
    ),
    Mutant(
        "an update is settled in two steps",
        NOTHING,
        patch=_instead(chats.Turn, "change", _one_by_one),
        killer=test_chats.test_an_update_is_heard_together_with_what_is_said_of_it_or_not_at_all,
    ),
    Mutant(
        "a message with a key goes out twice",
        NOTHING,
        patch=_instead(chats, "say_once", _said_again),
        killer=test_chats.test_a_message_with_a_key_is_put_out_once,
    ),
    Mutant(
        "what was said stays",
        NOTHING,
        patch=_instead(chats, "said", lambda store, place, text: lambda pipe: None),
        killer=test_chats.test_what_is_said_leaves_and_the_rest_keeps_its_order,
    ),
    Mutant(
        "a button stays when it was pressed",
        NOTHING,
        patch=_instead(chats, "dropping", lambda key: lambda pipe: None),
        killer=test_chats.test_what_is_kept_for_a_while_ends_by_itself_and_goes_when_it_is_used,
    ),
    Mutant(
        "an update that is heard again means another time",
        NOTHING,
        patch=_instead(chats, "first_asked_at", lambda store, request_id: store.now()),
        killer=test_chats.test_in_ten_minutes_counts_from_when_it_was_heard_first,
    ),
)


def _red(test: Callable[..., None], stage: Any) -> None:
    """Let a test that waits for an exception fail as one that compares: by AssertionError."""
    try:
        test(stage)
    except pytest.fail.Exception as failed:
        raise AssertionError(str(failed)) from None
