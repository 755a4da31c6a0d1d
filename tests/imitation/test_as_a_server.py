"""Memory mode's Redis answers as a real one: the same commands to both, one after the other, and the same answers."""

import random

import pytest
import redis

from runners.imitation.client import Client
from runners.imitation.front import Server

UNORDERED = {"HGETALL", "HKEYS", "HVALS", "SMEMBERS", "KEYS", "SCAN", "HSCAN", "SSCAN"}

STRINGS = """
SET a 1 | GET a | SET a 2 NX | SET b 2 NX | SET b 3 XX GET | GET b | SETNX b 9 | SET c x EX 100 | TTL c
PERSIST c | TTL c | APPEND a 23 | STRLEN a | GETRANGE a 0 1 | GETRANGE a -2 -1 | GETRANGE a 1 99 | GETRANGE none 0 1 | GETRANGE a 5 9
INCR a | DECR a | INCRBY a 40 | DECRBY a 3 | GET a | INCR c
MSET d 1 e 2 | MGET a d none e | SETEX f 10 x | TTL f | PSETEX f 10000 x | TTL f | SET f y KEEPTTL | TTL f
GETDEL f | GETDEL f | EXISTS a a none | DEL a none b | TYPE a | TYPE d | SET d 1 EX 0 | SET d 1 FOO
EXPIRE d 100 | TTL d | PTTL none | TTL none | EXPIRE none 1 | EXPIRE d -1 | EXISTS d | RENAME none x
RENAME e g | GET g | HGET g x | SADD g x | GETRANGE d 0 -1 | GETRANGE a 0 0 | PEXPIRE g 50000 | TTL g | EXPIREAT g 1 | EXISTS g | INCR h
INCRBY h x
"""
HASHES = """
HSET h a 1 b 2 | HSET h a 3 c 4 | HGET h a | HGET h none | HGET none a | HMGET h a none c | HMGET none a b
HGETALL h | HGETALL none | HLEN h | HEXISTS h a | HEXISTS h z | HSETNX h a 9 | HSETNX h z 9 | HINCRBY h a 5
HINCRBY h n -2 | HSET h t text | HINCRBY h t 1 | HINCRBY h a x | HINCRBYFLOAT h a 0.5 | HINCRBYFLOAT h f 1e3
HKEYS h | HVALS h | HSTRLEN h t | HDEL h a b none | HDEL h c n t f z | EXISTS h | HSET h a | HMSET h a 1
HSCAN h 0 | HSCAN h 0 MATCH b* | GET h | LPUSH h x | TYPE h
"""
SETS = """
SADD s a b c a | SADD s c d | SCARD s | SISMEMBER s a | SISMEMBER s z | SISMEMBER none a | SMEMBERS s
SMEMBERS none | SREM s a none | SRANDMEMBER none | SRANDMEMBER none 3 | SREM s b c d | EXISTS s | SADD s x
SRANDMEMBER s | SRANDMEMBER s 5 | SPOP s | SPOP s | SPOP s 2 | SADD s a aa b | SSCAN s 0 MATCH a* | TYPE s
HGET s a
"""
LISTS = """
RPUSH l a b c | LPUSH l z y | LRANGE l 0 -1 | LRANGE l 1 2 | LRANGE l -2 -1 | LRANGE l 3 1 | LRANGE none 0 -1
LLEN l | LLEN none | LINDEX l 0 | LINDEX l -1 | LINDEX l 9 | LSET l 0 first | LSET l 9 x | LSET none 0 x
LSET l -1 last | LRANGE l 0 -1 | RPUSH l a x a x a | LREM l 1 a | LREM l -1 x | LREM l 0 a | LREM l 0 none
LRANGE l 0 -1 | LPOS l x | LPOS l none | LTRIM l 1 -2 | LRANGE l 0 -1 | LPOP l | RPOP l | LPOP l 5 | LPOP l
LPOP l 2 | EXISTS l | RPUSH l a b c | RPOPLPUSH l m | RPOPLPUSH none m | LMOVE l m LEFT RIGHT | LRANGE m 0 -1
LTRIM m 5 9 | EXISTS m | RPOP l 0 | LRANGE l -100 100 | LTRIM l -100 100 | LRANGE l 0 -1 | LINDEX l x | TYPE l
RPOPLPUSH l l | LRANGE l 0 -1
"""
SORTED = """
ZADD z 1 a 2 b 3 c | ZADD z 5 a | ZADD z CH 6 a 2 b | ZADD z NX 9 a 1 d | ZADD z XX 7 a 1 e
ZADD z GT 1 a 4 b | ZADD z LT 1 a | ZADD z XX INCR 1 none | ZADD z INCR 2 a | ZRANGE z 0 -1 WITHSCORES
ZREVRANGE z 0 1 WITHSCORES | ZCARD z | ZSCORE z a | ZSCORE z none | ZMSCORE z a none | ZRANK z b
ZREVRANK z b | ZRANK z none | ZINCRBY z 1.5 b | ZINCRBY z -inf b | ZSCORE z b | ZADD z 0.1 f 1e20 g +inf i
ZRANGE z 0 -1 WITHSCORES | ZRANGEBYSCORE z -inf +inf | ZRANGEBYSCORE z (1 3 WITHSCORES | ZRANGEBYSCORE z 1 (3
ZREVRANGEBYSCORE z +inf 1 LIMIT 1 2 | ZRANGEBYSCORE z 0 9 LIMIT 1 -1 | ZRANGEBYSCORE z 9 0 | ZCOUNT z 1 3
ZCOUNT z (1 +inf | ZCOUNT none 0 1 | ZRANGE z 1 3 | ZRANGE z -2 -1 | ZRANGE z 0 2 REV | ZRANGE z 0 5 BYSCORE
ZRANGE z 5 0 BYSCORE REV LIMIT 0 2 | ZRANGE z 3 1 | ZREMRANGEBYSCORE z (3 +inf | ZRANGE z 0 -1 | ZREM z c none
ZREMRANGEBYRANK z 0 0 | ZRANGE z 0 -1 | ZREMRANGEBYRANK z 0 -1 | EXISTS z | ZADD z x a | ZADD z 1 a 2
ZADD y 0 a 0 b 0 c 0 d 0 ab | ZRANGEBYLEX y - + | ZRANGEBYLEX y [a (c | ZRANGEBYLEX y (ab [c LIMIT 0 1
ZREVRANGEBYLEX y + - | ZREVRANGEBYLEX y (c [a | ZLEXCOUNT y [ab + | ZLEXCOUNT y - (ab | ZRANGEBYLEX y a b
ZRANGE y [b + BYLEX | ZUNIONSTORE u 1 y | ZRANGE u 0 -1 WITHSCORES | ZADD y 3 b | ZUNIONSTORE u 2 y u
ZRANGE u 0 -1 WITHSCORES | ZUNIONSTORE u 1 none | EXISTS u | ZREMRANGEBYLEX y [a [ab | ZSCAN y 0 | TYPE y
GET y | ZRANGEBYSCORE y x 1 | ZREVRANGE y 5 9 | ZADD y nan k
"""
KEYS = """
SET run:1 a | SET run:2 b | HSET job:[x] a 1 | KEYS * | KEYS run:? | KEYS run:[13] | KEYS job:\\[*
KEYS none* | DBSIZE | SCAN 0 MATCH run:* COUNT 1000 | SCAN 0 TYPE hash COUNT 1000 | UNLINK run:1 none | DBSIZE
PTTL run:2 | FLUSHDB | DBSIZE | KEYS *
"""


