"""A load script that was written for the handbook's API works unchanged, with sign-in off and on."""

import json
import subprocess
import sys

import pytest

from tests.access.conftest import AUTH
from tests.faults.deployment import Deployment
from tests.faults.marks import STREAMS_ONLY
from tests.planted import ROLE_TOKENS
from tests.processes import CHECKOUT

SCRIPT = CHECKOUT / "tests" / "api" / "handbook_client.py"
JOBS = 100


@STREAMS_ONLY
@pytest.mark.slow
@pytest.mark.parametrize("auth", [False, True], ids=["open", "guarded"])
def test_the_handbooks_load_script_works_unchanged(deployment: Deployment, auth: bool) -> None:
    settled = AUTH if auth else {}
    deployment.env["API_LIMIT_PER_MIN"] = "0"
    deployment.start_all("scheduler", "worker")
    deployment.start("web", **settled)
    words = ["--api-base", f"http://127.0.0.1:{deployment.env['PORT']}", "--jobs", str(JOBS)]
    words += ["--token", ROLE_TOKENS["operator"]] if auth else []

    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *words], capture_output=True, text=True, timeout=150, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert (said["created"], said["still_enabled"]) == (JOBS, [])
    assert said["runs"]["success"] >= JOBS
