"""The first words with a server: password, TLS and protocol, each fault with its own fix."""

from __future__ import annotations

import ssl

import redis
from redis import exceptions
from redis.sentinel import MasterNotFoundError

from runners.engine.errors import ModeRefused, MultijobError, StoreAway


def greet(client: redis.Redis, address: str, *, tls: bool) -> None:
    """Return when the server answers us.

    Raises ModeRefused, with the fix and without any credential, when it never will, and StoreAway when it will
    later: it loads its records, has no connection left, or is too slow. `tls` says that we asked for TLS.
    """
    try:
        client.ping()
    except redis.RedisError as error:
        silent_at_tls = tls and isinstance(error, exceptions.TimeoutError)
        raise _no_tls(f"redis at {address}") if silent_at_tls else _reason(error, address) from None


def _no_tls(server: str) -> ModeRefused:
    """A server without TLS often just waits for the rest of what it takes for a long command."""
    return ModeRefused(f"{server} does not speak TLS; use redis:// instead of rediss://")


def _reason(error: redis.RedisError, address: str) -> MultijobError:
    server = f"redis at {address}"
    if isinstance(error, MasterNotFoundError):
        return StoreAway(f"{server}: no sentinel knows a primary of this name that is up; correct the name, or wait")
    if any(isinstance(cause, FileNotFoundError) for cause in _causes(error)):
        return ModeRefused(
            f"{server}: a file that REDIS_URL names for TLS does not exist; correct ssl_ca_certs or its like"
        )
    if any(isinstance(cause, ConnectionRefusedError) for cause in _causes(error)):
        return StoreAway(f"{server}: the primary does not answer; wait until it does, or another takes its place")
    if isinstance(error, exceptions.BusyLoadingError):
        return StoreAway(f"{server} is still loading its records; wait")
    if "max number of clients" in str(error):
        return StoreAway(f"{server} has no connection left; raise its maxclients or stop other clients")
    if isinstance(error, exceptions.TimeoutError):
        return StoreAway(f"{server} accepts connections but does not answer; see whether it is stopped or overloaded")
    if isinstance(error, (exceptions.AuthenticationError, exceptions.AuthorizationError)):
        return ModeRefused(f"{server} does not accept the password; correct REDIS_URL or REDIS_PASSWORD")
    if isinstance(error, exceptions.NoPermissionError):
        return ModeRefused(
            f"{server} does not allow this user to PING; allow PING, EVAL, EVALSHA and the keys of KEY_PREFIX to it"
        )
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error)):
        return ModeRefused(
            f"{server} shows a certificate that cannot be verified; name its authority with ?ssl_ca_certs=FILE, "
            "or take any with ?ssl_cert_reqs=none"
        )
    if any(isinstance(cause, ssl.SSLError) for cause in _causes(error)):
        return _no_tls(server)
    if isinstance(error, exceptions.ConnectionError):
        return ModeRefused(f"{server} closes the connection; if it wants TLS, use rediss:// (REDIS_TLS_URL)")
    if isinstance(error, exceptions.InvalidResponse):
        return ModeRefused(f"what listens at {address} does not speak the Redis protocol; correct REDIS_URL")
    return ModeRefused(f"{server} refuses us: {error}; correct REDIS_URL")


def _causes(error: BaseException | None) -> list[BaseException]:
    causes = []
    while error is not None and error not in causes:
        causes.append(error)
        error = error.__cause__ or error.__context__
    return causes
