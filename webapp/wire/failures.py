"""Groups of failures as JSON."""

from runners.engine.store.failures import FailureGroup
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp, stamp_or_none


class FailureRow(Shape):
    """Failures of one job that are alike: of one kind, with one `line` of the error, in which numbers, ids and addresses
    are replaced (`*` takes what is unlike all others, once a job has 100 lines).

    `failure` names the group in the filters of `GET /runs` and `POST /runs/bulk`. `count`, `first_at`, `last_at` and
    `versions` (of the job) are about the window; `known_since` and `since_version` are the first of all that are kept.
    `counts` are those of 24 equal parts of the window; `run_ids` are the newest three.
    """

    failure: str
    job_id: str
    failure_kind: str
    line: str
    count: int
    first_at: Stamp | None
    last_at: Stamp | None
    known_since: Stamp
    versions: list[int]
    since_version: int | None
    run_ids: list[str]
    counts: list[int]


def failure_row(group: FailureGroup) -> FailureRow:
    """Return the group for the wire."""
    return {
        "failure": group.group,
        "job_id": group.job_id,
        "failure_kind": group.kind,
        "line": group.line,
        "count": group.count,
        "first_at": stamp_or_none(group.first_at),
        "last_at": stamp_or_none(group.last_at),
        "known_since": stamp(group.known_since),
        "versions": list(group.versions),
        "since_version": group.since_version,
        "run_ids": list(group.run_ids),
        "counts": list(group.parts),
    }
