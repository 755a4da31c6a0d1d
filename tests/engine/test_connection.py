"""Clients of the store repeat nothing, wait for nothing for ever, and tell the store's time."""

import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
import redis

from runners.engine.settings import read
from runners.engine.store import Mode, Store, connect, connect_rq
from runners.engine.store.client import in_turn
from runners.engine.store.connection import CONNECTIONS, READ_SEC
from runners.engine.store.keys import Keys
from runners.engine.store.seal import Seal

MODE = Mode("streams", "none", "here")
SEAL = Seal(tuple)


@pytest.fixture
def client(redis_server):
    opened = connect(redis_server.url, read({}))
    yield opened
    opened.close()


@pytest.fixture
def store(client, redis_server):
    rq_client = connect_rq(redis_server.url)
    yield Store(client, rq_client, Keys("mj:"), MODE, SEAL)
    rq_client.close()


def test_one_client_answers_text_and_the_other_bytes(store):
    store.redis.set("mj:probe", "é")

    assert store.redis.get("mj:probe") == "é"
    assert store.rq_redis.get("mj:probe") == "é".encode()
    store.redis.delete("mj:probe")


@pytest.fixture
def mute_server():
    """A server that welcomes everybody and never answers an INCR; yields its address and what it was asked."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve():
            visitor, _ = door.accept()
            with visitor:
                while words := visitor.recv(65536):
                    asked.append(words)
                    if b"INCR" not in words:
                        visitor.sendall(b"+PONG\r\n" if b"PING" in words else b"+OK\r\n" * words.count(b"*"))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"redis://127.0.0.1:{door.getsockname()[1]}", asked
        thread.join()


def test_a_write_whose_reply_does_not_come_is_not_repeated(mute_server, monkeypatch):
    monkeypatch.setattr("runners.engine.store.connection.READ_SEC", 0.2)
    url, asked = mute_server
    client = connect(url, read({}))

    with pytest.raises(redis.TimeoutError):
        client.incr("mj:probe")

    assert b"".join(asked).count(b"INCR") == 1
    client.close()


def test_connections_say_who_they_are_and_are_few(client):
    pool = client.connection_pool

    assert client.client_getname() == "multijob-mj:"
    assert pool.max_connections == CONNECTIONS
    assert pool.connection_kwargs["socket_timeout"] == READ_SEC
    assert pool.connection_kwargs["protocol"] == 2


def test_the_time_is_the_servers(store):
    seconds, micros = store.redis.time()

    assert store.now().tzinfo is UTC
    assert store.now() - datetime.fromtimestamp(seconds + micros / 1e6, UTC) < timedelta(seconds=5)
    assert store.clock_ms_arg() == ""


def test_a_test_brings_its_own_time(store):
    at = datetime(2030, 1, 1, 0, 0, 0, 123_999, tzinfo=UTC)
    clocked = Store(store.redis, store.rq_redis, store.keys, MODE, SEAL, clock=lambda: at)

    assert clocked.now() == at
    assert clocked.clock_ms_arg() == "1893456000123"


def test_a_connection_that_was_closed_meanwhile_is_opened_again_before_it_is_used(client, redis_server):
    client.set("mj:probe", "1")
    ours = client.client_id()
    redis_server.client().client_kill_filter(_id=ours)

    assert client.get("mj:probe") == "1"
    assert client.client_id() != ours
    client.delete("mj:probe")


def test_no_answer_is_left_to_who_comes_next(client):
    connection = client.connection_pool.get_connection()
    connection.send_command("ECHO", "for nobody")
    connection.can_read(READ_SEC)
    client.connection_pool.release(connection)

    assert client.echo("for me") == "for me"


@pytest.mark.parametrize(
    "ask", [lambda client: client.echo("for nobody"), lambda client: in_turn(client, ("ECHO", "for nobody"))]
)
def test_who_is_interrupted_leaves_no_answer_behind(client, monkeypatch, ask):
    connection = client.connection_pool.get_connection()
    client.connection_pool.release(connection)
    with monkeypatch.context() as patched:
        patched.setattr(type(connection), "read_response", interrupted)
        patched.setattr(type(connection), "can_read", lambda *_, **__: False)  # the answer is still on its way
        with pytest.raises(KeyboardInterrupt):
            ask(client)
        patched.undo()
        patched.setattr(type(connection), "can_read", lambda *_, **__: False)

        assert client.echo("for me") == "for me"


def interrupted(*_, **__):
    """As a signal would, between the command and its answer."""
    raise KeyboardInterrupt


def test_commands_in_turn_answer_each_for_itself(client):
    woken, refused, answer = in_turn(client, ("LPOP", "mj:none"), ("NOSUCH", 1), ("ECHO", "here"))

    assert (woken, answer) == (None, "here")
    assert isinstance(refused, redis.ResponseError)


def test_who_finds_no_free_connection_waits_and_is_told(redis_server):
    opened = connect(redis_server.url, read({}))
    opened.connection_pool.timeout = 0.01
    lent = [opened.connection_pool.get_connection() for _ in range(CONNECTIONS)]

    with pytest.raises(redis.ConnectionError, match="No connection available"):
        opened.ping()

    for connection in lent:
        opened.connection_pool.release(connection)
    assert opened.ping()
    opened.close()
