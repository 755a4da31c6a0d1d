"""What surrounds the keys: fakeredis' sockets, whose commands on keys are carried out by `Keyspace`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import hiredis
from fakeredis import FakeServer, _msgs
from fakeredis._clients._sync import FakeRedisConnection
from fakeredis._command_args_parsing import Int, Timeout
from fakeredis._helpers import OK, SimpleError
from fakeredis._socket import FakeSocket
from fakeredis.commands_mixins import (
    AclCommandsMixin,
    ConnectionCommandsMixin,
    PubSubCommandsMixin,
    ServerCommandsMixin,
    TransactionsCommandsMixin,
)

from runners.imitation.keyspace import Keyspace

AROUND = (
    AclCommandsMixin,
    ConnectionCommandsMixin,
    PubSubCommandsMixin,
    ServerCommandsMixin,
    TransactionsCommandsMixin,
)
"""Whose commands are fakeredis' own: they touch no key."""
Arguments = Sequence[bytes]


class Server(FakeServer):
    """One imitated server: fakeredis' lock, clients and channels, and our keys."""

    def __init__(self) -> None:
        super().__init__(version=(7,))
        self.keyspace = Keyspace()

    def carry_out(self, command: bytes, arguments: Arguments) -> bytes:
        """Carry out one command on the keys, and wake who waits for what it did. The lock is held."""
        before = self.keyspace.pushes
        answer = self.keyspace.run(command, arguments)
        self._wake(before)
        return answer

    def evaluate(self, sha: bytes, keys: Arguments, arguments: Arguments) -> bytes:
        """Run a script, likewise."""
        before = self.keyspace.pushes
        answer = self.keyspace.evaluate(sha, keys, arguments)
        self._wake(before)
        return answer

    def _wake(self, before: int) -> None:
        database = self.dbs[0]
        if database._watches:
            for key in self.keyspace.written(over=False):
                database.notify_watch(key)
        if self.keyspace.pushes > before:
            database.wake_all()


class Socket(FakeSocket):
    """One client's way to the server. A command on keys that `Keyspace` does not know is refused, as an old server refuses it."""

    _server: Server

    def _run_command(self, func: Any, sig: Any, args: list[Any], from_script: bool) -> Any:
        """Carry out one command; an error is returned, not raised."""
        name = sig.name.upper()
        try:
            if (special := SPECIAL.get(name)) is not None:
                return special(self, *args)
            if name.encode() in self._server.keyspace.commands:
                return self.carried_out(name.encode(), args)
        except SimpleError as error:
            return error
        if any(sig.func_name in vars(mixin) for mixin in AROUND):
            return super()._run_command(func, sig, args, from_script)
        return SimpleError(f"ERR unknown command '{sig.name}' of the imitation in memory")

    def carried_out(self, command: bytes, arguments: Arguments) -> Any:
        """Carry out a command on the keys. Raises SimpleError for what it refuses."""
        return _read(self._server.carry_out(command, arguments))

    def watch(self, *keys: Any) -> Any:
        """WATCH."""
        keyspace = self._server.keyspace
        if not self._db._watches:
            keyspace.written(over=True)
        for item in keys:
            keyspace.watch(item.key)
        return super().watch(*keys)

    def _eval(self, text: bytes, *rest: bytes) -> Any:
        try:
            sha = self._server.keyspace.load(text)
        except ValueError as error:
            raise SimpleError(f"ERR Error compiling script: {error}") from error
        return self._evalsha(sha, *rest)

    def _evalsha(self, sha: bytes, number: bytes, *rest: bytes) -> Any:
        keys = Int.decode(number)
        if keys > len(rest):
            raise SimpleError(_msgs.TOO_MANY_KEYS_MSG)
        return _read(self._server.evaluate(sha, rest[:keys], rest[keys:]))

    def _script_load(self, text: bytes) -> Any:
        try:
            return self._server.keyspace.load(text)
        except ValueError as error:
            raise SimpleError(f"ERR Error compiling script: {error}") from error

    def _script_exists(self, *names: bytes) -> Any:
        return [int(self._server.keyspace.knows(name)) for name in names]

    def _script_flush(self, *_: bytes) -> Any:
        self._server.keyspace.forget_scripts()
        return OK

    def _blpop(self, *rest: bytes) -> Any:
        return self._first_of(b"LPOP", rest)

    def _brpop(self, *rest: bytes) -> Any:
        return self._first_of(b"RPOP", rest)

    def _brpoplpush(self, source: bytes, target: bytes, timeout: bytes) -> Any:
        return self._when_there(timeout, lambda: self.carried_out(b"RPOPLPUSH", (source, target)))

    def _blmove(self, source: bytes, target: bytes, whence: bytes, whither: bytes, timeout: bytes) -> Any:
        return self._when_there(timeout, lambda: self.carried_out(b"LMOVE", (source, target, whence, whither)))

    def _first_of(self, pop: bytes, rest: Arguments) -> Any:
        *keys, timeout = rest

        def look() -> Any:
            found = ((key, self.carried_out(pop, (key,))) for key in keys)
            return next(([key, row] for key, row in found if row is not None), None)

        return self._when_there(timeout, look)

    def _when_there(self, timeout: bytes, look: Callable[[], Any]) -> Any:
        return self._blocking(Timeout.decode(timeout), lambda _: look())


SPECIAL: dict[str, Callable[..., Any]] = {
    "EVAL": Socket._eval,
    "EVALSHA": Socket._evalsha,
    "SCRIPT LOAD": Socket._script_load,
    "SCRIPT EXISTS": Socket._script_exists,
    "SCRIPT FLUSH": Socket._script_flush,
    "BLPOP": Socket._blpop,
    "BRPOP": Socket._brpop,
    "BRPOPLPUSH": Socket._brpoplpush,
    "BLMOVE": Socket._blmove,
}


class Connection(FakeRedisConnection):
    """A connection through such a socket."""

    def _connect(self) -> Socket:
        server: Any = self._server
        return Socket(server, self.db, client_class=self._client_class, client_info=self._client_info)


def _read(answer: bytes) -> Any:
    reader = hiredis.Reader(replyError=SimpleError)
    reader.feed(answer)
    found = reader.gets()
    if isinstance(found, SimpleError):
        raise found
    return found
