"""What processes log: whole lines in the format that is asked for, and never a reason to end."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.faults.deployment import Deployment, deployed
from tests.faults.scenarios.load import UNKNOWN, push_unknown
from tests.processes import CHECKOUT
from tests.servers import free_port
from tests.waiting import wait_until


@pytest.fixture
def deployment(tmp_path: Path):
    with deployed("streams", tmp_path) as found:
        yield found


def test_every_line_of_a_worker_and_a_web_process_is_json_when_asked_for(deployment: Deployment) -> None:
    deployment.env |= {"LOG_FORMAT": "json", "PORT": str(free_port())}
    worker, web = deployment.start("worker"), deployment.spawn("web", env=deployment.env)

    push_unknown(deployment)
    wait_until(lambda: "message.refused" in worker.text() and "Listening at" in web.text(), 30)

    lines = [json.loads(line) for spawned in (worker, web) for line in spawned.text().splitlines()]
    refused = next(line for line in lines if line["event"] == "message.refused")
    assert (refused["level"], refused["message"]) == ("warning", UNKNOWN)
    assert any("Listening at" in line.get("text", "") for line in lines)


@pytest.mark.slow
def test_a_log_that_takes_no_line_costs_no_run(deployment: Deployment) -> None:
    deployment.spawn.sink = Path("/dev/full")
    worker = deployment.start("worker", WORKER_CONCURRENCY="1")
    deployment.save("own")

    for _ in range(3):
        push_unknown(deployment)
        deployment.wait_for(deployment.run("own"), "success")
    keys, redis = deployment.platform.store.keys, deployment.platform.store.redis
    wait_until(lambda: redis.hget(keys.metrics, "refused_messages") == "3")

    assert deployment.stop(worker) == 0


FAILING = """
from flask import Flask
from runners.engine.settings import Settings
from runners.logs import configure
from webapp.errors import answer_problems
configure(Settings(log_format="json"))
app = Flask(__name__)
answer_problems(app)
@app.get("/")
def view():
    raise LookupError("no such thing")
assert app.test_client().get("/").status_code == 500
"""


def test_a_request_that_failed_is_an_event_with_its_traceback() -> None:
    told = subprocess.run([sys.executable, "-c", FAILING], cwd=CHECKOUT, capture_output=True, text=True, check=True)

    (line,) = map(json.loads, told.stdout.splitlines())
    assert (line["event"], line["level"]) == ("request.failed", "error")
    assert line["traceback"].endswith("LookupError: no such thing\n")
    assert "request_id" in line


TELLING = """
import os
import secrets
import structlog
import wsgi
from pathlib import Path
kept = (Path(os.environ["DATA_DIR"]) / "encryption.key").read_text()
structlog.get_logger().info("told", kept=kept, signs=os.environ["SECRET_KEY"])
"""


@pytest.mark.slow
def test_any_server_of_the_web_app_logs_without_the_keys_of_its_environment_and_of_its_folder(tmp_path: Path) -> None:
    kept, signs = Fernet.generate_key().decode(), secrets.token_hex(32)
    (tmp_path / "encryption.key").write_text(kept)
    env = os.environ | {"DATA_DIR": str(tmp_path), "SECRET_KEY": signs, "QUEUE_MODE": "memory", "LOG_FORMAT": "json"}

    ended = subprocess.run([sys.executable, "-c", TELLING], cwd=CHECKOUT, env=env, capture_output=True, timeout=60)

    assert ended.returncode == 0, ended.stderr
    (told,) = [line for line in ended.stdout.decode().splitlines() if '"told"' in line]
    assert kept not in told and signs not in told
