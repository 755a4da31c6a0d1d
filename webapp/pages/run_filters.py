"""The filters of runs in an address or a form, read under the API's rules."""

from __future__ import annotations

from pydantic import ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from runners.engine.operations import RunFilter
from webapp.api.filters import RunFilterFields

NAMES = tuple(RunFilterFields.model_fields)


def run_filter(said: MultiDict[str, str]) -> RunFilter:
    """Return what `said` filters by; fields that are left empty let all pass. Raises NotFound for what means nothing."""
    given = {name: said[name].strip() for name in NAMES if said.get(name, "").strip()}
    try:
        return RunFilterFields.model_validate(given).filter()
    except ValidationError as error:
        (name,), fault = error.errors()[0]["loc"], error.errors()[0]["msg"]
        raise NotFound(f"{name}: {fault}") from None
