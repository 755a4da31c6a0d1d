"""`pause` and `resume`: everything, or what the options name; `drain`: a worker; over the API."""

import click

from runners.cli.output import as_json, open_client, show_fields, show_json
from runners.client import segment

PRIORITIES = click.Choice(["critical", "normal", "low"])


@click.command()
@click.option("--job", "job_id", help="Only this job.")
@click.option("--flow", "flow_group", help="Only this flow group.")
@click.option("--priority", type=PRIORITIES, help="Only this priority, its queued runs included.")
@as_json
def pause(job_id: str | None, flow_group: str | None, priority: str | None, as_json: bool) -> None:
    """Hold everything, as `rq suspend` does, or what the option names. What runs goes on."""
    _change("pause", job_id, flow_group, priority, as_json)


@click.command()
@click.option("--job", "job_id", help="Only this job.")
@click.option("--flow", "flow_group", help="Only this flow group.")
@click.option("--priority", type=PRIORITIES, help="Only this priority.")
@as_json
def resume(job_id: str | None, flow_group: str | None, priority: str | None, as_json: bool) -> None:
    """Let go on what `pause` held: everything, or what the option names. What else is paused stays so."""
    _change("resume", job_id, flow_group, priority, as_json)


@click.command()
@click.argument("worker")
@click.option(
    "--stop", is_flag=True, help="End it as well, as SIGTERM does: within SHUTDOWN_GRACE, giving back the rest."
)
@as_json
def drain(worker: str, stop: bool, as_json: bool) -> None:
    """Let WORKER take no more runs and end those that it has. Its id stands on the page of processes."""
    with open_client() as client:
        answer = client.ask("POST", f"/agents/{segment(worker)}/{'stop' if stop else 'drain'}")
    show_json(answer) if as_json else show_fields({"status": answer["status"], **(answer["pause"] or {})})


def _change(action: str, job_id: str | None, flow_group: str | None, priority: str | None, as_json: bool) -> None:
    if sum(given is not None for given in (job_id, flow_group, priority)) > 1:
        raise click.UsageError("give one of --job, --flow and --priority, or none for everything")
    path = f"/queue/{action}"
    if job_id is not None:
        path = f"/jobs/{segment(job_id)}/{action}"
    elif flow_group is not None:
        path = f"/flow-groups/{segment(flow_group)}/{action}"
    with open_client() as client:
        answer = client.ask("POST", path, priority=priority)
    show_json(answer) if as_json else show_fields({"status": answer["status"], **(answer["pause"] or {})})
