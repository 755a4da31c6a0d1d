"""No server when the platform starts: it works in memory, and hands over when one appears."""

import shutil

from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import rounds, schedule_jobs, wait_for_starts
from tests.faults.traffic import JOBS
from tests.waiting import wait_until


def no_server(deployment: Deployment, seconds: float) -> int:
    """Start without the server, work in memory, and start the server, which is new; counts the hand-overs."""
    for kind in ("web", "connector"):
        deployment.stop(deployment.alive(kind)[0])
    struck = 0
    for _ in rounds(seconds):
        _begin_anew(deployment)
        deployment.start("web", MEMORY_FALLBACK="auto")
        assert _mode(deployment) == "memory"
        for job_id, spec in JOBS.items():
            deployment.put(job_id, **spec)
        schedule_jobs(deployment, 6)
        wait_for_starts(deployment, 15)
        deployment.server.start()
        wait_until(lambda: _mode(deployment) == deployment.mode, 60, every=0.2)
        struck += 1
        wait_for_starts(deployment, 15)
        deployment.stop(deployment.alive("web")[0])
    deployment.start_all("web", "scheduler", "worker")
    return struck


def _begin_anew(deployment: Deployment) -> None:
    """Take away the server, all that it has, and all that is remembered of it."""
    deployment.server.kill()
    shutil.rmtree(deployment.server.folder / "appendonlydir")
    deployment.client.log.clear()
    deployment.oracle.forget()


def _mode(deployment: Deployment) -> str:
    answer = deployment.client.send("GET", "/readyz")
    return str(answer.body["mode"]) if answer and answer.status == 200 else ""
