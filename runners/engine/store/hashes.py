"""Hashes: many fields written at once, and many hashes read of which one may be broken."""

from collections.abc import Mapping
from typing import Any

from redis.exceptions import ResponseError


def set_fields(pipeline: Any, key: str, fields: Mapping[str, str | int]) -> None:
    """Queue the write of all `fields` (at least one).

    Servers before 4.0 know HMSET, but HSET with one field only; redis-py's own `hmset` is deprecated and warns.
    """
    pipeline.execute_command("HMSET", key, *(part for pair in fields.items() for part in pair))


def read_hashes(pipeline: Any) -> list[dict[str, str]]:
    """Return what the HGETALLs queued in `pipeline` found, {} for a key that is no hash. Raises every other error."""
    return [fields_of(answer) for answer in pipeline.execute(raise_on_error=False)]


def fields_of(answer: Any) -> dict[str, str]:
    """Return what one HGETALL found; as `read_hashes`."""
    if isinstance(answer, ResponseError) and "WRONGTYPE" in str(answer):
        return {}
    if isinstance(answer, Exception):
        raise answer
    return dict(answer)
