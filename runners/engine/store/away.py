"""What an error of the store means for whoever asked: to try again, or that a record of it is broken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from redis import exceptions

from runners.engine.errors import MultijobError, StoreAway, Unreadable

REFUSALS = (
    exceptions.OutOfMemoryError,
    exceptions.ReadOnlyError,
    exceptions.NoPermissionError,
    exceptions.MasterDownError,
)
REFUSING = re.compile(r"\b(OOM|MISCONF|READONLY|BUSY|NOREPLICAS)\b")
"""Answers of a server that is there, and does not do its part now. Any other error of a script is a fault of ours."""
BROKEN = re.compile(r"\bWRONGTYPE\b|value is not an integer|is not a valid float")
"""Answers of a server that come of a record that somebody broke: trying again does not mend it."""


def is_full(error: Exception) -> bool:
    """Say whether the server refused a command, or a script, because its memory is used up."""
    return isinstance(error, exceptions.OutOfMemoryError) or "OOM command not allowed" in str(error)


@contextmanager
def reported() -> Iterator[None]:
    """Turn errors of a store that is away, full or read-only into StoreAway, and those of a broken record into Unreadable."""
    try:
        yield
    except exceptions.RedisError as error:
        found = meaning(error)
        if found is None:
            raise
        raise found from error


def meaning(error: exceptions.RedisError) -> MultijobError | None:
    """Return what `error` means for whoever asked, None when it is a fault of ours. The server's own words stay here."""
    if isinstance(error, (exceptions.ConnectionError, exceptions.TimeoutError)):
        return StoreAway("the store cannot be reached; try again in a moment")
    if isinstance(error, REFUSALS) or REFUSING.search(str(error)):
        return StoreAway("the store takes no changes now; see /readyz for the reason")
    if isinstance(error, exceptions.ResponseError) and BROKEN.search(str(error)):
        return Unreadable(
            "a record that this needs is broken in the store, so nothing can be done; multijob doctor names it"
        )
    return None
