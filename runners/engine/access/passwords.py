"""Passwords: which ones are taken, how they are kept (argon2id, OWASP's parameters), and how one is checked.

Only two are hashed at once in a process, because each takes 19 MiB and a core for 30 ms: a flood of sign-ins must not
take the memory from everything else.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from runners.engine.errors import Problem, StoreAway
from runners.engine.fields import unprintable

SHORTEST, LONGEST = 12, 256
STRONG = 3
"""Of zxcvbn's scores from 0 to 4: more than 10^8 guesses (Wheeler, USENIX Security 2016)."""
LOOKED_AT = 72
AT_ONCE = 2
PATIENCE_SEC = 3.0

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_room = threading.BoundedSemaphore(AT_ONCE)


def password_problems(password: object, name: str) -> list[Problem]:
    """Return what is wrong with a new password of the person `name`; the password itself is never repeated."""
    if not isinstance(password, str):
        return [_problem("is no text", "not_text")]
    if not SHORTEST <= len(password) <= LONGEST:
        return [_problem(f"has not {SHORTEST} to {LONGEST} characters", "wrong_length")]
    if unprintable(password):
        return [_problem("holds a character that cannot be typed", "unprintable")]
    return [] if _strong(password, name) else [_problem(_WEAK, "weak")]


_WEAK = "is easy to guess; take more words, none of them the name or a well-known password"


def hashed(password: str) -> str:
    """Return the encoded hash that is kept. Raises StoreAway when too many are hashed at once."""
    with _one_of_few():
        return _hasher.hash(password)


def matches(encoded: str | None, password: str) -> bool:
    """Say whether the password is the one that `encoded` keeps; without one it takes as long, and says no."""
    with _one_of_few():
        try:
            _hasher.verify(encoded or _nobodys(), password[: LONGEST + 1].encode(errors="surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False
    return encoded is not None


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")


def _strong(password: str, name: str) -> bool:
    # its lists of words take memory that only those need who set a password
    from zxcvbn import zxcvbn

    found = zxcvbn(password[:LOOKED_AT], user_inputs=[name, "multijob", "multi-job platform"])
    return int(found["score"]) >= STRONG


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _room.acquire(timeout=PATIENCE_SEC):
        raise StoreAway("too many passwords are being checked; try again in a moment")
    try:
        yield
    finally:
        _room.release()


def _problem(fault: str, kind: str) -> Problem:
    return Problem(("password",), f"password {fault}", kind)