@pytest.fixture
def imitated():
    client = Client(Server(), decode_responses=False)
    client.response_callbacks.clear()
    return client


@pytest.fixture
def genuine(redis_server):
    client = redis.Redis.from_url(redis_server.emptied().url, protocol=2)
    client.response_callbacks.clear()
    yield client
    client.close()


def said(client, words):
    """Return what a server says to one command; of a refusal its first word."""
    try:
        answer = client.execute_command(*words)
    except redis.ResponseError as refusal:
        return f"refused: {str(refusal).split()[0]}"
    if words[0] in ("SCAN", "HSCAN", "SSCAN"):
        return [answer[0], sorted(answer[1])]
    return sorted(answer) if words[0] in UNORDERED and isinstance(answer, list) else answer


@pytest.mark.parametrize(
    "table", [STRINGS, HASHES, SETS, LISTS, SORTED, KEYS], ids=["strings", "hashes", "sets", "lists", "sorted", "keys"]
)
def test_each_command_is_answered_as_a_server_answers_it(imitated, genuine, table):
    steps = [step.split() for line in table.strip().splitlines() for step in line.split(" | ")]

    assert [(step, said(imitated, step)) for step in steps] == [(step, said(genuine, step)) for step in steps]


def test_a_sorted_set_is_in_order_after_anything_that_happens_to_it(imitated, genuine):
    drawn = random.Random(7)
    steps = []
    for _ in range(1500):
        member, score = f"m{drawn.randrange(120)}", str(drawn.randrange(-20, 60))
        steps += drawn.choice(
            [
                [["ZADD", "z", score, member]],
                [["ZADD", "z", score, member], ["ZRANK", "z", member]],
                [["ZREM", "z", member]],
                [["ZREMRANGEBYRANK", "z", "0", "2"]],
                [["ZREMRANGEBYSCORE", "z", score, str(int(score) + 1)]],
                [["ZRANGEBYSCORE", "z", score, "+inf", "LIMIT", "0", "3"]],
            ]
        )
    steps.append(["ZRANGE", "z", "0", "-1", "WITHSCORES"])

    assert [said(imitated, step) for step in steps] == [said(genuine, step) for step in steps]
