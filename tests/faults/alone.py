"""A deployment in memory mode: one process that is everything, known only by what it answers and by what it runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from runners.engine.job.controls import ControlFields
from runners.engine.run import Run
from tests import servers
from tests.faults import books, oracle
from tests.faults.client import Client, Told
from tests.faults.deployment import BRISK, PYTHON_PATH, Deployment
from tests.planted import SECRET_KEY
from tests.processes import Spawned, Spawner
from tests.waiting import wait_until

TIMES = ("created_at", "scheduled_at", "started_at", "finished_at")
ACTIVE = ("depth", "delayed", "running")


@dataclass(slots=True)
class Alone(Deployment):
    """The process that is started first is every process; whoever starts a scheduler or a worker gets that one."""

    whole: list[Spawned] = field(default_factory=list)

    def launch(self, kind: str, under: Any = (), **env: str) -> Spawned:
        """Start the one process, or return it."""
        if not self.whole:
            self.whole.append(self.spawn("web", env=self.env | env))
        return self.whole[0]

    def ready(self, kind: str, spawned: Spawned) -> bool:
        """Say whether the process is scheduler and worker, too."""
        assert spawned.process.poll() is None, f"it ended at once:\n{spawned.text()}"
        answer = self.client.send("GET", "/readyz")
        return answer is not None and answer.status == 200 and not _missing(answer.body)

    def save(self, job_id: str, **spec: Any) -> Any:
        """Create a job, or replace it."""
        self.put(job_id, **spec)

    def run(self, job_id: str) -> str:
        """Ask for a run of the job and return its id; fails unless it is acknowledged."""
        asked = self.client.ask(job_id)
        assert asked.told is Told.ACKNOWLEDGED, f"a run of {job_id} was {asked.told}"
        return asked.run_ids[0]

    def record(self, run_id: str) -> Run:
        """Return the run as the API tells of it, with the fields that it has there."""
        row = self.client.read(f"/runs/{run_id}")
        result = row["result"] or {}
        attempts = [SimpleNamespace(**attempt) for attempt in row["attempts"]]
        times = {name: row[name] and datetime.fromisoformat(row[name]) for name in TIMES}
        return cast(Run, SimpleNamespace(**row | times | {"attempts": attempts, "error": result.get("error")}))


def _missing(ready: dict[str, Any]) -> bool:
    return ready["scheduler"] != "online" or not ready["workers"]


@contextmanager
def alone(folder: Path, **env: str) -> Iterator[Alone]:
    """Prepare a deployment in memory; nothing runs yet, and what is started is ended."""
    (folder / "spawned").mkdir()
    spawner, port = Spawner(folder / "spawned"), servers.free_port()
    own = {"DATA_DIR": str(folder / "platform"), "SECRET_KEY": SECRET_KEY, "PORT": str(port), "QUEUE_MODE": "memory"}
    settled = BRISK | own | env | {"PYTHONPATH": PYTHON_PATH.format(oracle.install(folder))}
    no_store = cast(Any, None)
    try:
        yield Alone(
            "memory", no_store, spawner, oracle.Oracle(folder / "oracle.jsonl"), settled, no_store, Client(port)
        )
    finally:
        for spawned in spawner.spawned:
            spawned.kill()


def settle(deployment: Alone) -> list[str]:
    """Stop the schedules and wait until no run is active; returns the slots that were decided twice or not at all."""
    client = deployment.client
    scheduled = [row for row in client.rows("/jobs") if row["schedule"] and row["enabled"]]
    for row in scheduled:
        client.insist("PUT", f"/jobs/{row['job_id']}/disable")
    wait_until(lambda: not any(client.read("/queue")[name] for name in ACTIVE), books.DRAIN_SEC, every=0.2)
    return [
        problem
        for row in scheduled
        for problem in gaps(row, client.read(f"/jobs/{row['job_id']}/decisions?limit=1000"))
    ]


def gaps(job: dict[str, Any], decisions: list[dict[str, Any]]) -> Iterator[str]:
    """Yield each place between two decisions where a slot of an interval was left out, or decided twice."""
    rows = sorted((row for row in decisions if row["slot_at"]), key=lambda row: row["slot_at"])
    for before, after in pairwise(rows):
        step = datetime.fromisoformat(after["slot_at"]) - datetime.fromisoformat(before["last_slot_at"])
        if round(step.total_seconds()) != job["schedule"]["interval_sec"]:
            yield f"job {job['job_id']}: {after['slot_at']} was decided next after {before['last_slot_at']}"


def run_problems(deployment: Alone) -> list[str]:
    """Return what the oracle saw and the API does not tell, unmarked starts, and runs at once that guards forbid."""
    starts = deployment.oracle.starts()
    rows = {row["run_id"]: row for row in deployment.client.rows("/runs")}
    jobs = [
        SimpleNamespace(job_id=row["job_id"], controls=ControlFields.model_validate(row["inputs"]).to_controls())
        for row in deployment.client.rows("/jobs")
    ]
    runs = {name: SimpleNamespace(**row) for name, row in rows.items()}
    return [
        *books.unrecorded(cast(Any, runs), starts),
        *books.unmarked(starts),
        *books.crowds(deployment, cast(Any, jobs), starts),
    ]


def look(client: Client) -> list[str]:
    """Return each run that is running without a worker, by what the API tells now."""
    answer = client.send("GET", "/runs?status=running&limit=500")
    if answer is None or answer.status != 200:
        raise OSError("the process did not answer")
    return [f"run {row['run_id']} is running, and has no worker" for row in answer.body if not row["worker_id"]]
