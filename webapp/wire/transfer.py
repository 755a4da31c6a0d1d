"""Specs that come and go as JSON: a preview, and the difference that an import makes."""

from typing import Literal, cast

from runners.engine.operations import ImportResult, Preview
from runners.engine.schedule import in_words
from runners.engine.words import Language
from webapp.wire.job_facts import FireTimeRow, fire_time_row
from webapp.wire.jobs import SpecRow
from webapp.wire.shape import Shape


class PreviewRow(Shape):
    """A valid spec with its defaults, its schedule in words, and when it would be due."""

    spec: SpecRow
    schedule_in_words: str | None
    forecast: list[FireTimeRow]


class ChangeRow(Shape):
    """What an import does to one job; `changed` names the fields of an update."""

    job_id: str
    action: Literal["create", "update", "unchanged"]
    changed: list[str]


class ImportRow(Shape):
    """What an import did, or would do when it is not `applied`; `memories` counts failure memories put back."""

    applied: bool
    jobs: list[ChangeRow]
    memories: int


def import_row(result: ImportResult) -> ImportRow:
    """Return `result` for the wire."""
    jobs: list[ChangeRow] = [
        {"job_id": row.job_id, "action": row.action, "changed": list(row.changed)} for row in result.rows
    ]
    return {"applied": result.applied, "jobs": jobs, "memories": result.memories}


def preview_row(preview: Preview, language: Language) -> PreviewRow:
    """Return `preview` for the wire, its notes in `language`."""
    schedule = preview.spec.schedule
    return {
        "spec": cast(SpecRow, preview.spec.to_json()),
        "schedule_in_words": in_words(schedule) if schedule else None,
        "forecast": [fire_time_row(time, language) for time in preview.times],
    }
