"""Doctor is looked at from outside: the command, as a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.processes import CHECKOUT
from tests.servers import free_port

Findings = list[dict[str, Any]]


@pytest.fixture
def doctor() -> Callable[[dict[str, str]], tuple[int, Findings]]:
    """Run the command as people do. Returns its exit code and what it found."""

    def run(env: dict[str, str]) -> tuple[int, Findings]:
        settled = {"PATH": os.environ["PATH"], "HOME": env["DATA_DIR"], "PORT": str(free_port())}
        done = subprocess.run(
            [sys.executable, "-m", "runners.cli", "doctor", "--json"],
            cwd=CHECKOUT,
            env=settled | env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    return run
