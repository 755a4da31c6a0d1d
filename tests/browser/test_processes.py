"""A worker is stopped from its page: its process ends, what it had goes on elsewhere, and nothing is left behind."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import servers
from tests.browser.conftest import Deployment, Opener, answers, environment
from tests.processes import Spawner
from tests.waiting import wait_until


@pytest.mark.slow
def test_a_worker_that_is_stopped_from_its_page_ends_and_gives_back_its_run(tmp_path: Path, open_page: Opener) -> None:
    port, spawner = servers.free_port(), Spawner(tmp_path)
    with servers.running(servers.redis_binary()) as server:
        env = environment(tmp_path / "platform", port, REDIS_URL=server.url, SHUTDOWN_GRACE="1")
        try:
            for process in ("web", "scheduler"):
                spawner(process, env=env)
            first = spawner("worker", env=env)
            deployment = Deployment(f"http://127.0.0.1:{port}")
            wait_until(lambda: answers(deployment.url), 60)
            deployment.save("long", inputs={"work_ms": 8000})
            run = deployment.run("long")
            wait_until(lambda: deployment.get(f"/runs/{run}")["status"] == "running", 60)
            (worker,) = (one["id"] for one in deployment.get("/agents") if one["type"] == "worker")
            page = open_page(f"{deployment.url}/ui/processes", java_script_enabled=False).page
            expect(page.locator(f"tr[id='{worker}']")).to_contain_text("long")

            page.locator(f"tr[id='{worker}']").get_by_role("link", name="Stop").click()
            expect(page.get_by_role("heading", name=f"Stop {worker}?")).to_be_visible()
            page.get_by_role("button", name="Stop it").click()

            expect(page.get_by_role("status")).to_contain_text(f"{worker} was asked to stop")
            assert first.process.wait(60) == 0
            given_back = deployment.get(f"/runs/{run}")
            assert (given_back["status"], given_back["attempt"]) == ("queued", 0)
            page.goto(f"{deployment.url}/ui/processes")
            expect(page.locator("#processes")).to_contain_text("1 process said goodbye")
            expect(page.locator("#processes")).to_contain_text("No worker runs")
            spawner("worker", env=env)
            wait_until(lambda: deployment.get(f"/runs/{run}")["status"] == "success", 90)
            queue = deployment.get("/queue")
            assert (queue["depth"], queue["running"], queue["delayed"]) == (0, 0, 0)
            assert [one["stopping"] for one in deployment.get("/agents") if one["type"] == "worker"] == [None, None]
        finally:
            for spawned in spawner.spawned:
                spawned.kill()
