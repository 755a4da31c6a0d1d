"""The queue mode is found out by using the server; every fault of a server has its own fix, and no password in it."""

import socket
import threading
from contextlib import contextmanager

import pytest

from runners.engine import modes
from runners.engine.errors import ModeRefused, NoServer, StoreAway
from runners.engine.modes.durability import durability
from runners.engine.settings import read
from tests import servers

PASSWORD = "canary-7f3a"


def probe(url, **environ):
    return modes.probe(read({"REDIS_URL": url, **environ}))


@pytest.fixture(scope="module")
def guarded_server():
    """A server with a password, and users that lack one permission each."""
    with servers.running(servers.redis_binary()) as server:
        client = server.client()
        everything = ("on", f">{PASSWORD}", "~*", "&*", "+@all")
        client.execute_command("ACL", "SETUSER", "nostreams", *everything, "-@stream")
        client.execute_command("ACL", "SETUSER", "noscripts", *everything, "-@scripting")
        client.execute_command("ACL", "SETUSER", "nofacts", *everything, "-config", "-info")
        client.execute_command("ACL", "SETUSER", "noping", *everything, "-ping")
        client.execute_command("ACL", "SETUSER", "nokeys", "on", f">{PASSWORD}", "~other:*", "&*", "+@all")
        client.config_set("requirepass", PASSWORD)
        client.close()
        yield server


@pytest.mark.parametrize("url_of", [lambda server: server.url, lambda server: server.tcp_url])
def test_a_server_with_streams_is_used_with_streams_and_left_clean(redis_server, url_of):
    client = redis_server.client()
    client.flushall()

    found = probe(url_of(redis_server))

    assert (found.name, client.dbsize()) == ("streams", 0)
    assert found.server.startswith("redis 7.")
    client.close()


def test_the_embedded_server_names_itself(embedded_server):
    assert probe(embedded_server.url).server.startswith("valkey ")


@pytest.mark.reproduces("It works with lists", "")
def test_a_server_without_streams_is_used_with_lists(renamed_server):
    assert probe(renamed_server.url).name == "lists"


@pytest.mark.reproduces("It works with lists", "")
def test_a_user_who_may_not_use_streams_gets_lists(guarded_server):
    assert probe(f"redis://nostreams:{PASSWORD}@{guarded_server.tcp_url.removeprefix('redis://')}").name == "lists"


def test_a_forced_mode_is_kept_or_refused(redis_server, renamed_server):
    assert probe(redis_server.url, QUEUE_MODE="lists").name == "lists"
    assert probe(redis_server.url, QUEUE_MODE="streams").name == "streams"
    with pytest.raises(ModeRefused, match=r"QUEUE_MODE='streams': redis at .* says: .*; use QUEUE_MODE=auto or lists"):
        probe(renamed_server.url, QUEUE_MODE="streams")


@pytest.mark.parametrize(
    ("user", "password", "fault"),
    [
        ("", "wrong", "does not accept the password; correct REDIS_URL or REDIS_PASSWORD"),
        (None, None, "does not accept the password; correct REDIS_URL or REDIS_PASSWORD"),
        ("nobody", PASSWORD, "does not accept the password; correct REDIS_URL or REDIS_PASSWORD"),
        ("noscripts", PASSWORD, "allow EVAL, EVALSHA and these keys to the user in REDIS_URL"),
        ("nokeys", PASSWORD, "allow EVAL, EVALSHA and these keys to the user in REDIS_URL"),
        ("noping", PASSWORD, "does not allow this user to PING"),
    ],
)
@pytest.mark.reproduces("It does not start", "wrong password, TLS or protocol")
def test_credentials_that_do_not_serve_are_refused_with_the_fix(guarded_server, user, password, fault):
    credentials = "" if password is None else f"{user}:{password}@"

    with pytest.raises(ModeRefused) as caught:
        probe(f"redis://{credentials}{guarded_server.tcp_url.removeprefix('redis://')}")

    assert fault in str(caught.value)
    assert PASSWORD not in str(caught.value)


