"""The client of memory mode: commands on keys and scripts go straight to the keys, without being packed and parsed on the way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import hiredis
from fakeredis import FakeRedis
from redis._parsers.base import BaseParser
from redis.client import EMPTY_RESPONSE, NEVER_DECODE
from redis.exceptions import DataError, ResponseError

from runners.imitation.front import Connection, Server


class Client(FakeRedis):
    """Sends pipelines, blocking commands and what is about clients through a connection of fakeredis, and all else itself."""

    def __init__(self, server: Server, *, decode_responses: bool) -> None:
        super().__init__(
            server=server,
            connection_class=Connection,
            protocol=2,
            decode_responses=decode_responses,
            encoding_errors=ERRORS,
        )
        self._server = server
        decoding: dict[str, Any] = {"encoding": "utf-8", "errors": ERRORS} if decode_responses else {}
        self._text = hiredis.Reader(replyError=_refusal, **decoding)
        self._bytes = hiredis.Reader(replyError=_refusal)

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Carry out one command and return its answer. Raises redis.RedisError."""
        name, reader = args[0].upper(), self._bytes if NEVER_DECODE in options else self._text
        if name in ("EVALSHA", "EVAL"):
            return self._evaluate(reader, name == "EVAL", *_sent(args[1:]))
        command = name.encode()
        if command not in self._server.keyspace.commands:
            return super().execute_command(*args, **options)
        with self._server.lock:
            answer = _told(reader, self._server.carry_out(command, _sent(args[1:])))
        callback = self.response_callbacks.get(name)
        if callback is None:
            return answer
        return callback(
            answer, **{option: value for option, value in options.items() if option not in NOT_FOR_CALLBACKS}
        )

    def _evaluate(self, reader: Any, whole: bool, script: bytes, number: bytes, *rest: bytes) -> Any:
        keys = int(number)
        with self._server.lock:
            sha = self._loaded(script) if whole else script
            return _told(reader, self._server.evaluate(sha, rest[:keys], rest[keys:]))

    def _loaded(self, text: bytes) -> bytes:
        try:
            return self._server.keyspace.load(text)
        except ValueError as error:
            raise ResponseError(f"Error compiling script: {error}") from error


NOT_FOR_CALLBACKS = frozenset({NEVER_DECODE, EMPTY_RESPONSE, "keys"})
ERRORS = "backslashreplace"
"""As on a server's connection: bytes that somebody else wrote must not raise out of an answer."""


def _refusal(told: str) -> Exception:
    return BaseParser.parse_error(told)


def _told(reader: Any, answer: bytes) -> Any:
    """Return what an answer tells. Raises the redis.ResponseError that it is."""
    reader.feed(answer)
    told = reader.gets()
    if isinstance(told, Exception):
        raise told
    return told


def _sent(arguments: Iterable[Any]) -> list[bytes]:
    """Return arguments as they go to a server. Raises redis.DataError for one of another type than bytes, str, int and float."""
    return [
        one.encode()
        if type(one) is str
        else one
        if type(one) is bytes
        else b"%d" % one
        if type(one) is int
        else _other(one)
        for one in arguments
    ]


def _other(argument: Any) -> bytes:
    """Return a float, or what is derived of a type that we know, such as the names of states."""
    if isinstance(argument, str):
        return argument.encode()
    if isinstance(argument, int) and not isinstance(argument, bool):
        return b"%d" % argument
    if isinstance(argument, float):
        return repr(argument).encode()
    raise DataError(f"{type(argument).__name__} is neither bytes, str, int nor float")
