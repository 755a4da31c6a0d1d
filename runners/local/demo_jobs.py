"""The jobs of the demonstration: four that each show something true about the machine or about the guards."""

from typing import Any

from runners.engine.settings import Settings
from runners.engine.settings.hosts import local_host


def demo_jobs(settings: Settings) -> list[dict[str, Any]]:
    """Return the job specs, as POST /jobs takes them."""
    return [_health(settings), _disk_use(settings), _longer_than_its_interval(), _third_time_lucky()]


def _health(settings: Settings) -> dict[str, Any]:
    return {
        "job_id": "demo-health",
        "description": "Asks the platform's own /readyz every ten seconds; fails when it is not ready.",
        "tags": ["demo"],
        "type": "http.request",
        "schedule": {"interval_sec": 10},
        "timeout_ms": 5000,
        "inputs": {"url": f"http://{local_host(settings.host)}:{settings.port}/readyz"},
    }


def _disk_use(settings: Settings) -> dict[str, Any]:
    return {
        "job_id": "demo-disk-use",
        "description": "Reports every minute how full the disk of the data directory is.",
        "tags": ["demo"],
        "type": "command.run",
        "schedule": {"cron": "* * * * *"},
        "timeout_ms": 10_000,
        "inputs": {"argv": ["df", "-Pk", str(settings.data_dir)]},
    }


def _longer_than_its_interval() -> dict[str, Any]:
    return {
        "job_id": "demo-overlap",
        "description": "Works for eight seconds but is due every five: the overlap guard holds it until it has ended.",
        "tags": ["demo"],
        "type": "simulation.heavy",
        "schedule": {"interval_sec": 5},
        "inputs": {"work_ms": 8000},
    }


def _third_time_lucky() -> dict[str, Any]:
    return {
        "job_id": "demo-retry",
        "description": "Fails twice and then succeeds: its retry policy tries again after one and two seconds.",
        "tags": ["demo"],
        "type": "simulation.flaky",
        "schedule": {"interval_sec": 15},
        "retry_policy": {"max_retry": 3, "backoff_sec": [1, 2]},
        "inputs": {"fail_times": 2, "work_ms": 300},
    }
