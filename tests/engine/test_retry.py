"""Waits after failures: the last backoff repeats, and cooldowns double up to their limit (contract §6)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runners.engine.job import RetryPolicy
from runners.engine.retry import cooldown, delay


@pytest.mark.parametrize(("attempt", "seconds"), [(0, 1), (1, 2), (2, 5), (3, 5), (9, 5), (10, None), (11, None)])
def test_the_last_backoff_repeats_until_no_attempt_is_left(attempt, seconds):
    policy = RetryPolicy(max_retry=10, backoff_sec=(1, 2, 5))

    assert delay(policy, attempt) == (None if seconds is None else timedelta(seconds=seconds))


def test_no_retry_means_one_attempt():
    assert delay(RetryPolicy(max_retry=0), 0) is None


def test_attempts_count_from_zero():
    with pytest.raises(ValueError, match="attempt -1 is negative"):
        delay(RetryPolicy(), -1)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (2, 0), (3, 120), (4, 240), (5, 480), (7, 1920), (8, 3600), (10**9, 3600)]
)
def test_a_cooldown_doubles_from_the_threshold_up_to_its_limit(failures, seconds):
    rest = cooldown(3, timedelta(seconds=120), timedelta(seconds=3600), failures)

    assert rest == timedelta(seconds=seconds)


@given(st.integers(1, 20), st.integers(10, 86_400), st.integers(0, 10**6), st.integers(0, 60))
def test_a_cooldown_never_shrinks_with_more_failures(threshold, base_sec, more_sec, failures):
    base, maximum = timedelta(seconds=base_sec), timedelta(seconds=base_sec + more_sec)

    assert cooldown(threshold, base, maximum, failures) <= cooldown(threshold, base, maximum, failures + 1) <= maximum
