"""What changed between two specs: every path once, and nothing that did not change."""

import pytest

from runners.engine.job.difference import ABSENT, Difference, differences


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({}, {}, ()),
        ({"a": 1}, {"a": 1}, ()),
        ({"a": 1}, {"a": True}, (Difference(("a",), 1, True),)),
        ({"a": 1}, {"a": 1.0}, (Difference(("a",), 1, 1.0),)),
        ({"a": [1]}, {"a": [True]}, (Difference(("a",), [1], [True]),)),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1}]}, ()),
        ({"a": None}, {}, (Difference(("a",), None, ABSENT),)),
        ({}, {"a": None}, (Difference(("a",), ABSENT, None),)),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, (Difference(("a", "c"), 2, 3),)),
        ({"a": {"b": 1}}, {"a": 5}, (Difference(("a",), {"b": 1}, 5),)),
        ({"a": {}}, {"a": {"b.c": 1}}, (Difference(("a", "b.c"), ABSENT, 1),)),
    ],
)
def test_differences(before, after, found):
    assert differences(before, after) == found


def test_what_is_absent_reads_the_same_in_every_process():
    assert repr(Difference(("type",), ABSENT, 1)) == "Difference(path=('type',), before=ABSENT, after=1)"
