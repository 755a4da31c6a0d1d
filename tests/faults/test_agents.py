"""An agent's run whose worker is killed before each of its steps, and in the middle of an act: every effect comes about once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from runners.engine.store import chats
from tests.faults.deployment import Deployment, deployed
from tests.handlers import server
from tests.handlers.server import Site
from tests.models.speaking import PATH, asked, call, finish, plan, play
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

CHANNEL = "telegram/sales/42"
TEE = "/usr/bin/tee"
TURNS = (
    plan("http", "command", "message", "start_job", "note"),
    call("http", account="shop/main", method="POST", path="/orders", body={"n": 1}),
    call("command", argv=[TEE, "-a", "out.txt"], stdin="a line\n"),
    call("message", channel=CHANNEL, text="it is ordered"),
    call("start_job", job_id="nightly"),
    call("note", text="all done"),
    finish("ordered"),
)
ALLOWED = ["http:shop/main", f"command:{TEE} -a", f"message:{CHANNEL}", "start_job:nightly", "note"]
PATIENCE_SEC = 60.0


@pytest.fixture
def site() -> Iterator[Site]:
    """The model, and the service that the agent orders at."""
    with server.running() as found:
        found.pages["/orders"] = (201, {}, b"ordered")
        yield found


@pytest.fixture
def agents(tmp_path: Path, site: Site) -> Iterator[Deployment]:
    """A deployment that lets an agent do all of it."""
    (tmp_path / "work").mkdir()
    configured = {
        "OPENAI_BASE_URL": site.url("/v1"),
        "PLANNER_AI_MODEL": "tiny",
        "HTTP_ALLOW_PRIVATE": "127.0.0.1",
        "AGENT_COMMAND_ALLOW_PREFIXES": f"{TEE} -a",
        "AGENT_COMMAND_ALLOWED_ROOTS": str(tmp_path / "work"),
        # one that a busy machine lets run out in the middle of an act makes a run begin that act again, or ask a person
        "RUN_LEASE_SEC": "3",
    }
    with deployed("streams", tmp_path, **configured) as deployment:
        yield deployment


def furnish(deployment: Deployment, site: Site, turns: Any = TURNS, **account: Any) -> None:
    """Start everything but workers; keep the account, the chat and the jobs."""
    deployment.start_all("web", "scheduler")
    shop = {"base_url": site.url(""), "secrets": {"token": "canary-of-the-shop-0123456789"}, **account}
    chat = {"token": "1:canary-canary-canary-canary", "allowed_chats": [42], "allowed_senders": [7]}
    deployment.client.insist("PUT", "/integrations/accounts/shop/main", shop)
    deployment.client.insist("PUT", "/connector/telegram/accounts/sales", chat)
    deployment.client.save("nightly", type="simulation.heavy", inputs={"work_ms": 100})
    inputs = {"prompt": "order, and tell the team", "allow_tools": ALLOWED, "limits": {"seconds": 600}}
    retries = {"max_retry": 20, "backoff_sec": [0]}
    deployment.client.save("scout", type="agent.workflow", inputs=inputs, retry_policy=retries, timeout_ms=600_000)
    play(site, *turns)


class Strikes:
    """Holds the model's first answer to each turn, until the worker that waits for it has been killed."""

    def __init__(self, site: Site) -> None:
        self.reached: list[int] = []
        self._held: dict[int, threading.Event] = {}
        self._answer = site.pages[PATH]
        self._site = site
        site.pages[PATH] = self._hold

    def _hold(self, door: BaseHTTPRequestHandler) -> None:
        place = sum(message["role"] == "assistant" for message in asked(self._site)[-1]["messages"])
        if place not in self._held:
            self._held[place] = threading.Event()
            self.reached.append(place)
            self._held[place].wait(PATIENCE_SEC)
            return  # nobody is there any more
        self._answer(door)  # type: ignore[operator]  # it is the function that `play` put there

    def release(self, place: int) -> None:
        """Let the answer go, which nobody waits for."""
        self._held[place].set()


def effects(deployment: Deployment, site: Site, folder: Path) -> dict[str, Any]:
    """Return what is seen of the agent's work from outside."""
    store, written = deployment.platform.store, folder / "work" / "out.txt"
    orders = [seen for seen in site.seen if seen.path == "/orders"]
    return {
        "orders": len({key(seen) for seen in orders}),
        "lines": written.read_text().splitlines() if written.exists() else [],
        "messages": chats.waits_for(store, "telegram:sales"),
        "started": deployment.client.count("/runs?job_id=nightly"),
    }


def key(seen: server.Seen) -> str:
    return {name.lower(): value for name, value in seen.headers.items()}["idempotency-key"]


