"""Every script is within what Redis 3.2.6 knows: found out without a caller, so that the newest one is looked at too."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from redis import Redis

from runners.engine.protocol.scripts import PARTS, text
from tests.servers import STREAM_COMMANDS, Server

CALLED = re.compile(r"(?:call|collect)\('([A-Z]+)'(.*)")
TEXTS = re.compile(r"'[^']*'")
FIELD_AND_VALUE = 3


@pytest.fixture(scope="module")
def old(redis3_server: Server) -> Iterator[Redis]:
    """A client of the old server."""
    with closing(redis3_server.client()) as client:
        yield client


def calls(name: str) -> list[tuple[str, str]]:
    """Return each command that the script names, with the rest of its line."""
    return CALLED.findall(text(name))


def arguments(rest: str) -> int:
    """Count what a call is given behind its command, up to the bracket that closes it."""
    depth, count = 1, 0
    for sign in TEXTS.sub("", rest):
        depth += sign in "({"
        depth -= sign in ")}"
        count += sign == "," and depth == 1
        if not depth:
            break
    return count


def test_every_script_compiles(old):
    assert all(len(old.script_load(text(name))) == 40 for name in PARTS)


def test_every_command_is_known(old):
    named = {command for name in PARTS for command, _ in calls(name)} - set(STREAM_COMMANDS)

    known = {name.upper() for name in old.execute_command("COMMAND")}

    assert {"ZADD", "HMSET", "SRANDMEMBER"} <= named
    assert named - known == set()


def test_a_hash_gets_one_field_by_hset():
    """Redis 4 is the first that takes more."""
    lines = [(name, rest) for name in PARTS for command, rest in calls(name) if command == "HSET"]

    assert lines
    assert [(name, rest) for name, rest in lines if arguments(rest) > FIELD_AND_VALUE] == []
