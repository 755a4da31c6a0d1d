"""Every operation that changes something leaves its entry in the audit, in the step of the change.

A new operation is added here with the way to drive it: the table and the operations that change are compared.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from runners import planner
from runners.backup import make_backup, restore_backup
from runners.engine import operations
from runners.engine.access import chatting
from runners.engine.agents.memory import Ended as AgentEnded
from runners.engine.agents.memory import Memory
from runners.engine.audit_check import Check
from runners.engine.bulk import Action
from runners.engine.grant import Capability
from runners.engine.job_bulk import Wish
from runners.engine.operations import Actor, AuditFilter, Role, RunFilter
from runners.engine.platform import Platform
from runners.engine.preferences import Preferences
from runners.engine.protocol.agents import remember
from runners.engine.protocol.presence import beat
from runners.engine.run import RunStatus
from runners.engine.store import audit
from runners.engine.store.processes import ProcessBeat
from tests.operations.test_roles import CHANGES
from tests.planted import MODEL_KEY, PASSWORD
from tests.store.making import ADMIN, claim, finished, save, spec, start

BOB = Actor("bob", Role.ADMIN, "page", "request-7")
# of a private address, so that nothing is sent
ACCOUNT = {"base_url": "http://10.0.0.7", "secrets": {"api_key": MODEL_KEY}}
MCP = {"transport": "http", "url": "http://10.0.0.7/mcp", "headers": {"Authorization": "Bearer canary-canary-canary"}}
RULE = {"events": ["run.failed"], "channel": "email", "email": {"to": ["ops@example.org"]}}
WORKFLOW = {"job_id": "watch", "prompt": "look at the shop", "template": "ops_realtime"}
Drive = Callable[[Platform], object]


def failed(platform: Platform) -> Platform:
    save(platform)
    finished(platform, error="out of paper")
    return platform


def drain(platform: Platform) -> None:
    beat(platform.store, ProcessBeat("w1", "worker", "host", 7, "0.1.0", platform.store.now(), "idle"))
    operations.drain_agent(platform, BOB, "w1")


def stop(platform: Platform) -> None:
    beat(platform.store, ProcessBeat("w1", "worker", "host", 7, "0.1.0", platform.store.now(), "idle"))
    operations.stop_agent(platform, BOB, "w1")


def decide(platform: Platform) -> None:
    save(platform, requires_approval=True)
    start(platform)
    (waiting,) = operations.list_approvals(platform, ADMIN).rows
    operations.decide_approval(platform, BOB, waiting.approval_id, "approve")


def revoke_grant(platform: Platform) -> None:
    asked = operations.request_grant(saved(platform), ADMIN, "daily", Capability.PRIVATE_TARGET, "10.0.0.7")
    operations.decide_approval(platform, BOB, asked.approval_id, "approve")
    (granted,) = operations.list_grants(platform, BOB)
    operations.revoke_grant(platform, BOB, granted.grant_id)


def undo(platform: Platform) -> None:
    bulk = operations.begin_bulk(failed(platform), ADMIN, Action.RETRY, RunFilter(status=RunStatus.FAILED), 1)
    operations.undo_bulk(platform, BOB, bulk.bulk_id)


def undo_of_jobs(platform: Platform) -> None:
    chosen = operations.Selection({"daily": None})
    bulk = operations.begin_job_bulk(saved(platform), ADMIN, Wish(Action.DISABLE), chosen, 1)
    operations.undo_job_bulk(platform, BOB, bulk.bulk_id)


def with_account(platform: Platform) -> Platform:
    operations.save_account(platform, ADMIN, "openai", "main", ACCOUNT)
    return platform


def with_mcp(platform: Platform) -> Platform:
    operations.save_mcp_server(platform, ADMIN, "shop", MCP)
    return platform


def with_slack(platform: Platform) -> Platform:
    operations.save_slack_account(platform, ADMIN, "ops", {"label": "Operations"})
    return platform


def with_telegram(platform: Platform) -> Platform:
    operations.save_telegram_account(platform, ADMIN, "sales", {"label": "Sales"})
    return platform


def with_person(platform: Platform) -> Platform:
    for name in ("ana", "eve"):
        operations.create_person(platform, ADMIN, name, Role.ADMIN, PASSWORD)
    return platform


def with_rule(platform: Platform) -> Platform:
    operations.save_rule(platform, ADMIN, "r1", RULE)
    return platform


def revoke(platform: Platform) -> None:
    made = operations.create_token(platform, ADMIN, "ci", Role.VIEWER)
    operations.revoke_token(platform, BOB, made.token.id)


def with_chat(platform: Platform) -> Platform:
    code = operations.link_chat(with_person(platform), ADMIN, "ana").text
    chatting.redeem(platform, "telegram", "42", {"chat": "7"}, code, "telegram-1")
    return platform


def saved(platform: Platform, **fields: Any) -> Platform:
    save(platform, **fields)
    return platform


def flow(platform: Platform) -> Platform:
    return saved(platform, inputs={"flow_group": "f"})


def with_agent(platform: Platform) -> Platform:
    start(saved(platform))
    claimed = claim(platform)
    ended = AgentEnded("scout", claimed[0].run_id, 0, platform.store.now(), "done", None, 1, 10, 0.0)
    assert remember(platform.store, (claimed[0].run_id, claimed[0].token), Memory("scout"), ended, over=True) == "ok"
    return platform


BACKUP_KEY = "a passphrase of the night"


def backup_file(platform: Platform) -> Path:
    """Return where the platform's backup goes."""
    platform.settings.data_dir.mkdir(parents=True, exist_ok=True)
    return platform.settings.data_dir / "all.backup"