def test_a_worker_killed_before_each_step_leaves_every_effect_once(
    agents: Deployment, site: Site, tmp_path: Path
) -> None:
    furnish(agents, site)
    strikes = Strikes(site)
    worker = agents.start("worker")
    run_id = agents.client.insist("POST", "/jobs/scout/run", {}).body["run_id"]

    for place in range(len(TURNS)):
        wait_until(lambda place=place: place in strikes.reached, PATIENCE_SEC)
        agents.kill(worker)
        strikes.release(place)
        worker = agents.start("worker")
    run = agents.wait_for(run_id, "success", "failed", "waiting_approval", timeout=PATIENCE_SEC)

    assert run.status == "success", run
    assert [attempt.outcome for attempt in run.attempts] == ["lost"] * len(TURNS) + ["success"]
    steps = agents.client.read(f"/runs/{run_id}/steps")
    assert [(step["tool"], step["outcome"], step["starts"]) for step in steps] == [
        ("plan", "done", 0),
        *((turn["call"], "done", 1) for turn in TURNS[1:-1]),
        ("finish", "done", 0),
    ]
    expected = {"orders": 1, "lines": ["a line"], "messages": 1, "started": 1}
    assert effects(agents, site, tmp_path) == expected
    assert len([seen for seen in site.seen if seen.path == "/orders"]) == 1


def test_a_worker_killed_while_a_request_is_on_its_way_sends_it_again_by_the_same_key(
    agents: Deployment, site: Site, tmp_path: Path
) -> None:
    turns = (plan("http"), TURNS[1], finish("ordered"))
    furnish(agents, site, turns, config={"idempotency_keys": True})
    orders = InFlight(site)
    worker = agents.start("worker")
    run_id = agents.client.insist("POST", "/jobs/scout/run", {}).body["run_id"]
    wait_until(orders.arrived.is_set, PATIENCE_SEC)

    agents.kill(worker)
    orders.go_on.set()
    agents.start("worker")
    agents.wait_for(run_id, "success", timeout=PATIENCE_SEC)

    sent = [key(seen) for seen in site.seen if seen.path == "/orders"]
    assert sent == [f"{run_id}-2"] * 2
    assert agents.client.read(f"/runs/{run_id}/steps")[1]["starts"] == 2


def test_a_worker_killed_while_a_request_is_on_its_way_asks_a_person_where_keys_mean_nothing(
    agents: Deployment, site: Site, tmp_path: Path
) -> None:
    furnish(agents, site, (plan("http"), TURNS[1], finish("ordered")))
    orders = InFlight(site)
    worker = agents.start("worker")
    run_id = agents.client.insist("POST", "/jobs/scout/run", {}).body["run_id"]
    wait_until(orders.arrived.is_set, PATIENCE_SEC)

    agents.kill(worker)
    orders.go_on.set()
    agents.start("worker")
    waiting = agents.wait_for(run_id, "waiting_approval", timeout=PATIENCE_SEC)
    assert len([seen for seen in site.seen if seen.path == "/orders"]) == 1
    agents.client.insist("POST", f"/approvals/{waiting.approval_id}/approve")
    agents.wait_for(run_id, "success", timeout=PATIENCE_SEC)

    assert len([seen for seen in site.seen if seen.path == "/orders"]) == 2


@pytest.mark.parametrize("mode", ["streams", "lists"])
def test_a_run_whose_worker_is_killed_for_the_last_time_counts_once_in_what_the_agent_remembers(
    tmp_path: Path, site: Site, mode: str
) -> None:
    configured = {"OPENAI_BASE_URL": site.url("/v1"), "PLANNER_AI_MODEL": "tiny", "HTTP_ALLOW_PRIVATE": "127.0.0.1"}
    with deployed(mode, tmp_path, **configured) as deployment:
        deployment.start_all("web", "scheduler", "scheduler")
        deployment.client.save(
            "scout", type="agent.workflow", inputs={"prompt": "say it"}, retry_policy={"max_retry": 0}
        )
        play(site, plan("note"), finish("said"))
        strikes = Strikes(site)
        worker = deployment.start("worker")
        lost = deployment.client.insist("POST", "/jobs/scout/run", {}).body["run_id"]
        wait_until(lambda: 0 in strikes.reached, PATIENCE_SEC)
        deployment.kill(worker)
        strikes.release(0)
        assert deployment.wait_for(lost, "failed", timeout=PATIENCE_SEC).failure_kind == "lost"
        play(site, plan("note"), finish("said"))
        deployment.start("worker")
        went_well = deployment.client.insist("POST", "/jobs/scout/run", {}).body["run_id"]
        deployment.wait_for(went_well, "success", timeout=PATIENCE_SEC)

        def counted() -> int:
            return deployment.client.read("/agents/memory/scout")["executions"]

        wait_until(lambda: counted() == 2, PATIENCE_SEC)
        memory = deployment.client.read("/agents/memory/scout")
        events = deployment.client.read("/events?event_type=agent.workflow_executed")

    assert (memory["successes"], memory["failures"]) == (1, 1)
    assert [one["line"] for one in memory["signatures"]] == ["lost"]
    assert sorted(event["data"]["outcome"] for event in events) == ["failed", "success"]


class InFlight:
    """Holds the first order that arrives until `go_on`, and says that it `arrived`."""

    def __init__(self, site: Site) -> None:
        self.arrived, self.go_on = threading.Event(), threading.Event()
        self._answer = site.pages["/orders"]
        self._site = site
        site.pages["/orders"] = self._hold

    def _hold(self, door: BaseHTTPRequestHandler) -> None:
        self._site.pages["/orders"] = self._answer
        self.arrived.set()
        self.go_on.wait(PATIENCE_SEC)