def test_what_the_server_hides_is_unknown(guarded_server):
    found = probe(f"redis://nofacts:{PASSWORD}@{guarded_server.tcp_url.removeprefix('redis://')}")

    assert (found.durability, found.warnings) == ("unknown", ())


def test_what_a_server_may_lose_is_warned_of():
    with servers.running(servers.redis_binary(), ["--maxmemory-policy", "allkeys-lru"]) as server:
        warnings = probe(server.url).warnings

    assert [warning.partition(":")[0] for warning in warnings] == [
        "maxmemory-policy is allkeys-lru",
        "no append-only file",
    ]


def test_a_full_server_still_has_its_streams():
    with servers.running(servers.redis_binary(), ["--maxmemory", "1"]) as server:
        found = probe(server.url)

    assert found.name == "streams"
    assert found.warnings[0].startswith("the server is full")


def test_a_replica_is_refused():
    refusal = pytest.raises(ModeRefused, match="is a read-only replica; set REDIS_URL to its primary")

    with servers.running(servers.redis_binary(), ["--replicaof", "127.0.0.1 1"]) as server, refusal:
        probe(server.url)


def test_only_a_failed_connection_means_that_there_is_no_server():
    with pytest.raises(NoServer, match=r"no server answers at 127\.0\.0\.1:1: Connection refused"):
        probe(f"redis://:{PASSWORD}@127.0.0.1:1")
    with pytest.raises(NoServer, match=r"no server answers at /nowhere/redis\.sock"):
        probe("unix:///nowhere/redis.sock")
    with pytest.raises(NoServer, match="no server is configured; set REDIS_URL"):
        modes.probe(read({}))


def test_a_name_that_no_server_has_is_refused():
    with pytest.raises(ModeRefused, match=r"redis at nobody\.invalid:6379 cannot be reached: .*; correct REDIS_URL"):
        probe("redis://nobody.invalid")


@contextmanager
def speaking(answer):
    """Something that is no Redis: it answers the first words with `answer`, or closes when that is empty."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        over = threading.Event()

        def serve():
            while not over.is_set():
                visitor, _ = door.accept()
                with visitor:
                    if visitor.recv(1024) and answer:
                        visitor.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{door.getsockname()[1]}"
        over.set()
        socket.create_connection(door.getsockname()).close()
        thread.join()


@pytest.mark.parametrize(
    ("scheme", "answer", "error", "fault"),
    [
        ("redis", b"HTTP/1.1 400 Bad Request\r\n\r\n", ModeRefused, "does not speak the Redis protocol"),
        ("redis", b"", ModeRefused, "closes the connection; if it wants TLS, use rediss://"),
        ("redis", b"-ERR max number of clients reached\r\n", StoreAway, "has no connection left"),
        (
            "redis",
            b"-LOADING Redis is loading the dataset in memory\r\n",
            StoreAway,
            "is still loading its records; wait",
        ),
        ("rediss", b"-ERR unknown command\r\n", ModeRefused, "does not speak TLS; use redis:// instead of rediss://"),
    ],
)
def test_a_server_that_is_not_ready_or_not_redis_is_told_apart(scheme, answer, error, fault):
    with speaking(answer) as address, pytest.raises(error, match=fault):
        probe(f"{scheme}://{address}")


def test_memory_is_no_mode_of_a_server(redis_server):
    with pytest.raises(ModeRefused, match="QUEUE_MODE='memory' uses no server"):
        probe(redis_server.url, QUEUE_MODE="memory")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "unknown"),
        ({"appendonly": "no", "save": ""}, "none: a restart of the server loses everything"),
        ({"appendonly": "no", "save": "3600 1"}, "snapshots only (save 3600 1): a crash loses what came after the last one"),
        ({"appendonly": "yes", "appendfsync": "always"}, "append-only file, fsync always: nothing that was acknowledged is lost"),
        ({"appendonly": "yes", "appendfsync": "everysec"}, "append-only file, fsync everysec: a power loss loses about the last second"),
    ],
)  # fmt: skip
def test_durability_is_said_in_words(options, words):
    assert durability(options) == words
