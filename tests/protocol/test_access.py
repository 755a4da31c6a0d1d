"""People, tokens and the first code as the scripts keep them: names given once, versions that rise, ends that last."""

from datetime import timedelta

import pytest

from runners.engine.protocol import attempts, people, tokens
from runners.engine.protocol.people import Becomes
from runners.engine.protocol.tokens import Draft
from runners.engine.role import Role
from runners.engine.store.people import anybody, find_person, list_people
from runners.engine.store.tokens import TokenStatus, find_token, list_tokens, load_token
from tests.protocol.stage import AUTHOR


def person(stage, name="ana", id="a" * 12, role=Role.ADMIN, code=""):
    return people.create(stage.store, AUTHOR, name, id, role, "hash", code).word


def change(stage, becomes, seen=None, last_admin_stays=True):
    seen = seen or find_person(stage.store, "ana")
    return people.change(stage.store, AUTHOR, seen, becomes, last_admin_stays)


def token(stage, name="ci", id="a" * 12, ends=None, owners=("ana",)):
    return tokens.create(stage.store, AUTHOR, Draft(id, name, Role.VIEWER, "digest", ends, frozenset(owners)))


def test_a_persons_name_is_given_once(stage):
    assert (person(stage), person(stage, id="b" * 12)) == ("ok", "taken")
    assert find_person(stage.store, "ana").id == "a" * 12


def test_each_change_raises_the_version_and_one_that_was_not_seen_is_refused(stage):
    person(stage)
    first = find_person(stage.store, "ana")

    words = [change(stage, Becomes(password=text), first).word for text in ("new", "newer")]

    assert words == ["ok", "stale"]
    assert find_person(stage.store, "ana").version == 2
    assert find_person(stage.store, "ana").password == "new"


def test_a_person_made_again_is_another_one_at_a_later_version(stage):
    person(stage)
    people.delete(stage.store, AUTHOR, find_person(stage.store, "ana"), last_admin_stays=False)
    person(stage, id="b" * 12)

    found = find_person(stage.store, "ana")
    assert (found.id, found.version) == ("b" * 12, 2)


def test_the_last_administrator_stays_whoever_was_one_before(stage):
    person(stage)
    person(stage, "ben", "b" * 12)
    change(stage, Becomes(disabled=True))
    ben = find_person(stage.store, "ben")

    ends = [
        people.change(stage.store, AUTHOR, ben, Becomes(role=Role.VIEWER), True).word,
        people.change(stage.store, AUTHOR, ben, Becomes(disabled=True), True).word,
        people.delete(stage.store, AUTHOR, ben, True).word,
    ]

    assert ends == ["last_admin"] * 3
    assert people.delete(stage.store, AUTHOR, ben, False).word == "ok"


def test_the_first_code_makes_one_person_and_only_while_nobody_is_there(stage):
    minutes = timedelta(minutes=15)
    people.keep_first_code(stage.store, AUTHOR, "old", minutes)
    people.keep_first_code(stage.store, AUTHOR, "code", minutes)

    words = [person(stage, code=code) for code in ("old", "code")] + [person(stage, "ben", "b" * 12, code="code")]

    assert words == ["no_code", "ok", "no_code"]
    assert people.keep_first_code(stage.store, AUTHOR, "more", minutes) == "known"


def test_a_code_is_void_while_a_token_lets_somebody_in(stage):
    people.keep_first_code(stage.store, AUTHOR, "code", timedelta(minutes=15))
    token(stage, ends=stage.clock() + timedelta(hours=1))
    assert (person(stage, code="code"), anybody(stage.store)) == ("no_code", True)

    stage.clock.advance(hours=1)

    assert not anybody(stage.store)
    assert person(stage, code="code") == "ok"


def test_a_tokens_name_is_given_once_until_it_ends(stage):
    ends = stage.clock() + timedelta(hours=1)
    assert (token(stage, ends=ends), token(stage, id="b" * 12)) == ("ok", "taken")

    stage.clock.advance(hours=1)

    assert token(stage, id="b" * 12) == "ok"
    tokens.revoke(stage.store, AUTHOR, find_token(stage.store, "ci"))
    assert token(stage, id="c" * 12) == "ok"


def test_a_revoked_token_stays_revoked_and_is_forgotten_after_a_month(stage):
    token(stage)
    found = load_token(stage.store, "a" * 12)

    assert [tokens.revoke(stage.store, AUTHOR, found) for _ in range(2)] == ["ok", "same"]
    assert load_token(stage.store, found.id).status(stage.clock()) is TokenStatus.REVOKED
    stage.clock.advance(days=31)
    token(stage, "other", "b" * 12)

    assert load_token(stage.store, found.id) is None
    assert tokens.revoke(stage.store, AUTHOR, found) == "gone"


def test_a_use_is_put_down_once_a_minute_and_told_once_a_day(stage):
    token(stage)
    words = []

    for seconds in (0, 59, 1, 86_400):
        stage.clock.advance(seconds=seconds)
        words.append(tokens.note_use(stage.store, AUTHOR, "a" * 12))

    assert words == ["first", "later", "again", "first"]


def test_wrong_credentials_are_counted_for_each_place_alone(stage):
    window = timedelta(hours=1)

    counts = [attempts.count_attempt(stage.store, "token", place, window).count for place in ("a", "a", "b", "a")]

    assert counts == [1, 2, 1, 3]
    assert timedelta() < attempts.count_attempt(stage.store, "token", "a", window).left <= window


@pytest.mark.parametrize("id", ["absent", "a" * 12])
def test_nobody_is_found_by_what_is_broken(stage, id):
    stage.store.redis.hset(stage.store.keys.person("a" * 12), "name", "ana")
    stage.store.redis.hset(stage.store.keys.token("a" * 12), "name", "ci")
    stage.store.redis.hset(stage.store.keys.people_ids, "ana", id)

    assert find_person(stage.store, "ana") is None
    assert load_token(stage.store, id) is None


def test_lists_go_on_where_their_page_ended(stage):
    for number, name in enumerate(("a", "b", "c")):
        person(stage, name, str(number) * 12)
        token(stage, name, str(number) * 12)
        stage.clock.advance(seconds=1)

    people_first, tokens_first = list_people(stage.store, 2), list_tokens(stage.store, 2)
    people_rest = list_people(stage.store, 2, cursor=people_first.next_cursor)
    tokens_rest = list_tokens(stage.store, 2, cursor=tokens_first.next_cursor)

    assert [one.name for one in (*people_first.rows, *people_rest.rows)] == ["a", "b", "c"]
    assert [one.name for one in (*tokens_first.rows, *tokens_rest.rows)] == ["c", "b", "a"]
    assert (people_rest.next_cursor, tokens_rest.next_cursor) == (None, None)
    assert people_first.total == tokens_rest.total == 3
