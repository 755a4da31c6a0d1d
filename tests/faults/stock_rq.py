"""The stock `rq` command on a deployment, with the environment that `.env.example` names."""

import os
import subprocess
import sys

from tests.processes import CHECKOUT


def stock_rq(url: str, *words: str) -> str:
    """Call it on the server and return what it says; fails when the command does."""
    env = os.environ | {
        "RQ_REDIS_URL": url,
        "RQ_QUEUE_CLASS": "runners.engine.queue.RunQueue",
        "RQ_WORKER_CLASS": "runners.worker.RunWorker",
        "KEY_PREFIX": "mj:",
        "PYTHONPATH": str(CHECKOUT),
    }
    command = [sys.executable, "-W", "error", "-m", "rq.cli", *words]
    done = subprocess.run(command, env=env, cwd=CHECKOUT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
