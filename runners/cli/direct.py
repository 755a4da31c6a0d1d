"""Commands that work on the store itself: whoever may reach it needs no token, so that nobody can be locked out.

What they bring along is imported when they run: no other command should wait for it.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from runners.engine.errors import StoreAway

if TYPE_CHECKING:
    from runners.engine.operations import Actor
    from runners.engine.platform import Platform
    from runners.engine.store.page import Page

PAGE = 500
"""Rows of one page, where all are wanted."""
Row = TypeVar("Row")


@contextmanager
def opened() -> Iterator[tuple[Platform, Actor]]:
    """Give the platform of this environment, and the person at this terminal as its administrator."""
    from redis.exceptions import RedisError

    from runners.engine.operations import Actor, Role
    from runners.start import open_process

    platform = open_process(os.environ)
    try:
        yield platform, Actor(_who(), Role.ADMIN, "cli")
    except RedisError as error:
        raise StoreAway(f"the store does not do its part: {error}") from error
    finally:
        platform.store.redis.close()
        platform.store.rq_redis.close()


def _who() -> str:
    """Return how the audit names the person at this terminal: never like one who signs in."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in many containers
        user = str(os.getuid())
    return f"terminal:{user}"


def every(page: Callable[[str | None], Page[Row]]) -> list[Row]:
    """Return the rows of all pages; `page` is given the cursor of each, None for the first."""
    found = page(None)
    rows = [*found.rows]
    while found.next_cursor is not None:
        found = page(found.next_cursor)
        rows += found.rows
    return rows
