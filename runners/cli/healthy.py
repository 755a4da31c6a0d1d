"""`healthy`: whether a process of this machine does its part, for whatever watches over it (containers, supervisors)."""

import socket

import click

from runners.cli.direct import opened
from runners.cli.output import as_json, show_json
from runners.engine.clock import rfc3339


@click.command()
@click.argument("kind", type=click.Choice(["web", "scheduler", "worker", "connector"]))
@as_json
def healthy(kind: str, as_json: bool) -> None:
    """Say whether a process of this kind on this host beats; ends with 1 when none does."""
    from runners.engine import operations
    from runners.engine.store.processes import is_online

    with opened() as (platform, actor):
        own = [
            one for one in operations.agents(platform, actor) if (one.type, one.host) == (kind, socket.gethostname())
        ]
    online = [one for one in own if is_online(one)]
    if as_json:
        beats = [
            {"id": one.id, "last_heartbeat_at": rfc3339(one.last_heartbeat_at), "doing": one.doing} for one in online
        ]
        show_json({"healthy": bool(online), "processes": beats})
        click.get_current_context().exit(0 if online else 1)
    for one in online:
        click.echo(f"{one.id} beats, last at {one.last_heartbeat_at:%H:%M:%SZ}: {one.doing}")
    if not online:
        last = max((one.last_heartbeat_at for one in own), default=None)
        since = f"; the last beat was at {last:%Y-%m-%d %H:%M:%SZ}" if last else ""
        click.echo(f"no {kind} of host {socket.gethostname()} beats{since}", err=True)
    click.get_current_context().exit(0 if online else 1)
