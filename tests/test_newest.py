"""What is remembered of the newest is bounded, and whoever comes again stays."""

from webapp.newest import Newest


def test_the_oldest_go_and_who_is_put_in_again_is_new():
    known: Newest[str, int] = Newest(2)

    for name, value in (("a", 1), ("b", 2), ("a", 3), ("c", 4)):
        known[name] = value

    assert list(known.items()) == [("a", 3), ("c", 4)]


def test_who_is_looked_up_is_no_newer_for_it():
    known: Newest[str, int] = Newest(2)
    known["a"], known["b"] = 1, 2

    assert known.get("a") == 1
    known["c"] = 3

    assert list(known) == ["b", "c"]
