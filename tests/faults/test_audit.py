"""Processes are killed while they change things: every change has its entry, every entry its change, in one chain."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from runners.engine import settings
from runners.engine.audit import Author, Head
from runners.engine.audit_check import Check, entry_of
from runners.engine.errors import StoreAway
from runners.engine.platform import Platform, open_platform
from runners.engine.protocol.pause import limit_flow
from runners.engine.store import audit
from runners.engine.store.audit import read_entry
from runners.engine.store.flow_groups import own_limit
from tests.waiting import wait_until

WRITERS, KILLS, CHANGES = 3, 24, 25


@pytest.fixture
def mode() -> str:
    """A real server: memory dies with its process."""
    return "streams-redis7"


def write_for_ever(env: dict[str, str], group: str) -> None:
    """Raise the limit of a group by one, again and again; who comes behind a killed one goes on where that was."""
    here = open_platform(settings.read(env))
    while True:
        limit = own_limit(here.store, group)
        try:
            limit_flow(here.store, group, limit + 1, Author(f"writer-{os.getpid()}", "system"), limit)
        except StoreAway:
            continue  # too many got ahead


@contextmanager
def writer(env: dict[str, str], group: str) -> Iterator[int]:
    """A process of its own that writes until it is killed."""
    pid = os.fork()
    if pid == 0:
        try:
            write_for_ever(env, group)
        finally:
            os._exit(1)
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        assert os.WIFSIGNALED(status), f"a writer of {group} ended by itself"


@pytest.mark.slow
def test_a_kill_leaves_no_change_without_its_entry_and_no_entry_without_its_change(platform, server_env):
    groups = [f"g{number}" for number in range(WRITERS)]
    struck = 0
    for kill in range(KILLS // WRITERS):
        with writer(server_env, groups[0]), writer(server_env, groups[1]), writer(server_env, groups[2]):
            least = (kill + 1) * CHANGES
            wait_until(lambda least=least: all(own_limit(platform.store, name) >= least for name in groups), 60)
        struck += WRITERS

    print(f"struck {struck} times, each while its process was changing something")
    assert struck == KILLS
    assert changes_of(platform) == {f"flow:{name}": own_limit(platform.store, name) for name in groups}
    check = Check(platform.store.seal.keys)
    check.expect(Head.read(audit.head(platform.store)), "the head")
    for text, place in audit.walk(platform.store):
        check.feed(text, place)
    assert check.finish() == []


def changes_of(platform: Platform) -> Counter[str]:
    """Return how many entries there are about each object."""
    rows = [entry.row for entry in map(read_entry, (text for text, _ in audit.walk(platform.store))) if entry]
    return Counter(str(entry_of(row)["object"]) for row in rows)
