"""What leaks is told from what is flat, warms up, or was killed and began anew."""

import pytest

from tests.faults.holding import Holding, Life, Look

MINUTES = [60.0 * minute for minute in range(31)]


def life(mb, kind="worker", pid=1):
    return Life(kind, pid, [Look(sec, mb(sec)) for sec in MINUTES])


@pytest.mark.parametrize(
    ("mb", "is_flat"),
    [
        (lambda sec: 80.0, True),
        (lambda sec: min(80.0, 40 + sec / 10), True),  # it warms up in seven minutes
        (lambda sec: 80.0 + (60 if sec == 900 else 0), True),  # one look that jumps
        (lambda sec: 80.0 + sec / 300, False),
        (lambda sec: 120.0 - sec / 100, True),
    ],
    ids=["flat", "warming", "jumping", "leaking", "shrinking"],
)
def test_a_life_that_grows_once_it_is_warm_is_not_flat(mb, is_flat):
    assert life(mb).is_flat is is_flat


def test_a_kind_of_which_nobody_lived_long_proves_nothing():
    holding = Holding(deployment=None)
    holding.lives = {1: life(lambda sec: 80.0), 2: Life("web", 2, [Look(0, 80), Look(10, 99)])}

    assert list(holding.problems()) == [
        "no web lived long enough to show what it holds",
        "no scheduler lived long enough to show what it holds",
        "no connector lived long enough to show what it holds",
    ]


@pytest.mark.parametrize("looks", range(6))
def test_a_play_of_a_few_looks_says_nothing_of_what_the_server_keeps(looks):
    holding = Holding(deployment=None)
    holding.server = [Look(sec, sec**2, int(sec)) for sec in range(looks)]

    assert not any("bytes of a run" in one for one in holding.problems())


@pytest.mark.parametrize(("late", "told"), [(1, 0), (2, 1)])
def test_the_server_keeps_no_more_of_a_run_than_before(late, told):
    looks = [
        Look(sec, 5 + sec / 100 + late * max(0, sec - 1200) / 100 - max(0, sec - 1200) / 100, int(sec))
        for sec in MINUTES
    ]
    holding = Holding(deployment=None)
    holding.server = looks

    assert sum("bytes of a run" in one for one in holding.problems()) == told
