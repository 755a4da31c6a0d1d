"""The embedded server keeps its records, its lock and its socket as its module says."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import redis

from runners.engine import embedded
from tests.waiting import wait_until


class Starter:
    """Starts embedded servers as the supervisor does, and ends them."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def __call__(self, data_dir: Path) -> subprocess.Popen[bytes]:
        lock = embedded.take_lock(data_dir)
        assert lock is not None
        argv = embedded.command(embedded.require_binary(), data_dir)
        process = subprocess.Popen(argv, pass_fds=(lock,), stdout=subprocess.DEVNULL)
        os.close(lock)
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        embedded.wait_until_it_answers(data_dir, process)
        return process


@pytest.fixture
def start() -> Iterator[Starter]:
    with ExitStack() as stack:
        yield Starter(stack)


def client_of(data_dir: Path) -> closing[redis.Redis]:
    return closing(redis.Redis.from_url(embedded.url_of(data_dir), decode_responses=True, protocol=2))


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_records_survive_the_end_of_the_server(start: Starter, tmp_path: Path, ending: signal.Signals) -> None:
    first = start(tmp_path)
    with client_of(tmp_path) as client:
        client.set("kept", "yes")

    first.send_signal(ending)
    first.wait()
    start(tmp_path)

    with client_of(tmp_path) as client:
        assert client.get("kept") == "yes"


def test_the_lock_is_held_exactly_as_long_as_the_server_lives(start: Starter, tmp_path: Path) -> None:
    process = start(tmp_path)
    while_it_lives = embedded.take_lock(tmp_path)

    process.kill()
    process.wait()

    assert while_it_lives is None
    lock = embedded.take_lock(tmp_path)
    assert lock is not None
    os.close(lock)


def test_it_listens_on_a_private_socket_only_and_evicts_nothing(start: Starter, tmp_path: Path) -> None:
    start(tmp_path)

    with client_of(tmp_path) as client:
        settled = client.config_get(
            "port", "maxmemory-policy", "appendonly", "appendfsync", "save", "hash-max-ziplist-value"
        )

    assert settled == {
        "port": "0",
        "maxmemory-policy": "noeviction",
        "appendonly": "yes",
        "hash-max-ziplist-value": "1024",
        "appendfsync": "everysec",
        "save": "",
    }
    assert embedded.folder_of(tmp_path).stat().st_mode & 0o077 == 0
    assert embedded.socket_path(tmp_path).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["with space", "ünï", "a'b\"c#?%41", "a=b", "deep-" * 30])
def test_any_folder_will_do(start: Starter, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name

    start(folder)

    assert embedded.joined_url(folder) == embedded.url_of(folder)
    with client_of(folder) as client:
        assert client.client_list()
    assert len(os.fsencode(embedded.socket_path(folder))) <= embedded.LONGEST_SOCKET_PATH


def test_two_deep_folders_never_share_a_socket(tmp_path: Path) -> None:
    one, other = (embedded.socket_path(tmp_path / ("x" * 100) / name) for name in ("one", "other"))

    assert one != other


def test_nothing_is_joined_where_nothing_runs(start: Starter, tmp_path: Path) -> None:
    never = embedded.joined_url(tmp_path)
    process = start(tmp_path)
    process.kill()
    process.wait()

    assert never is None
    assert embedded.joined_url(tmp_path) is None


def test_a_server_that_was_left_behind_is_ended_in_order(start: Starter, tmp_path: Path) -> None:
    process = start(tmp_path)

    embedded.shut_down(tmp_path)

    assert wait_until(lambda: process.poll() is not None)
    assert process.returncode == 0