def restored(platform: Platform) -> None:
    """Restore the platform from its own backup, once nothing of it is left."""
    make_backup(saved(platform), ADMIN, backup_file(platform), BACKUP_KEY, 10, True, print)
    platform.store.redis.flushdb()
    restore_backup(platform, BOB, backup_file(platform), BACKUP_KEY, print)


DRIVES: dict[str, Drive] = {
    "forget_agent_memory": lambda platform: operations.forget_agent_memory(with_agent(platform), BOB, "scout"),
    "save_job": lambda platform: operations.save_job(platform, BOB, spec()),
    "save_agent_workflow": lambda platform: operations.save_agent_workflow(platform, BOB, WORKFLOW),
    "set_enabled": lambda platform: operations.set_enabled(saved(platform), BOB, "daily", False),
    "reset_memory": lambda platform: operations.reset_memory(failed(platform), BOB, "daily"),
    "import_jobs": lambda platform: operations.import_jobs(platform, BOB, [spec("a"), spec("b")]),
    "delete_job": lambda platform: operations.delete_job(saved(platform), BOB, "daily"),
    "roll_back": lambda platform: operations.roll_back(saved(saved(platform), timeout_ms=5000), BOB, "daily", 1),
    "run_job": lambda platform: operations.run_job(saved(platform), BOB, "daily"),
    "cancel_run": lambda platform: operations.cancel_run(saved(platform), BOB, start(platform).run_id),
    "retry_run": lambda platform: operations.retry_run(saved(platform), BOB, finished(platform).run_id),
    "begin_bulk": lambda platform: operations.begin_bulk(
        failed(platform), BOB, Action.RETRY, RunFilter(status=RunStatus.FAILED), 1
    ),
    "undo_bulk": undo,
    "decide_approval": decide,
    "request_grant": lambda platform: operations.request_grant(
        saved(platform), BOB, "daily", Capability.PRIVATE_TARGET, "10.0.0.7"
    ),
    "revoke_grant": revoke_grant,
    "pause_job": lambda platform: operations.pause_job(saved(platform), BOB, "daily"),
    "resume_job": lambda platform: (
        operations.pause_job(saved(platform), ADMIN, "daily"),
        operations.resume_job(platform, BOB, "daily"),
    ),
    "pause_flow": lambda platform: operations.pause_flow(flow(platform), BOB, "f"),
    "resume_flow": lambda platform: (
        operations.pause_flow(flow(platform), ADMIN, "f"),
        operations.resume_flow(platform, BOB, "f"),
    ),
    "pause_queue": lambda platform: operations.pause_queue(platform, BOB, "low"),
    "resume_queue": lambda platform: (
        operations.pause_queue(platform, ADMIN),
        operations.resume_queue(platform, BOB),
    ),
    "drain_agent": drain,
    "stop_agent": stop,
    "set_flow_limit": lambda platform: operations.set_flow_limit(platform, BOB, "f", 3),
    "ask_examination": lambda platform: operations.ask_examination(platform, BOB),
    "save_account": lambda platform: operations.save_account(platform, BOB, "openai", "main", ACCOUNT),
    "delete_account": lambda platform: operations.delete_account(with_account(platform), BOB, "openai", "main"),
    "test_account": lambda platform: operations.test_account(with_account(platform), BOB, "openai", "main"),
    "rotate_secrets": lambda platform: operations.rotate_secrets(with_account(platform), BOB, lambda _: None),
    "save_rule": lambda platform: operations.save_rule(platform, BOB, "r1", RULE),
    "delete_rule": lambda platform: operations.delete_rule(with_rule(platform), BOB, "r1"),
    "test_rule": lambda platform: operations.test_rule(with_rule(platform), BOB, "r1", timedelta(0)),
    "save_mcp_server": lambda platform: operations.save_mcp_server(platform, BOB, "shop", MCP),
    "delete_mcp_server": lambda platform: operations.delete_mcp_server(with_mcp(platform), BOB, "shop"),
    "test_mcp_server": lambda platform: (
        operations.bootstrap_catalog(platform, ADMIN, [], ["mcp_github"]),  # refused without a process
        operations.test_mcp_server(platform, BOB, "mcp_github"),
    ),
    "bootstrap_catalog": lambda platform: operations.bootstrap_catalog(platform, BOB, ["openai"], []),
    "save_telegram_account": lambda platform: operations.save_telegram_account(
        platform, BOB, "sales", {"token": "1:canary"}
    ),
    "delete_telegram_account": lambda platform: operations.delete_telegram_account(
        with_telegram(platform), BOB, "sales"
    ),
    "test_telegram_account": lambda platform: operations.test_telegram_account(with_telegram(platform), BOB, "sales"),
    "save_slack_account": lambda platform: operations.save_slack_account(
        platform, BOB, "ops", {"token": "xoxb-canary-0123456789"}
    ),
    "delete_slack_account": lambda platform: operations.delete_slack_account(with_slack(platform), BOB, "ops"),
    "test_slack_account": lambda platform: operations.test_slack_account(with_slack(platform), BOB, "ops"),
    "create_person": lambda platform: operations.create_person(platform, BOB, "ana", Role.VIEWER, PASSWORD),
    "change_person": lambda platform: operations.change_person(with_person(platform), BOB, "ana", role=Role.VIEWER),
    "delete_person": lambda platform: operations.delete_person(with_person(platform), BOB, "ana"),
    "create_token": lambda platform: operations.create_token(platform, BOB, "ci", Role.VIEWER),
    "revoke_token": revoke,
    "link_chat": lambda platform: operations.link_chat(with_person(platform), BOB, "ana"),
    "unlink_chat": lambda platform: operations.unlink_chat(with_chat(platform), BOB, "telegram", "42"),
    "mute_chat": lambda platform: operations.mute_chat(platform, BOB, "telegram:main:7", platform.store.now()),
    "begin_job_bulk": lambda platform: operations.begin_job_bulk(
        saved(platform), BOB, Wish(Action.DISABLE), operations.Selection({"daily": None}), 1
    ),
    "undo_job_bulk": undo_of_jobs,
    "make_backup": lambda platform: make_backup(platform, BOB, backup_file(platform), BACKUP_KEY, 10, True, print),
    "restore_backup": restored,
    "execute_plan": lambda platform: planner.execute_plan(platform, BOB, planner.Wish("backup tiap jam")),
}


