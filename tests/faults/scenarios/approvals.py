"""People who decide while the server is killed: nothing that waits is forgotten, and no decision counts twice."""

from concurrent.futures import ThreadPoolExecutor

from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import rounds
from tests.waiting import wait_until


def decided_under_kills(deployment: Deployment, seconds: float) -> int:
    """kill -9 the server while a run waits for people and they decide on it; counts the kills."""
    deployment.start_all("scheduler", "worker", "worker")
    deployment.put("careful", type="cautious.thread")
    struck = 0
    with ThreadPoolExecutor(3) as people:
        for _ in rounds(seconds):
            run = deployment.wait_for(deployment.run("careful"), "waiting_approval")
            path = f"/approvals/{run.approval_id}/approve"
            words = [people.submit(deployment.client.send, "POST", path) for _ in range(3)]
            deployment.server.kill()
            deployment.server.start()
            struck += 1
            statuses = [answer.status for word in words if (answer := word.result())]
            assert statuses.count(200) <= 1, statuses
            wait_until(lambda path=path: _is_decided(deployment, path), 30)
            ended = deployment.wait_for(run.run_id, "success", "failed", timeout=30)
            assert (ended.status, ended.asks, len(deployment.oracle.starts_of(run.run_id))) == ("success", 1, 2), ended
            assert deployment.events("approval.approved") == struck
    return struck


def _is_decided(deployment: Deployment, path: str) -> bool:
    answer = deployment.client.send("POST", path)
    return answer is not None and answer.status in (200, 409)
