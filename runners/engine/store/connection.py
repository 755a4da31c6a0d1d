"""How the platform speaks to its Redis: two clients with the same limits, and the store that carries them.

No client retries: redis-py repeats a write whose reply was late, and then it happens twice (measured). Whoever calls
decides what may be repeated. RESP2, because servers before 6 refuse the other. Blocking reads must stay under
`READ_SEC`. A process opens `CONNECTIONS` + `RQ_CONNECTIONS` sockets at most, and only those that it needs: only workers come near,
so that web, scheduler, worker and connector fit a plan with 20.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from hiredis import pack_command
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import DataError
from redis.retry import Retry
from redis.sentinel import Sentinel, SentinelManagedConnection

from runners.engine.clock import EPOCH, to_ms
from runners.engine.settings import Settings
from runners.engine.settings.address import SentinelAddress, is_sentinel, read_sentinel
from runners.engine.store.client import Client, Pool
from runners.engine.store.keys import Keys
from runners.engine.store.seal import Seal

CONNECT_SEC = 2
READ_SEC = 5
POOL_WAIT_SEC = 5
HEALTH_CHECK_SEC = 15
CONNECTIONS = 5
RQ_CONNECTIONS = 2


ModeName = Literal["streams", "lists", "memory"]


@dataclass(frozen=True, slots=True)
class Mode:
    """How runs are queued, what survives a crash, which server, and what to worry about."""

    name: ModeName
    durability: str
    server: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Store:
    """The open store: `redis` answers text, `rq_redis` answers bytes as RQ wants them.

    `seal` is what this process knows of the audit chain. `clock` (a callable that returns aware UTC) stands in for the
    server's clock in tests.
    """

    redis: Redis
    rq_redis: Redis
    keys: Keys
    mode: Mode
    seal: Seal
    clock: Callable[[], datetime] | None = None

    def now(self) -> datetime:
        """Return the store's time, the only clock that decisions use (aware UTC)."""
        if self.clock is not None:
            return self.clock()
        answer: Any = self.redis.time()
        return self.time_of(answer)

    def time_of(self, answer: Any) -> datetime:
        """Return the store's time out of the answer to a TIME that went along with other reads."""
        if self.clock is not None:
            return self.clock()
        return EPOCH + timedelta(seconds=int(answer[0]), microseconds=int(answer[1]))

    def clock_ms_arg(self) -> str:
        """Return what scripts get for 'now': '' to ask TIME themselves, else the injected milliseconds."""
        return "" if self.clock is None else str(to_ms(self.clock().astimezone(UTC)))


def limits() -> dict[str, Any]:
    """Return what every connection keeps to, those to sentinels included."""
    return {
        "protocol": 2,
        "retry": Retry(NoBackoff(), 0),
        "socket_connect_timeout": CONNECT_SEC,
        "socket_timeout": READ_SEC,
    }


class Packer:
    """Packs commands by hiredis alone: redis-py's own looks at the type of every argument before (measured: 10 µs a slot
    in a scheduler's tick). A command's name is one word, all arguments are str, bytes, int or float.
    """

    def pack(self, *args: Any) -> list[bytes]:
        """Return what goes over the wire. Raises redis.DataError for an argument of another type."""
        name, *rest = args
        words = name.split() if isinstance(name, str) else [name]
        try:
            return [pack_command((*words, *rest))]
        except TypeError as fault:
            raise DataError(str(fault)) from fault


class Primary:
    """Where the sentinels say that the primary is, asked for each new connection: it moves when one fails.

    In the form in which redis-py's connection asks its pool; our pool blocks when it is empty, and redis-py's does not.
    """

    is_master = True
    check_connection = False

    def __init__(self, address: SentinelAddress) -> None:
        self.service_name = address.service
        options = {name.removeprefix("sentinel_"): value for name, value in address.options.items()}
        self._sentinel = Sentinel(address.hosts, sentinel_kwargs=options | limits())

    def get_master_address(self) -> tuple[str, int]:
        """Return host and port; raises redis.ConnectionError when no sentinel knows a primary that is up."""
        host, port = self._sentinel.discover_master(self.service_name)
        return str(host), int(port)


def connect(url: str, settings: Settings) -> Redis:
    """Return a client that answers text. Nothing is sent yet; the first command connects."""
    return _client(url, f"multijob-{settings.key_prefix}", CONNECTIONS, decode_responses=True)


def connect_rq(url: str) -> Redis:
    """Return a client that answers bytes, for RQ's own classes."""
    return _client(url, "multijob-rq", RQ_CONNECTIONS, decode_responses=False)


def _client(url: str, name: str, connections: int, *, decode_responses: bool) -> Redis:
    settled: dict[str, Any] = {
        "max_connections": connections,
        "timeout": POOL_WAIT_SEC,
        "client_name": name,
        "decode_responses": decode_responses,
        "encoding_errors": "backslashreplace",  # bytes that somebody else wrote must not raise out of a reply
        "health_check_interval": HEALTH_CHECK_SEC,
        "command_packer": Packer(),
        **limits(),
    }
    if not is_sentinel(url):
        return Client(connection_pool=Pool.from_url(url, **settled))
    address = read_sentinel(url)
    of_primary = {"db": address.database, "username": address.username, "password": address.password}
    pool = Pool(connection_class=SentinelManagedConnection, connection_pool=Primary(address), **of_primary, **settled)
    return Client(connection_pool=pool)
