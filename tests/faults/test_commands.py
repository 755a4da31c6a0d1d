"""`command.run` in a real worker: what its program starts, wherever that went, ends with the run."""

import pytest

from tests.faults.deployment import Deployment
from tests.faults.test_isolation import ONCE, told_pids
from tests.handlers.programs import PYTHON
from tests.processes import is_alive

STARTS = """
import os, subprocess, sys, signal, time
deaf = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"]
pids = [os.getpid(), *(subprocess.Popen(deaf, start_new_session=own).pid for own in (False, True))]
with open(sys.argv[1] + ".part", "w") as told: told.write(" ".join(map(str, pids)))
os.rename(sys.argv[1] + ".part", sys.argv[1])
print("started", flush=True)
"""
DEAF = STARTS + "signal.signal(15, signal.SIG_IGN); time.sleep(600)"


@pytest.fixture
def transport() -> str:
    """One transport is enough: what a handler does is decided before the queue is spoken to."""
    return "streams"


@pytest.mark.parametrize(("code", "status", "kind"), [(STARTS, "success", None), (DEAF, "failed", "timeout")])
def test_a_command_leaves_nothing_behind(deployment: Deployment, code: str, status: str, kind: str | None) -> None:
    roots = str(deployment.oracle.path.parent)
    deployment.start(
        "worker", RUN_LEASE_SEC="10", AGENT_COMMAND_ALLOW_PREFIXES=PYTHON, AGENT_COMMAND_ALLOWED_ROOTS=roots
    )
    argv = [PYTHON, "-c", code, str(deployment.oracle.path.with_name("pids"))]
    deployment.save("starts", type="command.run", inputs={"argv": argv}, timeout_ms=1500, retry_policy=ONCE)

    run = deployment.wait_for(deployment.run("starts"), "success", "failed", timeout=20)

    assert (run.status, run.failure_kind) == (status, kind)
    assert run.result["duration_ms"] < 3500
    pids = told_pids(deployment)
    assert len(pids) == 3
    assert [pid for pid in pids if is_alive(pid)] == []
