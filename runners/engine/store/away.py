"""A store that does not take part, as one error: doors say 'try again', whatever the reason was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from redis import exceptions

from runners.engine.errors import StoreAway

REFUSALS = (
    exceptions.OutOfMemoryError,
    exceptions.ReadOnlyError,
    exceptions.NoPermissionError,
    exceptions.MasterDownError,
)
REFUSING = re.compile(r"\b(OOM|MISCONF|READONLY|BUSY|NOREPLICAS)\b")
"""Answers of a server that is there, and does not do its part now. Any other error of a script is a fault of ours."""


@contextmanager
def reported() -> Iterator[None]:
    """Turn errors of a store that is away, full or read-only into StoreAway."""
    try:
        yield
    except (exceptions.ConnectionError, exceptions.TimeoutError) as error:
        raise StoreAway("the store cannot be reached; try again in a moment") from error
    except exceptions.ResponseError as error:
        if isinstance(error, REFUSALS) or REFUSING.search(str(error)):
            raise StoreAway("the store takes no changes now; see /readyz for the reason") from error
        raise
