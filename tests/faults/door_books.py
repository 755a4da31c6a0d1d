"""What the HTTP API says of a deployment that has come to rest, against what its clients were told."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from runners.engine.decision import LEDGER_KEPT
from runners.engine.guards import GUARDS
from tests.faults.client import Asked, Client, Told
from tests.faults.deployment import Deployment

ENDS = ("success", "failed", "cancelled")
ACTIVE = ("queued", "running", "retrying", "waiting_approval")
Row = dict[str, Any]


def door_problems(deployment: Deployment) -> list[str]:
    """Return every promise to a client of the API that is broken."""
    client = deployment.client
    runs = {row["run_id"]: row for row in client.rows("/runs")}
    decisions = {row["job_id"]: client.read(_decisions(row["job_id"])) for row in client.rows("/jobs")}
    return [
        *_totals(client),
        *tickets(client.log, runs, deployment.lossy),
        *(problem for job_id, rows in decisions.items() for problem in reasons(job_id, rows)),
        *decided(decisions, runs),
    ]


def _decisions(job_id: str) -> str:
    return f"/jobs/{quote(job_id)}/decisions?limit={LEDGER_KEPT}"


def _totals(client: Client) -> Iterator[str]:
    """Enqueued = success + failed + cancelled, and nothing is active."""
    enqueued = client.count("/runs")
    ended = sum(client.count(f"/runs?status={status}") for status in ENDS)
    active = sum(client.count(f"/runs?status={status}") for status in ACTIVE)
    if (ended, active) != (enqueued, 0):
        yield f"{enqueued} runs were enqueued, {ended} ended, {active} are active"
    queue = client.read("/queue")
    for name in ("depth", "delayed", "running"):
        if queue[name]:
            yield f"the queue says {name} {queue[name]} at rest"


def tickets(log: Iterable[Asked], runs: Mapping[str, Row], lossy: bool) -> Iterator[str]:
    """Acknowledged ⊆ recorded ⊆ attempted, one run for each ticket, none for a refused one."""
    made = {row["run_id"]: row["trace_id"] for row in runs.values() if row["source"] == "api"}
    tickets = Counter(made.values())
    for asked in log:
        if asked.told is Told.REFUSED and tickets[asked.ticket]:
            yield f"ticket {asked.ticket} was refused and has a run"
        if not lossy:
            yield from _acknowledged(asked, runs)
    yield from (f"ticket {ticket} has {number} runs" for ticket, number in tickets.items() if number > 1)
    attempted = {asked.ticket for asked in log}
    yield from (f"run {run_id} was asked for by nobody" for run_id, ticket in made.items() if ticket not in attempted)


def _acknowledged(asked: Asked, runs: Mapping[str, Row]) -> Iterator[str]:
    if len(asked.run_ids) > 1:
        yield f"ticket {asked.ticket} was told of {len(asked.run_ids)} runs"
    for run_id in asked.run_ids:
        if run_id not in runs:
            yield f"run {run_id} was acknowledged and is not recorded"
        elif asked.cancel == "cancelled" and runs[run_id]["status"] != "cancelled":
            yield f"run {run_id} was cancelled and is {runs[run_id]['status']}"


def reasons(job_id: str, decisions: Iterable[Row]) -> Iterator[str]:
    """Every skip names a guard, every miss its reason, every dispatch its run."""
    guards = {guard.__name__ for guard in GUARDS}
    for row in decisions:
        known = {"skipped": row["reason"] in guards, "missed": bool(row["reason"]), "dispatched": bool(row["run_id"])}
        if not known[row["decision"]]:
            yield f"job {job_id}: slot {row['slot_at']} is {row['decision']} and says {row['reason']} of it"


def decided(decisions: Mapping[str, Sequence[Row]], runs: Mapping[str, Row]) -> Iterator[str]:
    """Every dispatch has its run, and every run its decision, as far back as its job's ledger is kept."""
    dispatched = {row["run_id"] for rows in decisions.values() for row in rows if row["decision"] == "dispatched"}
    yield from (f"run {run_id} was dispatched and is not recorded" for run_id in dispatched - runs.keys())
    for run_id, row in runs.items():
        known = decisions.get(row["job_id"])
        if known is None or run_id in dispatched:
            continue
        if len(known) < LEDGER_KEPT or row["created_at"] > min(one["decided_at"] for one in known):
            yield f"run {run_id} of job {row['job_id']} has no decision"
