"""Points in time on the wire: UTC, RFC 3339, `Z`, milliseconds."""

from datetime import datetime
from typing import Annotated

from pydantic import WithJsonSchema

from runners.engine.clock import rfc3339

Stamp = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time", "pattern": r"\.[0-9]{3}Z$"})]

stamp = rfc3339


def stamp_or_none(moment: datetime | None) -> Stamp | None:
    """Return `moment` as `stamp` does, or None."""
    return stamp(moment) if moment else None
