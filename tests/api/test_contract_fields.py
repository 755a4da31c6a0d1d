"""What clients rely on inside the answers: fields, events, figures, variables and commands, as the contract lists them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from runners.cli.main import main
from runners.engine.events import EventType
from runners.engine.settings.variables import SETTINGS
from tests.api import contract_fields as contract
from tests.faults.deployment import Deployment, deployed
from tests.waiting import wait_until

RUNNERS = Path(__file__).parents[2] / "runners"
TELLS_OF_EVENTS = {"events.py", "words.py", "listening.py", "rule.py"}
"""Modules that name events without letting any happen."""
COMPOSED = {
    "'scheduler.dispatch_skipped_' .. hold.guard": r"scheduler\.dispatch_skipped_[a-z_]+",
    "kind .. '.' .. action .. 'd'": r"(job|flow|queue)\.(paused|resumed)",
    "event('approval.' .. status": r"approval\.(approved|rejected|expired)",
    "event('notification.' .. outcome": r"notification\.(sent|failed)",
    'f"{channel}.command.{step}"': r"telegram\.command\.[a-z]+",
}
"""Where names of events are put together, and which."""
JOB = {"job_id": "hello", "type": "simulation.heavy", "schedule": {"interval_sec": 3600}, "inputs": {"work_ms": 100}}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Deployment, dict[str, str]]]:
    """A whole deployment in which one job has run, and another waits for approval; with what its addresses are filled."""
    with deployed("streams", tmp_path_factory.mktemp("contract")) as deployment:
        deployment.start_all("web", "scheduler", "worker", "connector")
        deployment.put("hello", **{name: value for name, value in JOB.items() if name != "job_id"})
        deployment.put("asks", type="simulation.heavy", inputs={"work_ms": 100}, requires_approval=True)
        run = ask(deployment, "/jobs/hello/run", "POST").json()["run_id"]
        ask(deployment, "/jobs/asks/run", "POST")
        wait_until(lambda: ask(deployment, f"/runs/{run}").json()["status"] == "success", 30)
        wait_until(lambda: ask(deployment, "/connectors").json(), 30)
        yield deployment, {"job_id": "hello", "run_id": run}


def ask(deployment: Deployment, path: str, method: str = "GET") -> httpx.Response:
    return httpx.request(method, f"{deployment.url}{path}", timeout=30).raise_for_status()


@pytest.mark.slow
@pytest.mark.parametrize("path", contract.ANSWERS)
def test_an_answer_has_every_field_that_clients_rely_on(played: tuple[Deployment, dict[str, str]], path: str) -> None:
    deployment, names = played

    answer = ask(deployment, path.format(**names)).json()
    rows: list[dict[str, Any]] = answer if isinstance(answer, list) else [answer]

    assert rows
    for row in rows:
        assert set(contract.ANSWERS[path].split()) - row.keys() == set()


@pytest.mark.slow
def test_a_run_tells_its_attempts_and_its_result(played: tuple[Deployment, dict[str, str]]) -> None:
    deployment, names = played

    run = ask(deployment, f"/runs/{names['run_id']}").json()
    listed = ask(deployment, f"/runs?search={names['run_id']}").json()

    assert set(contract.ATTEMPT.split()) - run["attempts"][0].keys() == set()
    assert set(contract.RESULT.split()) - run["result"].keys() == set()
    assert "inputs" not in listed[0] and "output" not in listed[0]["result"]
    assert re.fullmatch(r"run_[a-z2-7]{10}_[a-z2-7]{12}", run["run_id"])


@pytest.mark.slow
def test_every_figure_has_the_labels_that_dashboards_rely_on(played: tuple[Deployment, dict[str, str]]) -> None:
    deployment, _ = played

    families = text_string_to_metric_families(ask(deployment, "/metrics").text)
    found = {sample.name: sample.labels.keys() for family in families for sample in family.samples}

    assert {name: set(found.get(name, {"missing"})) for name in contract.METRICS} == {
        name: set(labels.split()) for name, labels in contract.METRICS.items()
    }


def test_every_event_is_known_and_something_lets_it_happen() -> None:
    texts = [
        path.read_text()
        for path in RUNNERS.rglob("*")
        if path.suffix in (".py", ".lua") and path.name not in TELLS_OF_EVENTS
    ]
    said = "\n".join(texts)

    composed = [pattern for source, pattern in COMPOSED.items() if source in said]
    silent = [
        name
        for name in contract.EVENTS.split()
        if not re.search(rf"EventType\.{EventType(name).name}\b|['\"]{re.escape(name)}['\"]", said)
        and not any(re.fullmatch(pattern, name) for pattern in composed)
    ]

    assert " ".join(silent) == ""


def test_every_variable_and_every_command_stands() -> None:
    assert set(contract.VARIABLES.split()) - {variable.name for variable in SETTINGS} == set()
    assert set(contract.COMMANDS.split()) - main.commands.keys() == set()