def test_every_operation_that_changes_something_is_driven_here():
    assert set(DRIVES) == CHANGES


@pytest.mark.parametrize("mode", ["streams-redis7", "lists-redis3"])
@pytest.mark.parametrize("name", sorted(CHANGES))
def test_an_operation_that_changes_something_leaves_its_entry(platform, name):
    DRIVES[name](platform)

    entries = audit.list_entries(platform.store, AuditFilter(operation=name), 10).rows
    of_bob = [entry.said for entry in entries if entry.said["actor"] == "bob"]
    assert len(of_bob) == 1, [entry.said for entry in entries]
    said = of_bob[0]
    assert (said["surface"], said["role"], said["request_id"]) == ("page", "admin", "request-7")
    assert said["outcome"] == "done"
    assert said["before"] is not None or said["after"] is not None or said["items"]
    assert "canary" not in str([text for text, _ in audit.walk(platform.store)])
    assert PASSWORD not in str([text for text, _ in audit.walk(platform.store)])
    assert faults(platform) == []


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_what_somebody_chooses_for_himself_leaves_its_entry_too(platform):
    viewer = Actor("eve", Role.VIEWER, "page")
    for chosen in (Preferences(theme="dark"), Preferences(theme="dark"), Preferences(zone="Asia/Jakarta")):
        operations.choose_preferences(platform, viewer, chosen)

    last, first = (entry.said for entry in audit.list_entries(platform.store, AuditFilter(), 10).rows)
    assert (first["actor"], first["operation"], first["object"]) == ("eve", "choose_preferences", "preferences:eve")
    assert (first["before"], first["after"]["theme"]) == (None, "dark")
    assert (last["before"]["zone"], last["after"]["zone"]) == ("UTC", "Asia/Jakarta")
    assert faults(platform) == []


def faults(platform: Platform) -> list[str]:
    check = Check(platform.store.seal.keys)
    for text, place in audit.walk(platform.store):
        check.feed(text, place)
    return [str(fault) for fault in check.finish()]
