"""Memory mode's Redis beyond its commands: scripts, transactions, who waits, and what it refuses."""

import threading

import pytest
from redis.exceptions import DataError, NoScriptError, ResponseError, WatchError

from runners.imitation.client import Client
from runners.imitation.front import Server


@pytest.fixture
def client():
    return Client(Server(), decode_responses=True)


def test_a_script_reads_and_writes_and_answers_in_each_shape(client):
    client.hset("h", mapping={"a": 1})

    answer = client.eval(
        "return {redis.call('HGET', KEYS[1], 'a'), redis.call('HGET', KEYS[1], 'b'), 3.9, true, redis.status_reply('well'), {ARGV[1]}}",
        1,
        "h",
        "x",
    )

    assert answer == ["1", None, 3, 1, "well", ["x"]]


def test_what_a_script_has_written_before_it_fails_stays_as_on_a_server(client):
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        client.eval("redis.call('SET', 'a', 1) return redis.call('LPUSH', 'a', 2)", 0)

    assert client.get("a") == "1"
    assert client.eval("return redis.pcall('LPUSH', 'a', 2).err", 0).startswith("WRONGTYPE")


@pytest.mark.parametrize("text", ["return (", "leaked = 1", "return nothing.there", "return redis.call('NOSUCH')"])
def test_a_script_that_is_wrong_is_refused_and_spoils_nothing(client, text):
    with pytest.raises(ResponseError):
        client.eval(text, 0)

    assert client.eval("return leaked", 0) is None


def test_a_script_that_is_not_known_is_named_so_and_can_be_loaded(client):
    sha = client.script_load("return ARGV[1]")

    assert client.script_exists(sha) == [True]
    assert client.evalsha(sha, 0, "here") == "here"
    client.script_flush()
    with pytest.raises(NoScriptError):
        client.evalsha(sha, 0, "gone")


def test_the_time_stands_still_while_a_script_runs(client):
    first, last = client.eval(
        "local one = redis.call('TIME') for i = 1, 100000 do local _ = i * i end return {one[2], redis.call('TIME')[2]}",
        0,
    )

    assert first == last


@pytest.mark.parametrize(("written", "aborted"), [("seen", True), ("other", False)])
@pytest.mark.parametrize("how", ["a command", "a script"])
def test_a_transaction_is_aborted_exactly_when_what_it_watched_was_written(client, written, aborted, how):
    with client.pipeline() as pipe:
        pipe.watch("seen")
        pipe.multi()
        pipe.set("done", "yes")
        if how == "a command":
            client.set(written, "x")
        else:
            client.eval("return redis.call('SET', KEYS[1], 'x')", 1, written)

        if aborted:
            with pytest.raises(WatchError):
                pipe.execute()
        else:
            pipe.execute()

    assert client.get("done") == (None if aborted else "yes")


@pytest.mark.parametrize("how", ["a command", "a script"])
def test_who_waits_for_a_list_gets_what_comes_into_it(client, how):
    got = []
    waiter = threading.Thread(target=lambda: got.append(client.blpop(["first", "second"], timeout=30)))
    waiter.start()

    client.rpush("second", "x") if how == "a command" else client.eval(
        "return redis.call('RPUSH', KEYS[1], 'x')", 1, "second"
    )
    waiter.join(30)

    assert got == [("second", "x")]
    assert client.llen("second") == 0


def test_a_pipeline_answers_each_of_its_commands(client):
    pipe = client.pipeline(transaction=False)
    pipe.set("a", 1).incr("a").hgetall("a").zrange("none", 0, -1)

    answers = pipe.execute(raise_on_error=False)

    assert answers[:2] == [True, 2]
    assert isinstance(answers[2], ResponseError)
    assert answers[3] == []


def test_what_ends_is_gone_when_its_time_is_over(client, monkeypatch):
    at = 1_900_000_000.0
    monkeypatch.setattr("time.time", lambda: at)
    client.set("short", 1, px=500)
    client.set("swept", 1, ex=1)

    at += 0.4
    assert client.get("short") == "1"
    at += 100
    assert client.get("short") is None
    assert client.dbsize() == 0


@pytest.mark.parametrize(
    "words", [("SORT", "a"), ("XADD", "s", "*", "a", "1"), ("BITCOUNT", "a"), ("OBJECT", "ENCODING", "a")]
)
def test_a_command_on_keys_that_is_not_imitated_is_refused_and_touches_nothing(client, words):
    with pytest.raises(ResponseError, match="unknown"):
        client.execute_command(*words)

    assert client.dbsize() == 0


@pytest.mark.parametrize("value", [None, True, ["a"], object()])
def test_an_argument_of_another_type_is_refused(client, value):
    with pytest.raises(DataError):
        client.set("a", value)
