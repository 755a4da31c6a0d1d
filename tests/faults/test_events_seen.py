"""Every event of the contract, let happen by whoever lets it happen, and read where clients read it: `GET /events`."""

import ast
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.api import contract_fields as contract
from tests.faults.deployment import Deployment, deployed
from tests.waiting import wait_until

TESTS = Path(__file__).parents[1]
PATIENCE_SEC = 60.0
SETTINGS = {
    "SCHEDULER_PRESSURE_DEPTH_HIGH": "6",
    "SCHEDULER_PRESSURE_DEPTH_LOW": "1",
    "SCHEDULER_MAX_DISPATCH_PER_TICK": "3",
}
FLAKY = {"type": "simulation.flaky", "retry_policy": {"max_retry": 1, "backoff_sec": [0]}}
ACCOUNT = "/integrations/accounts/github/main"
MCP_SERVER = "/integrations/mcp/servers/docs"
PENDING = "/approvals?status=pending&job_id=careful"
TELEGRAM = "/connector/telegram/accounts/sales"


def ask(deployment: Deployment, method: str, path: str, **body: Any) -> Any:
    """Send one request, which is taken."""
    return deployment.client.insist(method, path, body or None).body


def define_jobs(deployment: Deployment) -> None:
    deployment.put("kept", type="simulation.heavy")
    deployment.put("kept", type="simulation.heavy", description="changed")
    for method, verb in (("PUT", "disable"), ("PUT", "enable"), ("POST", "pause"), ("POST", "resume")):
        ask(deployment, method, f"/jobs/kept/{verb}")
    ask(deployment, "POST", "/jobs/kept/rollback/1")
    ask(deployment, "DELETE", "/jobs/kept")


def pause_lanes(deployment: Deployment) -> None:
    ask(deployment, "PUT", "/flow-groups/bank", limit=1)
    for verb in ("pause", "resume"):
        ask(deployment, "POST", f"/flow-groups/bank/{verb}")
        ask(deployment, "POST", f"/queue/{verb}?priority=low")


def run_well_and_badly(deployment: Deployment) -> None:
    deployment.put("well", type="simulation.heavy")
    ask(deployment, "POST", "/jobs/well/run")
    deployment.put("long", inputs={"work_ms": 300_000})
    run_id = ask(deployment, "POST", "/jobs/long/run")["run_id"]
    deployment.wait_for(run_id, "running", timeout=PATIENCE_SEC)
    ask(deployment, "POST", f"/runs/{run_id}/cancel")


def cool_down(deployment: Deployment) -> None:
    deployment.put("flaky", every=1, inputs={"fail_times": 20, "failure_threshold": 1}, **FLAKY)
    wait_until(lambda: told(deployment, "scheduler.dispatch_skipped_cooldown"), PATIENCE_SEC)
    ask(deployment, "DELETE", "/jobs/flaky/memory")
    ask(deployment, "DELETE", "/jobs/flaky?cancel=true")


def hold_by_what_runs(deployment: Deployment) -> None:
    lane = {"flow_group": "lane", "flow_max_active_runs": 1}
    deployment.put("busy", every=1, inputs={"work_ms": 300_000} | lane)
    wait_until(lambda: told(deployment, "scheduler.dispatch_skipped_overlap"), PATIENCE_SEC)
    deployment.put("behind", every=1, inputs=lane)
    wait_until(lambda: told(deployment, "scheduler.dispatch_skipped_flow_limit"), PATIENCE_SEC)
    for job_id in ("behind", "busy"):
        ask(deployment, "DELETE", f"/jobs/{job_id}?cancel=true")


def ask_people(deployment: Deployment) -> None:
    deployment.put("careful", every=1, requires_approval=True)
    for verb in ("approve", "reject"):
        (approval,) = wait_until(lambda: ask(deployment, "GET", PENDING), PATIENCE_SEC)
        wait_until(lambda: told(deployment, "scheduler.dispatch_skipped_pending_approval"), PATIENCE_SEC)
        ask(deployment, "POST", f"/approvals/{approval['approval_id']}/{verb}")
    ask(deployment, "DELETE", "/jobs/careful?cancel=true")


def press(deployment: Deployment) -> None:
    deployment.put("heap", pool="nobody", inputs={"allow_overlap": True})
    for _ in range(int(SETTINGS["SCHEDULER_PRESSURE_DEPTH_HIGH"])):
        ask(deployment, "POST", "/jobs/heap/run")
    wait_until(lambda: told(deployment, "scheduler.pressure_mode_enabled"), PATIENCE_SEC)
    deployment.put("calm", every=1)
    wait_until(lambda: told(deployment, "scheduler.dispatch_skipped_pressure"), PATIENCE_SEC)
    for job_id in ("heap", "calm"):
        ask(deployment, "DELETE", f"/jobs/{job_id}?cancel=true")


