"""A connector that kills itself with SIGKILL at a named moment, once each time that the file DIE_FILE is there.

`python -m tests.connector.dying connector`, with DIE_AT naming one of `WINDOWS`.
"""

import functools
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from runners.cli import main
from runners.connector import account
from runners.connector.hearing import Ear
from runners.connector.outbox import Outbox
from runners.connector.telegram import TelegramChannel

WINDOWS = {
    "an update is in hand": ("before", [(Ear, "hear")]),
    "it is put down as received": ("before", [(Ear, "ask")]),
    "it is done and not settled": ("after", [(Ear, "ask")]),
    "its reply is made and not settled": ("after", [(Ear, "hear")]),
    "it is settled and nothing is said": ("after", [(account.Account, "settle")]),
    "the reply is said and still kept": (
        "awaited",
        [(TelegramChannel, name) for name in ("send", "edit", "answer_button")],
    ),
    "the reply is taken out": ("after", [(Outbox, "_done")]),
}


def die() -> None:
    """End at once, if it is wanted now."""
    wanted = Path(os.environ["DIE_FILE"])
    if wanted.exists():
        wanted.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def dying(when: str, function):
    """Return the function with a death before or after it."""

    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        if when == "before":
            die()
        answer = function(*args, **kwargs)
        if when == "after":
            die()
        return answer

    @functools.wraps(function)
    async def awaited(*args, **kwargs):
        answer = await function(*args, **kwargs)
        die()
        return answer

    return awaited if when == "awaited" else wrapped


if __name__ == "__main__":
    account.TURN_LASTS = timedelta(seconds=1)
    moment, places = WINDOWS[os.environ["DIE_AT"]]
    for owner, name in places:
        setattr(owner, name, dying(moment, getattr(owner, name)))
    main(sys.argv[1:])
