"""The filters of runs in an address or a form, read under the API's rules."""

from __future__ import annotations

import re
from datetime import datetime

from pydantic import ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from runners.engine.clock import rfc3339
from runners.engine.operations import RunFilter
from webapp.api.filters import RunFilterFields
from webapp.preferences import zone

TIMES = ("since", "until")
"""Fields that take a time without a zone, as browsers give it: in the zone in which the reader sees times."""
NAMES = tuple(RunFilterFields.model_fields)


def run_filter(said: MultiDict[str, str]) -> RunFilter:
    """Return what `said` filters by; fields that are left empty let all pass. Raises NotFound for what means nothing."""
    given = {name: said[name].strip() for name in NAMES if said.get(name, "").strip()}
    given |= {name: _in_zone(given[name]) for name in TIMES if name in given}
    if chosen := said.getlist("run_id"):
        given["run_ids"] = ",".join(chosen)
    try:
        return RunFilterFields.model_validate(given).filter()
    except ValidationError as error:
        (name,), fault = error.errors()[0]["loc"], error.errors()[0]["msg"]
        raise NotFound(f"{name}: {fault}") from None


def local_time(at: datetime | None) -> str:
    """Return a time as a field for it takes it, in the reader's zone; '' for None, and for what no calendar of the zone has."""
    try:
        return at.astimezone(zone()).isoformat(timespec="seconds")[:19] if at else ""
    except OverflowError:
        return ""


def _in_zone(text: str) -> str:
    """Return a time without a zone as RFC 3339; what is none stays as it is."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", text, re.ASCII):
        return text
    try:
        return rfc3339(datetime.fromisoformat(text).replace(tzinfo=zone()))
    except (ValueError, OverflowError):
        return text
