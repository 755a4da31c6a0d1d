"""Ranges of names: behind one, of those that begin alike, and never before those."""

import pytest

from runners.engine.store.page import names_behind


@pytest.fixture
def mode():
    """Nothing here depends on how runs are queued."""
    return "lists"


@pytest.mark.parametrize(
    ("after", "begins", "found"),
    [
        (None, "", ["a", "ab", "abc", "b"]),
        ("ab", "", ["abc", "b"]),
        (None, "ab", ["ab", "abc"]),
        ("ab", "ab", ["abc"]),
        ("a", "ab", ["ab", "abc"]),
        ("b", "ab", []),
    ],
)
def test_names_are_found_behind_one_and_among_those_that_begin_alike(platform, after, begins, found):
    redis, key = platform.store.redis, "mj:names"
    redis.zadd(key, dict.fromkeys(["a", "ab", "abc", "b"], 0))

    assert redis.zrangebylex(key, *names_behind(after, begins)) == found
