"""The longest files begin first."""

from pathlib import Path

import pytest

from tests.longest import FILES, TESTS, ranks


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_begins_first_is_there(name: str) -> None:
    assert (TESTS / name).is_file()


def test_the_longest_begin_first_and_then_those_with_the_most_tests() -> None:
    few, many, longest, next_longest = Path("few"), Path("many"), TESTS / FILES[0], TESTS / FILES[1]

    order = ranks([few, many, next_longest, many, longest])

    assert sorted(order, key=lambda path: order[path]) == [longest, next_longest, many, few]
