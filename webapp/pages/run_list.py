"""What stands around a list of runs: a tab for each state with its count, and the ways to older and newer runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from runners.engine import operations
from runners.engine.bulk import Action
from runners.engine.operations import Page, RunFilter
from runners.engine.run import Run, RunStatus
from webapp.pages.reading import read
from webapp.presentation.states import state_word
from webapp.presentation.words import run_state

JOBS_NAMED = 4
Tab = tuple[str, str, str, int | None]


def tabs(wanted: RunFilter) -> list[Tab]:
    """Return (shape, address, word, count) of each state and of all; counts are of all runs, so under other filters there are none."""
    alone = replace(wanted, status=None) == RunFilter()
    counts = read(operations.run_counts) if alone else {}
    states = [
        (run_state(status), _address(status=str(status)), state_word(run_state(status)), status) for status in RunStatus
    ]
    everything = ("", _address(status=None), _("all"), None)
    return [(name, address, word, counts.get(status)) for name, address, word, status in (everything, *states)]


def ways(found: Page[Run]) -> dict[str, str | None]:
    """Return the addresses of the pages on both sides, and of the newest runs."""
    return {
        "newer": _address(cursor=found.newer_cursor) if found.newer_cursor else None,
        "older": _address(cursor=found.next_cursor) if found.next_cursor else None,
        "newest": _address() if request.args.get("cursor") else None,
    }


def all_of_them(wanted: RunFilter) -> dict[str, Any] | None:
    """Return what can be done to all runs that pass the filters at once; None when they name no state."""
    if wanted.status is None and wanted.failure_kind is None and wanted.failure is None:
        return None
    action = Action.CANCEL if wanted.status and wanted.status.active else Action.RETRY
    return {"action": action, "filter": wanted.to_json()}


def only_failed(wanted: RunFilter) -> str | None:
    """Return where the same is searched among failed runs alone, which reaches further back; None where that is no help."""
    return _address(status=RunStatus.FAILED) if wanted.search and wanted.status is None else None


def of_jobs(wanted: RunFilter) -> dict[str, str]:
    """Return where all runs of each job stand that the search may mean: whose id begins like it. An index leads to them all."""
    if not wanted.search or wanted.job_id:
        return {}
    named = read(operations.jobs_beginning, wanted.search, JOBS_NAMED)
    return {job_id: _address(search=None, job_id=job_id) for job_id in named}


def _address(**changed: Any) -> str:
    kept: dict[str, Any] = {
        name: value for name, value in request.args.items() if name not in ("cursor", "page") and value
    }
    return url_for("runs.index", **kept | changed)
