"""The talk of one chat account as the store keeps it: whose turn it is, what was heard, and what is still to be said.

An update is settled in one transaction: remembered as heard, with every message that follows from it. Who does that must
have the turn; another process that took it meanwhile wins. What an update asks of the platform happens before, and carries
a key of its own there, so that an update that is taken twice has one effect.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from redis.exceptions import WatchError

from runners.engine import clock
from runners.engine.store.connection import Store

HEARD_FOR = timedelta(days=2)
"""Longer than a channel repeats an update (the Bot API: a day)."""
MOST_HEARD = 20_000
MOST_UNSAID = 1_000
MOST_UNREAD = 1_000
TRIES = 20
Change = Callable[[Any], None]
"""Adds commands to a transaction."""


class TurnLost(Exception):
    """Another process has the account's turn now; nothing was done."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The right of one process to serve an account. `place` is 'channel:account id'; `owner` names the process."""

    store: Store
    place: str
    owner: str
    lasts: timedelta

    def take(self) -> str:
        """Take or renew the turn for as long as it lasts; return who has it now."""
        redis, key, life = self.store.redis, self.store.keys.chat_turn(self.place), clock.milliseconds(self.lasts)
        if redis.set(key, self.owner, nx=True, px=life):
            return self.owner
        holder: Any = redis.get(key)
        if holder == self.owner:
            redis.pexpire(key, life)
        return holder or ""

    def give_up(self) -> None:
        """Let the next one take it at once."""
        try:
            self.change(lambda pipe: pipe.delete(self.store.keys.chat_turn(self.place)))
        except TurnLost:
            return

    def change(self, *changes: Change) -> None:
        """Make the changes in one step. Raises TurnLost when somebody else has the turn, and redis.RedisError."""
        key = self.store.keys.chat_turn(self.place)
        for _ in range(TRIES):
            with self.store.redis.pipeline(transaction=True) as pipe:
                try:
                    pipe.watch(key)
                    if pipe.get(key) != self.owner:
                        raise TurnLost(self.place)
                    pipe.multi()
                    for one in changes:
                        one(pipe)
                    pipe.execute()
                    return
                except WatchError:  # renewed at this moment, by ourselves
                    continue
        raise TurnLost(self.place)


def do(store: Store, *changes: Change) -> None:
    """Make changes that need no turn in one step."""
    with store.redis.pipeline(transaction=True) as pipe:
        for one in changes:
            one(pipe)
        pipe.execute()


def was_heard(store: Store, place: str, update_id: int) -> bool:
    """Say whether the update was settled before."""
    return store.redis.zscore(store.keys.chat_heard(place), str(update_id)) is not None


def hearing(store: Store, place: str, update_id: int) -> Change:
    """Remember the update as heard, and forget those of long ago."""
    key, now = store.keys.chat_heard(place), clock.to_ms(store.now())

    def add(pipe: Any) -> None:
        pipe.zadd(key, {str(update_id): now})
        pipe.zremrangebyscore(key, "-inf", now - clock.milliseconds(HEARD_FOR))
        pipe.zremrangebyrank(key, 0, -MOST_HEARD - 1)

    return add


def saying(store: Store, place: str, texts: Iterable[str]) -> Change:
    """Put messages (JSON) behind those that are still to be said; of very many the oldest are given up."""
    key, told = store.keys.chat_outbox(place), list(texts)

    def add(pipe: Any) -> None:
        if told:
            pipe.rpush(key, *told)
            pipe.ltrim(key, -MOST_UNSAID, -1)

    return add


def say_once(store: Store, place: str, text: str, key: str) -> bool:
    """Put a message (JSON) behind those that are still to be said, once by this key; False when it was done before.

    Whoever has the account's turn says it: no turn is needed to ask for it. Raises redis.RedisError.
    """
    mark = store.keys.chat_once(hashlib.sha256(f"{place}\0{key}".encode()).hexdigest())
    for _ in range(TRIES):
        with store.redis.pipeline(transaction=True) as pipe:
            try:
                pipe.watch(mark)
                if pipe.get(mark):
                    return False
                pipe.multi()
                pipe.set(mark, "1", px=clock.milliseconds(HEARD_FOR))
                saying(store, place, [text])(pipe)
                pipe.execute()
                return True
            except WatchError:  # the same message, by another process at this moment
                continue
    return False


def next_unsaid(store: Store, place: str) -> str | None:
    """Return the message (JSON) that is to be said next."""
    found: Any = store.redis.lindex(store.keys.chat_outbox(place), 0)
    return found


def said(store: Store, place: str, text: str) -> Change:
    """Take a message out of what is to be said."""
    return lambda pipe: pipe.lrem(store.keys.chat_outbox(place), 1, text)


def put_off(store: Store, place: str, text: str) -> Change:
    """Put a message behind all others that are to be said."""
    key = store.keys.chat_outbox(place)

    def move(pipe: Any) -> None:
        pipe.lrem(key, 1, text)
        pipe.rpush(key, text)

    return move


def keeping(key: str, value: Mapping[str, Any], life: timedelta) -> Change:
    """Keep a value (JSON) under a key for a while."""
    text = json.dumps(value, separators=(",", ":"))
    return lambda pipe: pipe.set(key, text, px=clock.milliseconds(life))


def dropping(key: str) -> Change:
    """Forget what is under a key."""
    return lambda pipe: pipe.delete(key)


def kept(store: Store, key: str) -> dict[str, Any] | None:
    """Return the value that is kept under a key; None when there is none, or it cannot be read."""
    text: Any = store.redis.get(key)
    try:
        value = json.loads(text) if text else None
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def waits_for(store: Store, place: str) -> int:
    """Return how many messages are still to be said."""
    return int(store.redis.llen(store.keys.chat_outbox(place)))


def first_asked_at(store: Store, request_id: str) -> datetime:
    """Return when this was asked first: now, unless it was heard before."""
    key, now = store.keys.chat_asked(request_id), clock.to_ms(store.now())
    if store.redis.set(key, now, nx=True, px=clock.milliseconds(HEARD_FOR)):
        return clock.from_ms(now)
    before: Any = store.redis.get(key)
    return clock.from_ms(int(before or now))


def hooks(store: Store, place: str) -> list[str]:
    """Return the digests of the secrets that a webhook may show, newest first; none when the account has no webhook."""
    found: Any = store.redis.lrange(store.keys.chat_hook(place), 0, -1)
    return list(found)


def hooking(store: Store, place: str, digest: str) -> Change:
    """Expect this secret from now on, and the one before it for what is on its way."""
    key = store.keys.chat_hook(place)

    def add(pipe: Any) -> None:
        pipe.lpush(key, digest)
        pipe.ltrim(key, 0, 1)

    return add


def receive(store: Store, place: str, text: str) -> bool:
    """Keep an update (JSON) that came by itself; False when too many wait already."""
    key = store.keys.chat_inbox(place)
    if store.redis.llen(key) >= MOST_UNREAD:
        return False
    store.redis.rpush(key, text)
    return True


def unread(store: Store, place: str, limit: int) -> list[str]:
    """Return the oldest updates (JSON) that came by themselves."""
    found: Any = store.redis.lrange(store.keys.chat_inbox(place), 0, limit - 1)
    return list(found)


def forget_unread(store: Store, place: str, text: str) -> None:
    """Take an update that was settled out of those that came by themselves."""
    store.redis.lrem(store.keys.chat_inbox(place), 1, text)
