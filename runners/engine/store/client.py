"""The client of a store: redis-py's, without what it does around each command that we do not use.

Half of what its own client calls for one command counts for OpenTelemetry, asks whether to retry, and looks for commands that
are not ours; a run that starts on an idle worker waits for all of it.
"""

from __future__ import annotations

from contextlib import suppress
from queue import Empty, Full
from typing import Any

from redis import BlockingConnectionPool, Redis
from redis.exceptions import ConnectionError, RedisError, ResponseError


class Pool(BlockingConnectionPool):
    """Lends connections. One that was closed meanwhile is opened again before it is lent."""

    def get_connection(self, command_name: Any = None, *keys: Any, **options: Any) -> Any:
        """Return a connection that is open and has nothing to be read. Raises redis.ConnectionError and TimeoutError."""
        self._checkpid()
        try:
            connection = self.pool.get(timeout=self.timeout) or self.make_connection()
        except Empty:
            raise ConnectionError("No connection available.") from None
        try:
            if connection.is_connected and not _is_clean(connection):
                connection.disconnect()
            if not connection.is_connected:
                connection.connect()
        except BaseException:
            self.release(connection)
            raise
        return connection

    def release(self, connection: Any) -> None:
        """Take a connection back; that of a process of which this one is a fork is not kept."""
        self._checkpid()
        if not self.owns_connection(connection):
            connection.disconnect()
            connection = None
        with suppress(Full):
            self.pool.put_nowait(connection)


class Client(Redis):
    """Sends each command once: whoever calls decides what may be repeated."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Send one command and return its answer. Raises redis.RedisError."""
        connection = self.connection_pool.get_connection()
        try:
            connection.send_command(*args, **options)
            return self.parse_response(connection, args[0], **options)
        except ResponseError:
            raise
        except BaseException:
            connection.disconnect()  # its answer may still come, and is nobody else's
            raise
        finally:
            self.connection_pool.release(connection)


def in_turn(redis: Redis, *commands: tuple[Any, ...]) -> list[Any]:
    """Send commands at once, and return what the server answers to each, as it is: an error that it tells is a value.

    Raises redis.RedisError when the connection fails.
    """
    connection = redis.connection_pool.get_connection()
    try:
        for command in commands:
            connection.send_command(*command)
        return [_answer(connection) for _ in commands]
    except BaseException:
        connection.disconnect()
        raise
    finally:
        redis.connection_pool.release(connection)


def _answer(connection: Any) -> Any:
    try:
        return connection.read_response()
    except ResponseError as refusal:
        return refusal


def _is_clean(connection: Any) -> bool:
    """Say whether nothing waits to be read: not what was left of an answer, and not the end of the connection."""
    try:
        return not connection.can_read()
    except (RedisError, OSError):
        return False
