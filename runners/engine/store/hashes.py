"""Writing many fields of a hash at once, on servers before 4.0 too: they know HMSET, but HSET with one field only."""

from collections.abc import Mapping
from typing import Any


def set_fields(pipeline: Any, key: str, fields: Mapping[str, str | int]) -> None:
    """Queue the write of all `fields` (at least one); redis-py's own `hmset` is deprecated and warns."""
    pipeline.execute_command("HMSET", key, *(part for pair in fields.items() for part in pair))
