"""Reading a job's versions: the specs that it had, as `define` keeps them."""

from __future__ import annotations

import json
from typing import Any

from runners.engine.job import JobSpec, spec_from_json
from runners.engine.store.connection import Store


def load_version(store: Store, job_id: str, version: int) -> JobSpec | None:
    """Return the spec of one version, or None when it is not kept. Raises KeyError or ValueError on a broken record."""
    rows: Any = store.redis.lrange(store.keys.versions(job_id), 0, -1)
    for row in reversed(rows):
        number, _, text = row.split("|", 2)
        if number == str(version):
            return spec_from_json(json.loads(text)["spec"])
    return None
