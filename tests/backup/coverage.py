"""Every family of keys, by its name in `keys.py`: whether a backup holds it, or why it does not. A test misses whatever is in none.

`ANEW` is not written down because the restoring deployment makes it of what is.
"""

from __future__ import annotations

from collections.abc import Mapping

KEPT = frozenset(
    {
        *("job", "jobs", "jobs_index", "versions", "last_versions", "incarnations", "gone_jobs", "due", "held"),
        *("memory", "ledger", "ledgers_dropped", "strip", "durations", "failing", "outcomes"),
        *("run", "runs", "runs_of", "tracebacks", "log", "logs", "steps", "talk", "once", "poison"),
        *("active_of_job", "active_of_flow", "pending", "pools", "retries", "expiries", "waiting_runs"),
        *("approval", "all_approvals", "approvals", "approvals_of", "approvals_in", "approval_deadlines"),
        *("approval_reminders", "grants", "granted_jobs"),
        *("flows", "flow_limits", "flow_members", "paused", "paused_of", "suspended"),
        *("person", "people", "people_ids", "last_versions_of_people", "administrators"),
        *("token", "tokens", "token_names", "token_owners", "token_ends", "tokens_used"),
        *("record", "records", "last_records", "agent", "agents", "unremembered"),
        *("delivery", "deliveries"),
        *("events", "events_of_job", "last_event"),
        *("audit", "audit_head", "audit_of", "turned_away", "turned_away_last"),
    }
)

_QUEUE = "messages are hints: every queued run gets one when it is restored"
_FAILURES = "every failed run is put among those like it as it is restored"
_LOOKED = "a tick looks at every job anew, and finds out what holds it here"

ANEW: Mapping[str, str] = {
    **dict.fromkeys(("stream", "queue_list", "wake", "markers", "takes"), _QUEUE),
    **dict.fromkeys(
        ("failures", "last_failure_group", "failures_of", "failure", "failure_runs", "failure_versions"), _FAILURES
    ),
    **dict.fromkeys(("waiting", "resumed", "pressure", "ticks"), _LOOKED),
    "sealing_keys": "secrets are sealed with the key of the place that they come to",
    "metrics": "ends are counted of the runs that are restored; all other counters begin at nought",
    "notified_until": "what happened before is told of already",
    "data_format": "the restoring version writes its own form",
    "restoring": "says which backup is being restored",
}

_PROCESSES = "belongs to processes that live"
_SHORT = "lives for minutes, and guards nothing once its deployment has ended"
_FIGURES = "figures of the hours before, which say nothing of this deployment"
_BULK = "lives for a day; one that has something left would act at another hour than it was approved for"
_CHATS = "what was said belongs to the deployment that said it; a chat would hear it again"

LEFT: Mapping[str, str] = {
    **dict.fromkeys(("process", "processes", "handlers", "connector", "connectors", "mode", "migrator"), _PROCESSES),
    **dict.fromkeys(("leases",), "a running run is restored as lost, and no other has a lease"),
    **dict.fromkeys(
        ("leader", "notifier", "examiner", "tracer", "bulks_turn", "chat_turn"), "whose turn it is among processes"
    ),
    **dict.fromkeys(("window", "probe", "set_back", "attempts", "spent", "first_code", "plan"), _SHORT),
    **dict.fromkeys(("minute", "depths", "depths_of_day", "spreads", "examination"), _FIGURES),
    **dict.fromkeys(("bulk", "bulk_todo", "bulk_done", "bulks", "bulks_open"), _BULK),
    **dict.fromkeys(("notified", "notified_hour"), "how often something was told within hours"),
    **dict.fromkeys(
        (
            *("chat_heard", "chat_inbox", "chat_hook", "chat_outbox", "chat_once", "chat_card", "chat_awaited"),
            *("chat_answerable", "chat_asked", "chat_lately", "chat_live", "chat_code"),
        ),
        _CHATS,
    ),
    **dict.fromkeys(("session", "sessions_of"), "people sign in again"),
    "idempotency": "answers may hold what was shown only once; the run that a key made is kept",
    "deliveries_due": "nothing is sent in the place of another deployment: what was still to be sent has failed",
    "traced_until": "what happened before was traced by the deployment in which it did",
    "audit_aside": "was of no use where it stood",
}
