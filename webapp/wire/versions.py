"""A job's versions as JSON: what each changed, by whom and when; contract §3."""

from typing import Any, NotRequired, cast

from runners.engine.job.difference import ABSENT, Difference
from runners.engine.operations import VersionView
from webapp.wire.jobs import SpecRow
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp


class DifferenceRow(Shape):
    """One value that changed: `loc` is the path to it; `before` or `after` is not there where the value was not."""

    loc: list[str]
    before: NotRequired[Any]
    after: NotRequired[Any]


class VersionRow(Shape):
    """One version of a job. `source` is the door through which it came (`api`, `page`, `cli`, `chat`, `system`).

    `diff` compares it with its predecessor; it is null for the first one, and for the oldest one that is kept.
    """

    version_id: int
    created_at: Stamp
    source: str
    actor: str
    note: str
    spec: SpecRow
    diff: list[DifferenceRow] | None


def version_row(view: VersionView) -> VersionRow:
    """Return one version for the wire."""
    version = view.version
    return {
        "version_id": version.number,
        "created_at": stamp(version.created_at),
        "source": version.source,
        "actor": version.actor,
        "note": version.note,
        "spec": cast(SpecRow, version.spec.to_json()),
        "diff": None if view.changes is None else [difference_row(change) for change in view.changes],
    }


def difference_row(difference: Difference) -> DifferenceRow:
    """Return one value that changed for the wire."""
    row: DifferenceRow = {"loc": list(difference.path)}
    if difference.before is not ABSENT:
        row["before"] = difference.before
    if difference.after is not ABSENT:
        row["after"] = difference.after
    return row
