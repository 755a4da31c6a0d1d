"""The examples of the OpenAPI document: what to send, and what comes back. Every one of them is tried by a test."""

from __future__ import annotations

from typing import Any

AT = "2026-01-31T18:15:00.000Z"
RUN = "run_2kq5x3vbta_m4n7pq2xw5ab"
BULK = "bulk_0f9a6c1e2b3d4c5e6f708192"

PARAMETERS: dict[str, str] = {
    "job_id": "daily-report",
    "run_id": RUN,
    "flow_group": "bank",
    "rule_id": "failures",
    "server_id": "search",
    "version_id": "1",
    "bulk_id": BULK,
    "provider": "github",
    "account_id": "main",
    "agent_id": "worker-4711-a1b2c3",
    "approval_id": "ap_2kq5x3vbta_m4n7pq2xw5ab_1",
    "grant_id": "ap_2kq5x3vbta_m4n7pq2xw5ab_1",
    "person_name": "ada",
    "token_id": "abcdefgh2345",
    "channel": "telegram",
    "sender": "42",
    "agent_key": "shop-watcher",
    "docs_group": "jobs",
    "docs_shape": "JobSpec",
}
"""A value for each parameter of a path."""

JOB: dict[str, Any] = {
    "job_id": "daily-report",
    "type": "simulation.heavy",
    "schedule": {"cron": "0 9 * * mon-fri", "timezone": "Asia/Jakarta"},
    "timeout_ms": 60_000,
    "retry_policy": {"max_retry": 2, "backoff_sec": [5, 30]},
    "inputs": {"work_ms": 250, "flow_group": "bank", "flow_max_active_runs": 2},
    "description": "The figures of yesterday.",
    "tags": ["reports"],
}
EXPORT: dict[str, Any] = {
    "format": "multijob-export",
    "version": 1,
    "jobs": [JOB],
    "flow_groups": [{"flow_group": "bank", "limit": 3}],
    "accounts": [],
}

BODIES: dict[str, Any] = {
    "save_job": JOB,
    "replace_job": JOB,
    "preview_job": JOB,
    "replay_job": {"inputs": {"flow_max_active_runs": 5}, "since_sec": 604800},
    "import_jobs": EXPORT,
    "run_job": {"inputs": {"work_ms": 500}, "guards": "ignore"},
    "retry_run": {"guards": "enforce"},
    "begin_bulk": {"action": "retry", "filter": {"status": "failed", "job_id": "daily-report"}, "expected": 1},
    "preview_job_bulk": {"action": "tag", "filter": {"search": "report"}, "tag": "nightly"},
    "begin_job_bulk": {"action": "disable", "job_ids": ["daily-report"], "expected": 1},
    "limit_flow_group": {"limit": 3},
    "save_agent_workflow": {
        "job_id": "watch-orders",
        "template": "ops_realtime",
        "prompt": "Look at the orders of the last minute and tell the team what is unusual.",
        "account": "openai/main",
        "allow_tools": ["http:shopee/main"],
    },
    "save_account": {"label": "Our GitHub", "config": {"org": "acme"}, "secrets": {"token": "ghp_example"}},
    "save_notification_rule": {"events": ["run.failed"], "channel": "email", "email": {"to": ["ops@example.com"]}},
    "save_mcp_server": {"label": "Search", "transport": "http", "url": "https://mcp.example.com/mcp"},
    "save_slack_account": {"label": "Operations", "team": "T024BE7LD", "allowed_chats": ["C061EG9SL"]},
    "save_telegram_account": {"label": "Night watch", "allowed_chats": [-1001], "allowed_senders": [42]},
    "request_grant": {"capability": "program", "value": "git --version", "lasts_sec": 86_400},
    "create_person": {"name": "ada", "password": "correct horse battery staple", "role": "operator"},
    "change_person": {"role": "viewer"},
    "take_command": {"team_id": "T024BE7LD", "channel_id": "C061EG9SL", "user_id": "U2CERLKJA", "text": "status"},
    "take_update": {"update_id": 1001},
    "create_token": {"name": "reports", "role": "viewer"},
}
"""A body for each operation that takes one, by the operation's id."""

