"""Specs that come and go as JSON: a preview, and the difference that an import makes."""

from typing import Any, Literal, cast

from runners.engine.operations import ImportResult, Limit, Preview
from runners.engine.schedule import in_words
from runners.engine.words import Language
from webapp.wire.job_facts import FireTimeRow, fire_time_row
from webapp.wire.jobs import SharingRow, SpecRow, sharing_row
from webapp.wire.shape import Shape
from webapp.wire.versions import DifferenceRow, difference_row


class PreviewRow(Shape):
    """A valid spec with its defaults, its schedule in words, when it would be due, and whose memory its agent would share.

    `shares_memory` is null when no other job uses that memory.
    """

    spec: SpecRow
    schedule_in_words: str | None
    forecast: list[FireTimeRow]
    shares_memory: SharingRow | None


Did = Literal["create", "update", "unchanged"]


class ChangeRow(Shape):
    """What an import does to one job; `changed` names the fields of an update, `diff` has every value that differs."""

    job_id: str
    action: Did
    changed: list[str]
    diff: list[DifferenceRow]


class LimitChangeRow(Shape):
    """What an import does to the own limit of a flow group; null is none."""

    flow_group: str
    action: Did
    before: int | None
    after: int | None


class AccountChangeRow(Shape):
    """What an import does to one account; its secrets stay as they are."""

    account: str
    action: Did


class ImportRow(Shape):
    """What an import did, or would do when it is not `applied`; `memories` counts failure memories put back.

    `unreadable` is what the document says it lacks, because it could not be read where the document was made.
    """

    applied: bool
    jobs: list[ChangeRow]
    flow_groups: list[LimitChangeRow]
    accounts: list[AccountChangeRow]
    memories: int
    unreadable: list[str]


class LimitRow(Shape):
    """The limit of its own that a flow group has."""

    flow_group: str
    limit: int


class ExportedAccountRow(Shape):
    """An account without its secrets."""

    provider: str
    account_id: str
    label: str
    enabled: bool
    base_url: str | None
    config: dict[str, Any]


class ExportRow(Shape):
    """Everything that an import puts back: what people have defined. What stands still or has run is not in it.

    `unreadable` names what is there and not in it (`job:…`, `account:…`), because its record cannot be read.
    """

    format: Literal["multijob-export"]
    version: Literal[1]
    jobs: list[SpecRow]
    flow_groups: list[LimitRow]
    accounts: list[ExportedAccountRow]
    unreadable: list[str]


def import_row(result: ImportResult) -> ImportRow:
    """Return `result` for the wire."""
    return {
        "applied": result.applied,
        "jobs": [
            {
                "job_id": row.job_id,
                "action": row.action,
                "changed": list(row.changed),
                "diff": [difference_row(change) for change in row.diff],
            }
            for row in result.rows
        ],
        "flow_groups": [_limit_change_row(limit) for limit in result.limits],
        "accounts": [{"account": change.name, "action": change.action} for change in result.accounts],
        "memories": result.memories,
        "unreadable": list(result.unreadable),
    }


def _limit_change_row(limit: Limit) -> LimitChangeRow:
    action: Did = "unchanged" if limit.before == limit.after else "update" if limit.before else "create"
    return {
        "flow_group": limit.flow_group,
        "action": action,
        "before": limit.before or None,
        "after": limit.after or None,
    }


def preview_row(preview: Preview, language: Language) -> PreviewRow:
    """Return `preview` for the wire, its notes in `language`."""
    schedule = preview.spec.schedule
    return {
        "spec": cast(SpecRow, preview.spec.to_json()),
        "schedule_in_words": in_words(schedule, language) if schedule else None,
        "forecast": [fire_time_row(time, language) for time in preview.times],
        "shares_memory": sharing_row(preview.sharing) if preview.sharing else None,
    }
