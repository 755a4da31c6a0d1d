"""A deployment with something of everything, and an example for each name that stands in an address."""

from __future__ import annotations

from typing import Any

from runners.engine import settings
from runners.engine.access.chatting import redeem
from runners.engine.platform import open_platform
from tests.browser.guarded import Guarded
from tests.planted import PASSWORD, ROLE_TOKENS
from tests.waiting import wait_until

HOOK = {"events": ["run.failed"], "channel": "webhook", "webhook": {"url": "https://hooks.example.org/services/x"}}


NAMED = {
    "job_id": "broken",
    "flow_group": "shop",
    "provider": "openai",
    "account_id": "main",
    "server_id": "shop",
    "rule_id": "ops",
    "channel": "telegram",
    "sender": "42",
    "name": "viewer",
    "version_id": "1",
    "agent_key": "watch",
    "handbook.show name": "guards",
    "handbook.picture name": "slot.svg",
    "docs_group": "jobs",
    "docs_shape": "JobSpec",
    "automation.edit job_id": "watch",
}
"""The arguments of addresses whose examples are known before they are made."""


def furnish(guarded: Guarded) -> dict[str, str]:
    """Make one of everything and return an example of each argument that the address of a page takes.

    'endpoint argument' is the example for that page alone.
    """
    ask = guarded.ask
    for role in ROLE_TOKENS:
        ask("POST", "/people", {"name": role, "role": role, "password": PASSWORD})
    _jobs(guarded)
    failed = _ended(guarded, "broken")
    _accounts(guarded)
    _link_a_chat(guarded)
    workflow = {"job_id": "watch", "prompt": "look at the shop", "interval_sec": 86_400, "max_retry": 0}
    ask("POST", "/automation/agent-workflow", workflow | {"require_approval_for_missing": False})
    _ended(guarded, "watch")
    token = ask("POST", "/tokens", {"name": "ci", "role": "viewer"})
    granted = _granted(guarded)
    ask("POST", "/flow-groups/shop/pause")
    ask("POST", "/jobs/deploy/run")
    waiting = wait_until(lambda: ask("GET", "/approvals?status=pending"), 20)
    worker = wait_until(lambda: [one for one in ask("GET", "/agents") if one["type"] == "worker"], 30)
    retried = {"action": "retry", "filter": {"job_id": "broken", "status": "failed"}, "expected": 1}
    tagged = {"action": "tag", "tag": "seen", "job_ids": ["off", "broken"], "expected": 2}
    return NAMED | {
        "run_id": failed,
        "approval_id": waiting[0]["approval_id"],
        "bulk_id": ask("POST", "/runs/bulk", retried)["bulk_id"],
        "agent_id": worker[0]["id"],
        "token_id": token["token_id"],
        "job_bulk.show bulk_id": ask("POST", "/jobs/bulk", tagged)["bulk_id"],
        "grant_id": granted,
    }


def _accounts(guarded: Guarded) -> None:
    ask = guarded.ask
    ask("PUT", "/integrations/accounts/openai/main", {"label": "Main", "secrets": {"api_key": "canary-0123456789"}})
    ask("PUT", "/integrations/mcp/servers/shop", {"transport": "http", "url": "https://mcp.example.com/mcp"})
    ask("PUT", "/connector/telegram/accounts/main", {"label": "Sales", "allowed_chats": [7]})
    slack = {"signing_secret": "canary-of-slack-0123456789", "team": "T024BE7LD", "allowed_chats": ["C061EG9SL"]}
    ask("PUT", "/connector/slack/accounts/main", slack)
    ask("PUT", "/notifications/rules/ops", HOOK)


def _granted(guarded: Guarded) -> str:
    """Grant a job a private target, and return the approval's id."""
    ask = guarded.ask
    wish = {"capability": "private_target", "value": "127.0.0.1:9"}
    granted = ask("POST", "/jobs/calls/grants", wish, role="operator")["approval_id"]
    ask("POST", f"/approvals/{granted}/approve")
    return str(granted)


def _link_a_chat(guarded: Guarded) -> None:
    platform = open_platform(settings.read(dict(guarded.env)))
    code = guarded.ask("POST", "/people/viewer/link")["code"]
    redeem(platform, "telegram", "42", {"chat": "7", "calls_himself": "@viewer"}, code, "furnished")
    platform.store.redis.close()
    platform.store.rq_redis.close()


def _jobs(guarded: Guarded) -> None:
    def save(job_id: str, **spec: Any) -> None:
        guarded.ask("POST", "/jobs", {"job_id": job_id, "type": "simulation.heavy", "inputs": {"work_ms": 100}, **spec})

    save("steady", schedule={"interval_sec": 2}, tags=["shop"], description="Runs all the time.")
    save("nightly", schedule={"cron": "0 2 * * *", "timezone": "Asia/Jakarta"})
    save("slow", inputs={"work_ms": 300_000}, timeout_ms=600_000, schedule={"interval_sec": 3})
    save(
        "grouped",
        inputs={"work_ms": 100, "flow_group": "shop", "flow_max_active_runs": 2},
        schedule={"interval_sec": 5},
    )
    save("deploy", requires_approval=True)
    save("off", enabled=False)
    save("calls", type="http.request", inputs={"url": "http://127.0.0.1:9/"})
    flaky = {"fail_times": 20, "work_ms": 0, "failure_threshold": 1}
    save("broken", type="simulation.flaky", inputs=flaky, retry_policy={"max_retry": 0})


def _ended(guarded: Guarded, job_id: str) -> str:
    run_id = str(guarded.ask("POST", f"/jobs/{job_id}/run")["run_id"])
    wait_until(lambda: guarded.ask("GET", f"/runs/{run_id}")["status"] == "failed", 60)
    return run_id