def go_on_together(deployment: Deployment) -> None:
    crowd = [f"crowd-{number}" for number in range(2 * int(SETTINGS["SCHEDULER_MAX_DISPATCH_PER_TICK"]))]
    ask(deployment, "POST", "/queue/pause")
    for job_id in crowd:
        deployment.put(job_id, every=1)
    wait_until(lambda: len(ask(deployment, "GET", "/jobs?held=true&search=crowd-")) == len(crowd), PATIENCE_SEC)
    ask(deployment, "POST", "/queue/resume")
    wait_until(lambda: told(deployment, "scheduler.dispatch_capped"), PATIENCE_SEC)
    for job_id in crowd:
        ask(deployment, "DELETE", f"/jobs/{job_id}?cancel=true")


def integrate(deployment: Deployment) -> None:
    ask(deployment, "PUT", ACCOUNT, label="Ours")
    ask(deployment, "PUT", MCP_SERVER, transport="http", url="https://docs.example.com/mcp")
    ask(deployment, "PUT", TELEGRAM, label="Sales")
    for path in (ACCOUNT, MCP_SERVER, TELEGRAM):
        ask(deployment, "DELETE", path)
    ask(deployment, "POST", "/integrations/catalog/bootstrap", provider_ids=["github"], mcp_template_ids=[])


def plan(deployment: Deployment) -> None:
    ask(deployment, "POST", "/planner/plan", prompt="laporan jam 07:30")
    ask(deployment, "POST", "/planner/execute", prompt="laporan jam 07:30")
    ask(
        deployment,
        "POST",
        "/automation/agent-workflow",
        job_id="watch",
        prompt="look at the shop",
        template="ops_realtime",
    )


def tell_in_vain(deployment: Deployment) -> None:
    """The gate lets no notice through to a private address."""
    hook = {"url": "http://127.0.0.1:9/", "secret": "a-secret-of-ours"}
    ask(deployment, "PUT", "/notifications/rules/vain", events=["run.failed"], channel="webhook", webhook=hook)
    ask(deployment, "POST", "/notifications/rules/vain/test")


def lose_a_worker(deployment: Deployment) -> None:
    deployment.put("lost", on_worker_lost="fail", inputs={"work_ms": 5_000, "ignore_stop": True})
    run_id = ask(deployment, "POST", "/jobs/lost/run")["run_id"]
    deployment.wait_for(run_id, "running", timeout=PATIENCE_SEC)
    (worker,) = deployment.alive("worker")
    deployment.freeze(worker)
    try:
        wait_until(lambda: told(deployment, "run.lost"), PATIENCE_SEC)
    finally:
        deployment.thaw(worker)


def stop_and_start(deployment: Deployment) -> None:
    deployment.put("each", schedule={"interval_sec": 1, "misfire": "skip"})
    for kind in ("worker", "scheduler", "connector", "web"):
        (only,) = deployment.alive(kind)
        assert deployment.stop(only, timeout=PATIENCE_SEC) == 0
    store, due = deployment.platform.store, deployment.job("each").next_run_at
    assert due is not None
    wait_until(lambda: store.now() > due + timedelta(seconds=3), PATIENCE_SEC)
    deployment.start_all("web", "scheduler", "worker", "connector")


