"""The whole examination: this machine, then the server as a start would find it, then what stands in it."""

from collections.abc import Iterator
from dataclasses import replace

from redis.exceptions import RedisError, ResponseError

from runners.doctor.audit import audit
from runners.doctor.finding import Finding
from runners.doctor.fleet import fleet
from runners.doctor.invariants import invariants
from runners.doctor.kinds import kinds
from runners.doctor.machine import machine
from runners.doctor.server import server
from runners.engine import embedded
from runners.engine.errors import MultijobError
from runners.engine.platform import Platform, open_platform
from runners.engine.settings import Settings


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each thing that was looked at; a server that cannot be had ends the examination."""
    yield from machine(settings)
    url = settings.redis_url or embedded.joined_url(settings.data_dir)
    try:
        if url is None:
            yield Finding("server", True, f"embedded, and not running: {embedded.require_binary()}")
            return
        platform = open_platform(replace(settings, redis_url=url))
    except MultijobError as error:
        yield Finding("server", False, str(error))
        return
    try:
        yield from _store(platform)
    except RedisError as error:
        yield Finding("server", False, f"it went away during the examination: {error}")
    finally:
        platform.store.redis.close()
        platform.store.rq_redis.close()


def _store(platform: Platform) -> Iterator[Finding]:
    mode = platform.store.mode
    yield Finding("server", True, f"{mode.server}: mode {mode.name}; durability: {mode.durability}")
    for warning in mode.warnings:
        yield Finding("server", False, warning)
    yield from as_far_as("the server", server(platform.store, platform.settings))
    yield from as_far_as("the kinds of keys", kinds(platform.store))
    yield from as_far_as("the processes", fleet(platform.store))
    yield from as_far_as("the audit", audit(platform))
    yield from as_far_as("the invariants", invariants(platform))


def as_far_as(part: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """Yield the findings of one part; what the server refuses ends that part, and no other."""
    try:
        yield from findings
    except ResponseError as error:
        yield Finding("server", False, f"it refuses what the examination of {part} asks, and that ends here: {error}")
