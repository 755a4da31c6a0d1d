"""The only door for a job spec: everything that is wrong with it, found at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from runners.engine.errors import Invalid
from runners.engine.job.spec import JobSpec
from runners.engine.problems import problems_of

if TYPE_CHECKING:
    from runners.engine.catalog import Catalog


def validate(raw: Mapping[str, Any], catalog: Catalog) -> JobSpec:
    """Return the spec that `raw` (a JSON object) states; raises Invalid with all its problems."""
    try:
        return JobSpec.model_validate(raw)
    except ValidationError as error:
        raise Invalid(problems_of(error, JobSpec)) from None
