"""`up`, `status` and `stop`: the platform on this machine. What each needs comes when it runs, as `up` needs much."""

import os

import click

from runners.cli.output import as_json, show_json
from runners.engine.settings import read
from runners.loading import loading


@click.command()
@click.option("--port", type=click.IntRange(1, 65_535), help="Port of the dashboard instead of PORT.")
@click.option("--workers", type=click.IntRange(1, 16), default=1, show_default=True, help="Number of worker processes.")
@click.option("--demo", is_flag=True, help="Create the demo jobs and print their first runs as they end.")
@click.option("--detach", is_flag=True, help="Return when it is up instead of staying; end it with `multijob stop`.")
def up(port: int | None, workers: int, demo: bool, detach: bool) -> None:
    """Run everything on this machine: store, web, scheduler, workers and connector."""
    with loading():
        from runners.local import launch

    code = launch.up(launch.Options(port, workers, demo, detach), os.environ)
    click.get_current_context().exit(code)


@click.command()
@as_json
def status(as_json: bool) -> None:
    """Say what runs here for this DATA_DIR, and whether it is ready; ends with 1 when it is not."""
    with loading():
        from runners.local import status as local_status

    report = local_status.report(read(os.environ))
    if as_json:
        show_json(report)
    else:
        click.echo(local_status.in_words(report))
    click.get_current_context().exit(0 if report["ready"] else 1)


@click.command()
@as_json
def stop(as_json: bool) -> None:
    """End what `up` started for this DATA_DIR: its own processes and their children, nothing else."""
    with loading():
        from runners.local.stop import stop as stop_here

    ended = stop_here(read(os.environ))
    if as_json:
        show_json([{"pid": pid, "command": command} for pid, command in ended.items()])
        return
    if not ended:
        click.echo("nothing runs here")
    for pid, command in ended.items():
        click.echo(f"ended pid {pid}  {command}")
