"""A load script as an old client of the handbook's API would have it: the standard library, and nothing that is new since.

It creates jobs, polls runs and the queue for a while, disables the jobs, and prints what it saw as JSON.
"""

import argparse
import json
import threading
import time
import urllib.error
import urllib.request


def call(arguments, method, path, body=None):
    """Send one request and return its JSON; anything but success ends the script."""
    headers = {"Content-Type": "application/json"} if body is not None else {}
    if arguments.token:
        headers["Authorization"] = f"Bearer {arguments.token}"
    sent = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{arguments.api_base}{path}", data=sent, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def spec(arguments, number):
    """Return a job as the handbook writes one."""
    return {
        "job_id": f"{arguments.prefix}-{number:03d}",
        "type": "simulation.heavy",
        "schedule": {"interval_sec": arguments.interval_sec},
        "timeout_ms": 30000,
        "retry_policy": {"max_retry": 0, "backoff_sec": [1, 2, 5]},
        "inputs": {
            "work_ms": arguments.work_ms,
            "allow_overlap": False,
            "pressure_priority": "normal",
            "flow_group": arguments.prefix,
            "flow_max_active_runs": 50,
            "dispatch_jitter_sec": arguments.jitter_sec,
            "failure_memory_enabled": True,
            "failure_threshold": 3,
            "failure_cooldown_sec": 120,
            "failure_cooldown_max_sec": 3600,
        },
    }


def main():
    """Create, poll, disable; exit 1 when no run has succeeded or one has failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--api-base", default="http://127.0.0.1:8000")
    parser.add_argument("--jobs", type=int, default=100)
    parser.add_argument("--interval-sec", type=int, default=2)
    parser.add_argument("--work-ms", type=int, default=250)
    parser.add_argument("--jitter-sec", type=int, default=1)
    parser.add_argument("--duration-sec", type=float, default=60)
    parser.add_argument("--tick-sec", type=float, default=0.5)
    parser.add_argument("--prefix", default="sim")
    parser.add_argument("--token", default="")
    arguments = parser.parse_args()

    assert call(arguments, "GET", "/healthz") == {"status": "healthy"}
    created = [call(arguments, "POST", "/jobs", spec(arguments, number)) for number in range(arguments.jobs)]
    names = {row["job_id"] for row in created}
    assert {row["status"] for row in created} <= {"created", "updated"}

    tick = threading.Event()
    deepest, statuses, end = 0, {}, time.monotonic() + arguments.duration_sec
    while time.monotonic() < end and not statuses.get("success", 0) >= arguments.jobs:
        deepest = max(deepest, call(arguments, "GET", "/queue")["depth"])
        runs = [run for run in call(arguments, "GET", "/runs?limit=500") if run["job_id"] in names]
        statuses = {status: sum(run["status"] == status for run in runs) for status in {run["status"] for run in runs}}
        tick.wait(arguments.tick_sec)

    for name in sorted(names):
        assert call(arguments, "PUT", f"/jobs/{name}/disable") == {"job_id": name, "status": "disabled"}
    enabled = [job["job_id"] for job in call(arguments, "GET", "/jobs?limit=500") if job["enabled"]]
    print(json.dumps({"created": len(created), "deepest": deepest, "runs": statuses, "still_enabled": enabled}))
    return 0 if statuses.get("success") and not statuses.get("failed") and not set(enabled) & names else 1


if __name__ == "__main__":
    raise SystemExit(main())
