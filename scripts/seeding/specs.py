"""The jobs of a seeded store: their specs, their flow groups, and how often each is due."""

from dataclasses import dataclass
from typing import Any

EVERY_MIN = (5, 10, 15, 30)
TEAMS = ("billing", "search", "media", "ops", "growth")
WORDS = ("sync", "export", "report", "cleanup", "import", "digest", "rollup", "probe")
TWO_HOURS_MS = 7_200_000


@dataclass(frozen=True, slots=True)
class Planned:
    """A job that is to be made: `raw` is its spec, `number` counts from 0, `failing` its failed runs in a row."""

    number: int
    job_id: str
    interval_ms: int
    aligned: bool
    flow_group: str
    failing: int
    raw: dict[str, Any]

    @property
    def guards(self) -> tuple[str, ...]:
        """The guards that may have skipped its slots."""
        return ("overlap", "pressure", "flow_limit") if self.flow_group else ("overlap", "pressure")


def planned(number: int, groups: int) -> Planned:
    """Return job `number`: two of three stand in a flow group, one of ten has a cron schedule, one of a hundred fails."""
    every = EVERY_MIN[number % len(EVERY_MIN)]
    team, word = TEAMS[number % len(TEAMS)], WORDS[number // 5 % len(WORDS)]
    job_id, aligned = f"{team}-{word}-{number:05}", number % 10 == 9
    flow = f"l-{number % groups:03}" if groups and number // groups % 3 else ""
    schedule: dict[str, Any] = {"cron": f"*/{every} * * * *"} if aligned else {"interval_sec": every * 60}
    raw = {
        "job_id": job_id,
        "schedule": schedule | {"timezone": "Asia/Jakarta" if number % 4 == 3 else "UTC"},
        "timeout_ms": TWO_HOURS_MS,
        "retry_policy": {"max_retry": 0},
        "tags": [team, "nightly" if number % 7 == 0 else "routine"],
        "description": f"The {word} of {team}.",
        **_work(number, {"flow_group": flow, "flow_max_active_runs": 4} if flow else {}),
    }
    return Planned(
        number, job_id, every * 60_000, aligned, flow, number // 100 % 4 + 1 if number % 100 == 50 else 0, raw
    )


def _work(number: int, controls: dict[str, Any]) -> dict[str, Any]:
    if number % 5 == 0:
        return {"type": "simulation.flaky", "inputs": controls | {"fail_times": 1}}
    return {"type": "simulation.heavy", "inputs": controls | {"work_ms": 1000 + number % 9 * 500}}
