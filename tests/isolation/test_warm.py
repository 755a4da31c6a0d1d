"""Handlers' processes between runs: kept while they may be needed, and no longer."""

import os
import signal
from collections.abc import Iterator

import pytest

from runners.isolation import warm
from runners.isolation.warm import Nursery
from tests.processes import is_alive
from tests.waiting import wait_until


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


def test_a_process_is_taken_again_until_too_many_wait(nursery):
    first, second = nursery.take(), nursery.take()

    nursery.give_back(first, most_idle=1)
    nursery.give_back(second, most_idle=1)

    assert not is_alive(second.keeper.pid)
    assert nursery.take() is first
    nursery.drop(first)
    assert not is_alive(first.keeper.pid)


def test_a_process_that_nobody_needs_ends_after_a_minute(nursery, monkeypatch):
    child = nursery.take()
    nursery.give_back(child, most_idle=1)

    nursery.tend()
    assert is_alive(child.keeper.pid)
    monkeypatch.setattr(warm, "IDLE_SEC", -1)
    nursery.tend()

    assert not is_alive(child.keeper.pid)


def test_a_process_that_died_while_it_waited_is_not_taken(nursery):
    child = nursery.take()
    nursery.give_back(child, most_idle=1)
    os.kill(child.keeper.pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(child.keeper.pid))

    fresh = nursery.take()

    assert fresh is not child
    assert fresh.alive()
    nursery.drop(fresh)


@pytest.mark.parametrize(("concurrency", "cores", "kept"), [(5, 1, 2), (1, 8, 1), (64, 2, 4), (5, None, 2)])
def test_as_many_wait_as_slots_and_cores_can_use(monkeypatch, concurrency, cores, kept):
    monkeypatch.setattr(os, "cpu_count", lambda: cores)

    assert warm.most_idle(concurrency) == kept
