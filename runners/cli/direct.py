"""Commands that work on the store itself: whoever may reach it needs no token, so that nobody can be locked out.

What they bring along is imported when they run: no other command should wait for it.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from runners.engine.errors import StoreAway

if TYPE_CHECKING:
    from runners.engine.operations import Actor
    from runners.engine.platform import Platform


@contextmanager
def opened() -> Iterator[tuple[Platform, Actor]]:
    """Give the platform of this environment, and the person at this terminal as its administrator."""
    from redis.exceptions import RedisError

    from runners.engine.operations import Actor, Role
    from runners.start import open_process

    platform = open_process(os.environ)
    try:
        yield platform, Actor(f"terminal:{_user()}", Role.ADMIN, "cli")
    except RedisError as error:
        raise StoreAway(f"the store does not do its part: {error}") from error
    finally:
        platform.store.redis.close()
        platform.store.rq_redis.close()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in many containers
        return str(os.getuid())
