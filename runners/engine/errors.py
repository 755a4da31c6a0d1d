"""Every deliberate error. The class says what the caller can do; the message names thing, fault and fix.

Doors (pages, API, CLI, chat) translate the class, never the text: the HTTP status beside each class is the API's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runners.engine.guards import Hold


MOST_PROBLEMS = 100


class MultijobError(Exception):
    """Base of every deliberate error; `str()` of it may be shown to everyone."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in what somebody sent.

    `loc` is the path to it (field names, list indexes); `msg` names thing, fault and fix; `type` is a short
    stable code for programs, such as `unknown_field` or `out_of_range`.
    """

    loc: tuple[str | int, ...]
    msg: str
    type: str

    def within(self, *parents: str | int) -> Problem:
        """Return the same problem, seen from outside the fields `parents`."""
        return Problem((*parents, *self.loc), self.msg, self.type)


class Invalid(MultijobError):
    """What was sent is well formed but wrong; carries all problems at once (422)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep `problems` in the order in which they were found: at least one, the first 100 of very many."""
        self.problems = list(islice(problems, MOST_PROBLEMS))
        super().__init__("; ".join(problem.msg for problem in self.problems))


class Malformed(MultijobError):
    """What was sent cannot be read at all (400)."""


class Unauthorized(MultijobError):
    """Nobody has said who he is, or not in a way that can be believed (401); `wrong` when a credential was shown."""

    def __init__(self, message: str, *, wrong: bool = False) -> None:
        """Keep whether a credential was shown beside the message."""
        self.wrong = wrong
        super().__init__(message)


class TooMany(MultijobError):
    """Too much was asked or tried in a short time; try again after `retry_after_sec` (429)."""

    def __init__(self, message: str, retry_after_sec: int) -> None:
        """`retry_after_sec` is a whole number of seconds, at least 1."""
        self.retry_after_sec = retry_after_sec
        super().__init__(message)


class Forbidden(MultijobError):
    """The one who asks has not the role for it (403)."""


class NotFound(MultijobError):
    """There is no such thing (404)."""


class Conflict(MultijobError):
    """The state of things forbids it now (409); `hold` says which guard waits, if one does."""

    def __init__(self, message: str, hold: Hold | None = None) -> None:
        """Keep the guard's reason beside the message."""
        self.hold = hold
        super().__init__(message)


class CountDiffers(Conflict):
    """Not as many things match as somebody believed (409); `actual` is how many do."""

    def __init__(self, message: str, actual: int) -> None:
        """Keep the number beside the message."""
        self.actual = actual
        super().__init__(message)


class Unreadable(Conflict):
    """A stored record cannot be read, so nothing can be decided by it (409); the message says how to replace it."""


class Stale(MultijobError):
    """Somebody else changed it since it was read; read it again (412)."""


class TooLarge(MultijobError):
    """What was sent is larger than the stated limit (413)."""


class StoreAway(MultijobError):
    """The store cannot be reached or takes no writes; try again after `retry_after_sec` (503)."""

    def __init__(self, message: str, retry_after_sec: int = 2) -> None:
        """`retry_after_sec` is a whole number of seconds, at least 1."""
        self.retry_after_sec = retry_after_sec
        super().__init__(message)


class AuditUnusable(StoreAway):
    """The audit can be neither read nor gone on with, so nothing may change (503); a person must say how it goes on."""

    def __init__(self, message: str) -> None:
        """Whoever waits should not ask too often: it does not mend itself."""
        super().__init__(message, 30)


class SettingsInvalid(MultijobError):
    """The environment holds bad values; the start stops and names every one of them."""

    def __init__(self, problems: Iterable[str]) -> None:
        """Keep one sentence per bad variable, without any secret in it."""
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


class ModeRefused(MultijobError):
    """The queue mode that was asked for, or that the server allows, cannot be used; the message says the fix."""


class FormatRefused(MultijobError):
    """The stored data is of a newer version, and this one may not work on it; the message says the fix."""


class NoServer(MultijobError):
    """Nothing answers at the configured address: the only fault that may lead to memory mode (design §5)."""
