"""What people read: words, times and pictures, made from what operations return. Pure; no request, no store."""

import json
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from markupsafe import Markup, escape

from runners.engine.clock import rfc3339
from runners.engine.explain import past, told
from runners.engine.failure import headline
from runners.engine.guards import GUARDS
from runners.engine.job.difference import ABSENT
from runners.engine.store.processes import STALE_AFTER
from runners.engine.visible import visible
from runners.engine.words import say
from webapp.numbers import decimal, number
from webapp.presentation import (
    event_words,
    events,
    job_bulk,
    memories,
    sizes,
    sparkline,
    spoken,
    states,
    strip,
    timeline,
    times,
    words,
)

FILTERS = {
    "relative": times.relative,
    "about": times.about,
    "duration": times.duration,
    "milliseconds": times.milliseconds,
    "clock": times.clock,
    "utc_clock": times.utc_clock,
    "zoned_clock": times.zoned_clock,
    "stamp": times.stamp,
    "local": times.local,
    "unbroken": times.unbroken,
    "zone_name": times.zone_name,
    "day": times.day,
    "schedule_words": words.schedule_words,
    "rfc3339": rfc3339,
    "approval_shape": words.approval_shape,
    "number": number,
    "decimal": decimal,
    "headline": headline,
    "filter_word": words.filter_word,
    "run_state": words.run_state,
    "short_run": words.short_run,
    "why_short": words.why_short,
    "past": past,
    "told_here": job_bulk.told_here,
    "told": told,
    "begun": words.begun,
    "outcome_word": timeline.outcome_word,
    "event_words": events.event_words,
    "named": memories.named,
    "shared_memory": memories.shared_memory,
    "sparkline": sparkline.draw,
    "size": sizes.size,
    "state_word": states.state_word,
    "spoken": spoken.spoken,
    "event_shape": event_words.event_shape,
    "event_facts": event_words.event_facts,
    "event_link": event_words.linked,
}
SHOWN_OF_A_VALUE = 8 * 1024
"""Characters of inputs and output on a page; the rest is a file."""
BRIEF = 200
VOCABULARIES = {
    "SHOWN_OF_A_VALUE": SHOWN_OF_A_VALUE,
    "SOURCES": words.SOURCES,
    "say": say,
    "GUARD_NAMES": tuple(guard.__name__ for guard in GUARDS),
    "ASKED": words.ASKED,
    "MODES": words.MODES,
    "BULK_STATES": words.BULK_STATES,
    "CAPABILITIES": words.CAPABILITIES,
    "CHANNELS": words.CHANNELS,
    "MESSAGE_SHAPES": words.MESSAGE_SHAPES,
    "bulk_words": words.bulk_words,
    "bulk_title": words.bulk_title,
    "bulk_filter": words.bulk_filter,
    "filter_value": words.filter_value,
    "SILENT": STALE_AFTER,
    "HATCHES": strip.HATCHES,
    "guard_name": strip.guard_name,
    "job_bulk_words": job_bulk.job_bulk_words,
    "job_bulk_title": job_bulk.job_bulk_title,
    "does_word": job_bulk.does_word,
    "DOES_SHAPES": job_bulk.DOES_SHAPES,
    "OUTCOME_SHAPES": job_bulk.OUTCOME_SHAPES,
}


def register(app: Flask) -> None:
    """Give the templates of `app` these words, times and pictures."""
    app.jinja_env.filters.update(FILTERS, pretty=pretty, brief=brief, with_code=with_code, visible=visible)
    app.jinja_env.globals.update(VOCABULARIES)


def brief(value: Any) -> str:
    """Return JSON in one line, cut to 200 characters; 'nothing' for what is not there."""
    if value is ABSENT:
        return _("nothing")
    text = visible(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= BRIEF else text[: BRIEF - 1] + "…"


def with_code(text: str) -> Markup:
    """Return `text` with what stands between backticks as code."""
    parts = text.split("`")
    marked = (Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts))
    return Markup("").join(marked)


def pretty(value: Any) -> str:
    """Return JSON for people: indented, in the given order, letters of every script as they are, what hides escaped."""
    return visible(json.dumps(value, indent=2, ensure_ascii=False))