MEMORY: dict[str, Any] = {
    "agent_key": "shop-watcher",
    "executions": 41,
    "successes": 39,
    "failures": 2,
    "last_at": AT,
    "steps": 187,
    "tokens": 96_200,
    "cost": 0.31,
    "first_at": AT,
    "jobs": ["watch-orders"],
    "job_count": 1,
    "recent_successes": [
        {"run_id": RUN, "job_id": "watch-orders", "attempt": 0, "at": AT, "text": "told the team of two unusual orders"}
    ],
    "recent_failures": [
        {
            "run_id": RUN,
            "job_id": "watch-orders",
            "attempt": 0,
            "at": AT,
            "text": "https://shop.example.com answered 503",
        }
    ],
    "signatures": [
        {
            "line": "https://shop.example.com answered 503",
            "count": 2,
            "weight": 0.707,
            "first_at": AT,
            "last_at": AT,
            "jobs": ["watch-orders"],
        }
    ],
}
QUEUED = {"run_id": RUN, "job_id": "daily-report", "status": "queued"}
ANSWERS: dict[str, Any] = {
    "read_health": {"status": "healthy"},
    "read_readiness": {
        "status": "ready",
        "mode": "streams",
        "durability": "aof everysec: what the last second brought can be lost with the power",
        "scheduler": "online",
        "workers": 2,
        "warnings": [],
    },
    "read_me": {"enabled": True, "role": "operator", "subject": "ada"},
    "save_job": {"job_id": "daily-report", "status": "created", "version": 1},
    "replace_job": {"job_id": "daily-report", "status": "updated", "version": 2},
    "enable_job": {"job_id": "daily-report", "status": "enabled"},
    "disable_job": {"job_id": "daily-report", "status": "disabled"},
    "delete_job": {"job_id": "daily-report", "status": "deleted"},
    "roll_back_job": {"job_id": "daily-report", "status": "updated", "version": 3},
    "list_agent_memories": [MEMORY],
    "read_agent_memory": MEMORY,
    "forget_agent_memory": {"agent_key": "shop-watcher", "signature": None, "status": "forgotten"},
    "run_job": QUEUED,
    "retry_run": QUEUED,
    "cancel_run": {"run_id": RUN, "job_id": "daily-report", "status": "cancelled"},
    "link_chat": {"person": "ada", "code": "3nF0yZb1Q4m8Vd2kT6wXpA", "expires_at": AT},
    "list_events": [
        {
            "id": "1769883300000000",
            "type": "run.queued",
            "timestamp": AT,
            "data": {"job_id": "daily-report", "run_id": RUN},
        }
    ],
    "begin_bulk": {
        "bulk_id": BULK,
        "action": "retry",
        "filter": {"job_id": "daily-report", "status": "failed"},
        "status": "working",
        "total": 1,
        "left": 1,
        "done": 0,
        "skipped": 0,
        "withdrawn": 0,
        "undone": 0,
        "kept": 0,
        "held_by": None,
        "runs_per_sec": 100,
        "can_be_undone": True,
        "actor": "ada",
        "created_at": AT,
        "finished_at": None,
        "undone_by": None,
    },
    "preview_job_bulk": {
        "action": "tag",
        "total": 1,
        "change": 1,
        "unchanged": 0,
        "refused": 0,
        "digest": "0f9a6c1e2b3d4c5e",
        "jobs": [
            {
                "job_id": "daily-report",
                "version": "3",
                "does": "change",
                "why": "gets the tag nightly, as a new version",
            }
        ],
    },
    "begin_job_bulk": {
        "bulk_id": BULK,
        "action": "disable",
        "filter": {"jobs": "0f9a6c1e2b3d4c5e"},
        "tag": None,
        "cancel": False,
        "status": "working",
        "total": 1,
        "left": 1,
        "done": 0,
        "skipped": 0,
        "withdrawn": 0,
        "undone": 0,
        "kept": 0,
        "jobs_per_sec": 100,
        "can_be_undone": True,
        "actor": "ada",
        "created_at": AT,
        "finished_at": None,
        "undone_by": None,
    },
    "list_job_bulk_items": [{"job_id": "daily-report", "outcome": "done", "detail": ""}],
    "list_bulk_items": [{"run_id": RUN, "outcome": "done", "detail": "run_2kq5x3vbtc_aaaabbbb2222"}],
    "import_jobs": {
        "applied": True,
        "jobs": [{"job_id": "daily-report", "action": "create", "changed": [], "diff": []}],
        "flow_groups": [{"flow_group": "bank", "action": "create", "before": None, "after": 3}],
        "accounts": [],
        "memories": 0,
        "unreadable": [],
    },
}
"""What comes back, by the operation's id: its first status."""

PROBLEM: dict[str, Any] = {
    "type": "about:blank",
    "title": "Unprocessable Entity",
    "status": 422,
    "detail": "unknown field 'shedule'; did you mean 'schedule'?",
    "errors": [
        {"loc": ["shedule"], "msg": "unknown field 'shedule'; did you mean 'schedule'?", "type": "unknown_field"}
    ],
}
