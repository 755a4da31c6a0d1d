"""What the handbook gives to Prometheus and Grafana, tried by the real Prometheus on a real deployment."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests import servers
from tests.faults.deployment import deployed
from tests.planted import ROLE_TOKENS
from tests.processes import CHECKOUT, ending
from tests.waiting import wait_until

DOCS = CHECKOUT / "docs"
RULES = DOCS / "monitoring/alerts.yml"
DASHBOARD = json.loads((DOCS / "grafana.json").read_text())
TOKEN = "tests-only-metrics-token-of-prometheus"


def rules() -> list[dict[str, Any]]:
    """Return the alert rules as they are handed out."""
    found: list[dict[str, Any]] = yaml.safe_load(RULES.read_text())["groups"][0]["rules"]
    return found


def drawn() -> dict[str, str]:
    """Return what each panel's curves ask for, by title and letter."""
    return {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in DASHBOARD["panels"]
        for target in panel["targets"]
    }


def test_every_alert_has_its_part_of_the_handbook() -> None:
    headings = re.findall(r"^### (\w+)$", (DOCS / "monitoring.md").read_text(), re.MULTILINE)

    assert [rule["alert"] for rule in rules()] == headings
    assert [rule["annotations"]["runbook"] for rule in rules()] == [
        f"docs/monitoring.md#{name.lower()}" for name in headings
    ]


def test_no_panel_lies_over_another() -> None:
    taken = [
        (x, y)
        for place in (panel["gridPos"] for panel in DASHBOARD["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len(set(taken)) == len(taken)
    assert all(x < 24 for x, _ in taken)


@pytest.mark.slow
def test_each_alert_fires_when_it_should_and_only_then() -> None:
    ended = subprocess.run(
        ["promtool", "test", "rules", "alerts.yml"], cwd=Path(__file__).parent, capture_output=True, text=True
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[str]:
    """The address of a deployment with sign-in on that has had runs of each outcome."""
    env = {"METRICS_TOKEN": TOKEN, "AUTH_ENABLED": "true", "AUTH_OPERATOR_TOKEN": ROLE_TOKENS["operator"]}
    with deployed("streams", tmp_path, **env) as found:
        found.start_all("web", "scheduler", "worker")
        work(found.url)
        yield found.url


def work(url: str) -> None:
    """Have one run of a job succeed and one of another fail."""
    once = {"type": "simulation.flaky", "retry_policy": {"max_retry": 0}}
    token = {"Authorization": f"Bearer {ROLE_TOKENS['operator']}"}
    with httpx.Client(base_url=url, headers=token, trust_env=False) as client:
        for job_id, times in (("well", 0), ("ill", 1)):
            client.post("/jobs", json={"job_id": job_id, "inputs": {"fail_times": times, "work_ms": 1}, **once})
            assert client.post(f"/jobs/{job_id}/run").is_success
        wait_until(lambda: {run["status"] for run in client.get("/runs").json()} == {"success", "failed"}, 30)


def answers(url: str) -> bool:
    """Say whether anything good is answered."""
    try:
        return httpx.get(url, trust_env=False).is_success
    except httpx.TransportError:
        return False


@pytest.fixture
def prometheus(deployment: str, tmp_path: Path) -> Iterator[str]:
    """The API of a Prometheus that reads the deployment with the handbook's configuration, only more often."""
    configured = yaml.safe_load((DOCS / "monitoring/prometheus.yml").read_text())
    configured["global"] = {"scrape_interval": "500ms", "evaluation_interval": "500ms"}
    configured["rule_files"] = [str(RULES)]
    (token := tmp_path / "token").write_text(TOKEN)
    scrape = configured["scrape_configs"][0]
    scrape |= {"static_configs": [{"targets": [deployment.removeprefix("http://")]}]}
    scrape |= {"authorization": {"credentials_file": str(token)}}
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(configured))
    port = servers.free_port()
    words = [
        "prometheus",
        f"--config.file={tmp_path}/prometheus.yml",
        f"--storage.tsdb.path={tmp_path}/tsdb",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (tmp_path / "prometheus.log").open("wb") as log, ending(subprocess.Popen(words, stdout=log, stderr=log)):
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/-/ready"), 30)
        yield f"http://127.0.0.1:{port}/api/v1"


def asked(api: str, expression: str) -> list[Any]:
    """Return what an expression gives now; one that cannot be evaluated fails the test."""
    answer = httpx.get(f"{api}/query", params={"query": expression}, trust_env=False).json()
    assert answer["status"] == "success", answer
    found: list[Any] = answer["data"]["result"]
    return found


@pytest.mark.slow
def test_rules_and_panels_find_their_figures_in_a_deployment(deployment: str, prometheus: str) -> None:
    wait_until(lambda: _scraped(prometheus) >= 5, 30)

    loaded = wait_until(lambda: _evaluated(prometheus), 30)
    empty = {title for title, expression in drawn().items() if not asked(prometheus, _now(expression))}

    assert {rule["name"]: (rule["health"], rule.get("lastError", "")) for rule in loaded} == {
        rule["alert"]: ("ok", "") for rule in rules()
    }
    assert not [rule["name"] for rule in loaded if rule["state"] == "firing"]
    assert empty == set()


def _scraped(api: str) -> int:
    found = asked(api, 'count_over_time(up{job="multijob"}[1m])')
    return int(found[0]["value"][1]) if found else 0


def _evaluated(api: str) -> list[dict[str, Any]]:
    groups = httpx.get(f"{api}/rules", trust_env=False).json()["data"]["groups"]
    found: list[dict[str, Any]] = groups[0]["rules"]
    return found if all(rule["health"] != "unknown" for rule in found) else []


def _now(expression: str) -> str:
    return expression.replace("$__rate_interval", "30s")
