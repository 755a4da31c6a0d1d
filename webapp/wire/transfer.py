"""Specs that come and go as JSON: a preview, and the difference that an import makes."""

from typing import cast

from runners.engine.operations import Preview
from runners.engine.schedule import in_words
from webapp.wire.job_facts import FireTimeRow, fire_time_row
from webapp.wire.jobs import SpecRow
from webapp.wire.shape import Shape


class PreviewRow(Shape):
    """A valid spec with its defaults, its schedule in words, and when it would be due."""

    spec: SpecRow
    schedule_in_words: str | None
    forecast: list[FireTimeRow]


def preview_row(preview: Preview) -> PreviewRow:
    """Return `preview` for the wire."""
    schedule = preview.spec.schedule
    return {
        "spec": cast(SpecRow, preview.spec.to_json()),
        "schedule_in_words": in_words(schedule) if schedule else None,
        "forecast": [fire_time_row(time) for time in preview.times],
    }
