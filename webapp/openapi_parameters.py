"""What the parameters of query strings mean, for whoever reads the description of the API; `openapi` puts it together."""

from __future__ import annotations

MEANINGS = {
    "actor": "who did it, by his exact name",
    "all": "the slots that come out the same as well",
    "at": "02:00, yesterday 02:00, or a date and time",
    "cancel": "end active runs with it",
    "count": "how many times to look ahead",
    "cursor": "out of Link; takes the place of offset",
    "dry_run": "only say what would change",
    "enabled": "only enabled, or only disabled ones",
    "ended_since": "ended then or later",
    "ended_until": "ended before then",
    "event_type": "one type, or all of a kind: run.*",
    "failing": "whether its last run failed",
    "failure": "the runs of a group of GET /failures",
    "failure_kind": "how it failed",
    "flow_group": "its exact flow group",
    "full": "with inputs and outputs",
    "held": "whether a guard holds it now",
    "job_id": "of this job",
    "kind": "accounts, or MCP servers",
    "lane": "its exact flow group",
    "length_sec": "how long a time to look at",
    "limit": "how many rows",
    "object": "what it was done to, exactly",
    "offset": "how many rows to pass over",
    "operation": "what was done, exactly",
    "order": "the most frequent first, or the latest",
    "outcome": "how it ended",
    "paused": "whether its own pause is on",
    "priority": "this priority alone; everything without it",
    "replay": "ask the guards again about what they saw",
    "rule_id": "of this rule",
    "run_id": "of this run",
    "run_ids": "up to 100 runs, with commas between",
    "search": "in id, type and tags",
    "signature": "only failures with this line",
    "since": "then or later",
    "source": "who or what asked for it",
    "status": "where it stands",
    "surface": "through which door",
    "tag": "one of its tags, exactly",
    "transport": "how an MCP server is spoken to",
    "type": "its exact type",
    "until": "before then",
}
"""By the parameter's name."""
OF_ROUTES = {
    ("list_runs", "search"): "in run id, job id and error; a run id, or its first part, is found however old it is",
    ("list_events", "search"): "in type and data",
    ("list_catalog", "search"): "in id, label and description",
    ("read_docs", "search"): "in all that is said of a route",
}
"""By the operation's name and the parameter's, where the name alone means something else."""


def meaning(operation: str, parameter: str) -> str:
    """Return what the parameter of an operation means. Raises KeyError when nobody has said it."""
    return OF_ROUTES.get((operation, parameter)) or MEANINGS[parameter]
