"""The filters and the order of the list of jobs, as URLs and forms carry them."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from runners.engine.operations import JobFilter, Order

WORDS = ("search", "type", "tag", "flow_group")
SWITCHES = ("enabled", "paused", "held", "failing")
YES_OR_NO = {"yes": True, "no": False}


def job_filter(said: MultiDict[str, str]) -> JobFilter:
    """Return what is filtered by; a word that makes no sense filters nothing."""
    words = {name: said.get(name, "").strip() or None for name in WORDS}
    switches = {name: YES_OR_NO.get(said.get(name, "")) for name in SWITCHES}
    return JobFilter(
        search=words["search"],
        type=words["type"],
        tag=words["tag"],
        flow_group=words["flow_group"],
        enabled=switches["enabled"],
        paused=switches["paused"],
        held=switches["held"],
        failing=switches["failing"],
    )


def job_order(said: MultiDict[str, str]) -> Order:
    """Return the order; by name when none, or none that there is, is asked for."""
    named = said.get("order", "")
    return Order(named) if named in set(Order) else Order.NAME


def said_filter(wanted: JobFilter) -> dict[str, str]:
    """Return a filter as the fields of a form that `job_filter` reads."""
    spelled = {"true": "yes", "false": "no"}
    return {name: spelled.get(value, value) if name in SWITCHES else value for name, value in wanted.to_json().items()}
