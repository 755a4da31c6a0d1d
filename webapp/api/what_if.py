"""What if: a job's recorded slots decided again under other guards."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from flask import Response
from pydantic import BaseModel, ConfigDict, JsonValue

from runners.engine import operations
from runners.engine.fields import Whole
from runners.engine.operations import Role
from webapp.api.answer import one
from webapp.api.endpoint import endpoint
from webapp.api.filters import WhatIfQuery
from webapp.asking import actor, platform
from webapp.language import language
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.wire.what_if import WhatIfRow, what_if_row

WEEK_SEC = 7 * 86_400


class WhatIfRequest(BaseModel):
    """The guards to try: control fields as a job's `inputs` have them; the others stay. `since_sec` is how far to look back."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    inputs: dict[str, JsonValue] = {}
    since_sec: Annotated[int, Whole(60, 90 * 86_400)] = WEEK_SEC


@endpoint(
    "POST",
    "/jobs/{job_id}/what-if",
    Role.VIEWER,
    query=WhatIfQuery,
    body=WhatIfRequest,
    answers={200: WhatIfRow},
    worded=True,
    headers={"X-Total-Count": "how many rows there are, on all pages"},
)
def replay_job(job_id: str, query: WhatIfQuery) -> Response:
    """Decide the job's recorded slots again as if its guards were these, newest first; nothing is changed.

    Only what comes out otherwise is listed, unless `all` is asked for. Reaches back as far as the ledger and the runs'
    records are whole, 2000 slots at most.
    """
    asked = model_of(WhatIfRequest, json_object())
    since = timedelta(seconds=asked.since_sec)
    found = operations.what_if(platform(), actor(), job_id, asked.inputs, since)
    rows = list(reversed(found.rows)) if query.all else list(found.changed)
    shown = rows[query.offset : query.offset + query.limit]
    return one(what_if_row(found, shown, language()), headers={"X-Total-Count": str(len(rows))})
