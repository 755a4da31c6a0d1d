"""The keys of one imitated server and the scripts on them, as one Lua program; its answers are those of a server, byte by byte."""

import hashlib
import time
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from lupa import lua51

PARTS = ("values", "strings", "hashes", "lists", "sorted", "ranges", "keys", "calls")
MICROSECONDS = 1_000_000


@cache
def _program() -> bytes:
    return b"\n".join((files(__package__) / f"{part}.lua").read_bytes() for part in PARTS)


class Keyspace:
    """Keys and their values. Not for two threads at once: whoever calls holds the server's lock."""

    def __init__(self) -> None:
        self._lua = lua51.LuaRuntime(encoding=None, unpack_returned_tuples=True)
        said = self._lua.execute(_program())
        self._run, self._evaluate, self._load, self._knows = (
            said[name] for name in (b"run", b"evaluate", b"load", b"knows")
        )
        self._forget_scripts, self._watch, self._written = (
            said[name] for name in (b"forget_scripts", b"watch", b"written")
        )
        self.commands = frozenset(said[b"names"]())
        self._names: dict[bytes, bytes] = {}
        self.pushes = 0
        """How many pushes to lists there were: whoever waits for one looks again when it has grown."""

    def run(self, name: bytes, arguments: Sequence[bytes]) -> bytes:
        """Carry out one command of `commands`, which an error may answer, too."""
        answer, self.pushes = self._run(*_now(), name, self._lua.table_from(arguments))
        return bytes(answer)

    def evaluate(self, sha: bytes, keys: Sequence[bytes], arguments: Sequence[bytes]) -> bytes:
        """Run a script that is known; NOSCRIPT answers of another one."""
        table = self._lua.table_from
        answer, self.pushes = self._evaluate(*_now(), sha, table(keys), table(arguments))
        return bytes(answer)

    def load(self, text: bytes) -> bytes:
        """Keep a script, and return its name. Raises ValueError for a text that Lua cannot read."""
        known = self._names.get(text)
        if known:
            return known
        sha = hashlib.sha1(text, usedforsecurity=False).hexdigest().encode()
        if wrong := self._load(sha, text):
            raise ValueError(wrong.decode(errors="replace"))
        self._names[text] = sha
        return sha

    def knows(self, sha: bytes) -> bool:
        """Say whether a script of this name is kept."""
        return bool(self._knows(sha))

    def forget_scripts(self) -> None:
        """Keep no script any more."""
        self._names.clear()
        self._forget_scripts()

    def watch(self, key: bytes) -> None:
        """Remember from now on whether this key is written."""
        self._watch(key)

    def written(self, *, over: bool) -> tuple[bytes, ...]:
        """Return the watched keys that were written since this was asked; `over`: and watch none any more."""
        found: Any = self._written(over)
        return found if isinstance(found, tuple) else () if found is None else (found,)


def _now() -> tuple[int, int]:
    return divmod(int(time.time() * MICROSECONDS), MICROSECONDS)
