"""What a deployment says of itself over HTTP."""

from __future__ import annotations

from typing import Any

import httpx


def ready(client: httpx.Client) -> bool:
    """Say whether it answers, with a scheduler and a worker online."""
    try:
        answer = client.get("/readyz").json()
        return bool(answer["workers"]) and answer["scheduler"] == "online"
    except (httpx.TransportError, KeyError):
        return False


def ended_runs(client: httpx.Client, number: int) -> list[dict[str, Any]]:
    """Return its runs once there are so many and all have ended; [] before."""
    runs: list[dict[str, Any]] = client.get("/runs").json()
    return runs if len(runs) == number and all(run["finished_at"] for run in runs) else []