DRIVEN: dict[Callable[[Deployment], None], str] = {
    define_jobs: "job.created job.updated job.enabled job.disabled job.deleted job.rolled_back job.paused job.resumed",
    pause_lanes: "flow.paused flow.resumed queue.paused queue.resumed",
    run_well_and_badly: "run.queued run.started run.completed run.cancelled",
    cool_down: """
        run.failed run.retry_scheduled job.cooldown_started job.cooldown_ended scheduler.dispatch_skipped_cooldown
    """,
    hold_by_what_runs: "scheduler.dispatch_skipped_overlap scheduler.dispatch_skipped_flow_limit",
    ask_people: """
        approval.request_created approval.approved approval.rejected run.approval_requested run.approval_decided
        scheduler.dispatch_skipped_pending_approval
    """,
    press: """
        scheduler.pressure_mode_enabled scheduler.pressure_mode_released scheduler.dispatch_skipped_pressure
    """,
    go_on_together: "scheduler.dispatch_capped",
    integrate: """
        integration.account_upserted integration.account_deleted integration.mcp_server_upserted
        integration.mcp_server_deleted integration.catalog_bootstrap connector.telegram.account_upserted
        connector.telegram.account_deleted
    """,
    plan: "planner.plan_generated planner.execute_completed automation.agent_workflow_saved",
    tell_in_vain: "notification.failed",
    lose_a_worker: "run.lost run.stale_result_refused",
    stop_and_start: """
        system.api_started system.api_stopped system.worker_started system.worker_stopped system.scheduler_started
        system.scheduler_stopped system.connector_started system.connector_stopped scheduler.leader_changed
        scheduler.slots_missed
    """,
}
"""What lets events happen here, and which. Each takes a deployment of one process of each kind, and leaves one."""
AGENT = "test_a_run_whose_worker_is_killed_for_the_last_time_counts_once_in_what_the_agent_remembers"
NOTICES = "test_a_failed_run_is_told_by_every_channel_and_a_test_shows_that_it_works"
SIGNING = "test_signing_in_and_out_stands_in_the_audit_and_among_the_events"
CHAT = "test_a_plan_is_told_as_planned_and_its_execution_as_executed"
KNOWING = "test_whatever_is_worth_knowing_is_told_by_those_who_see_it"
MODEL = "test_a_models_plan_is_shown_as_one_and_executed_as_it_was_shown"
MODE = "test_after_an_upgrade_what_was_queued_runs_in_the_new_mode"
FORGETTING = "test_all_is_forgotten_with_an_event_and_an_entry_of_the_audit"
ELSEWHERE = {
    "system.mode_changed": ("faults/test_mode_changes.py", MODE),
    "approval.expired": ("faults/test_notifications.py", KNOWING),
    "approval.reminder": ("faults/test_notifications.py", KNOWING),
    "notification.sent": ("faults/test_notifications.py", NOTICES),
    "agent.workflow_executed": ("faults/test_agents.py", AGENT),
    "agent.approval_requested": (
        "agents/test_asking.py",
        "test_all_that_a_plan_lacks_is_one_question_and_nothing_is_done_before",
    ),
    "agent.memory_reset": ("api/test_agent_memory.py", FORGETTING),
    "planner.ai_plan_generated": ("api/test_planner_model.py", MODEL),
    "auth.signed_in": ("access/test_access_pages.py", SIGNING),
    "auth.signed_out": ("access/test_access_pages.py", SIGNING),
    "auth.refused": ("access/test_guessing.py", "test_a_name_is_tried_ten_times_from_anywhere"),
    "telegram.command.received": ("connector/test_answers.py", CHAT),
    "telegram.command.planned": ("connector/test_answers.py", CHAT),
    "telegram.command.executed": ("connector/test_answers.py", CHAT),
    "telegram.command.rejected": ("connector/test_accounts.py", "test_changes_are_taken_up_without_a_restart"),
    "telegram.command.failed": ("connector/test_wire.py", "test_a_fault_of_ours_is_answered_and_holds_up_nobody"),
}
"""The tests that let the others happen, at a chat, a model, a browser, or a server of their own."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A whole deployment that soon is under pressure, and soon dispatches as much as it may."""
    with deployed("streams", tmp_path_factory.mktemp("events"), **SETTINGS) as deployment:
        deployment.start_all("web", "scheduler", "worker", "connector")
        yield deployment


def told(deployment: Deployment, kind: str) -> bool:
    """Say whether a client sees an event of that type."""
    rows = ask(deployment, "GET", f"/events?event_type={kind}&limit=1")
    return [row["type"] for row in rows] == [kind]


@pytest.mark.slow
@pytest.mark.parametrize("drive", DRIVEN, ids=lambda drive: drive.__name__)
def test_what_happens_is_told(played: Deployment, drive: Callable[[Deployment], None]) -> None:
    drive(played)

    for kind in DRIVEN[drive].split():
        wait_until(lambda kind=kind: told(played, kind), PATIENCE_SEC)


def test_each_event_that_clients_rely_on_is_seen_in_a_test() -> None:
    driven = {kind for kinds in DRIVEN.values() for kind in kinds.split()}

    assert (driven | ELSEWHERE.keys()) ^ set(contract.EVENTS.split()) == set()


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_the_test_that_sees_an_event_elsewhere_is_there_and_names_it(kind: str) -> None:
    path, name = ELSEWHERE[kind]

    bodies = [
        ast.unparse(one) for one in ast.parse((TESTS / path).read_text()).body if getattr(one, "name", "") == name
    ]

    assert [kind in body or f"'{kind.rpartition('.')[2]}'" in body for body in bodies] == [True]
