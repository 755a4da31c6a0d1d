"""Each door offers every operation, or says why it does not."""

import pytest

from runners.engine.operations import OPERATIONS
from tests.access.doors import DOORS, offered
from tests.access.matrix import lines
from tests.access.parity import ABSENT
from tests.access.test_matrix import section


@pytest.fixture(scope="module")
def doors():
    return offered()


@pytest.mark.parametrize("door", DOORS)
def test_what_a_door_does_not_offer_is_explained_and_nothing_else_is(doors, door):
    explained = [name for names in ABSENT[door].values() for name in names.split()]

    unexplained = sorted(OPERATIONS.keys() - doors[door] - set(explained))
    offered_all_the_same = sorted((doors[door] | (set(explained) - OPERATIONS.keys())) & set(explained))
    assert unexplained == [], f"say in tests/access/parity.py why the {door} does not offer these, or offer them"
    assert offered_all_the_same == [], f"the {door} offers these by now (or they are gone): take them out of parity.py"
    assert len(explained) == len(set(explained)), "one reason for each"
    assert all(len(reason) > 20 for reason in ABSENT[door])


def test_every_operation_stands_behind_some_door(doors):
    assert sorted(OPERATIONS.keys() - frozenset().union(*doors.values())) == []


def test_which_door_offers_what_stands_in_the_matrix(doors):
    rows = [
        (f"{name:<32}{OPERATIONS[name]}", ["yes" if name in doors[door] else "-" for door in DOORS])
        for name in sorted(OPERATIONS)
    ]

    section("parity", lines(rows, DOORS))
