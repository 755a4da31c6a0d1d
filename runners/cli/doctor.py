"""`doctor`: what would go wrong here, looked for before it does."""

import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import click

from runners.cli.output import as_json, show_json
from runners.engine import catalog, embedded, modes
from runners.engine.errors import MultijobError
from runners.engine.settings import Settings, read
from runners.local import state
from runners.local.port import require_free


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, whether it is well, and what was seen or what to do."""

    about: str
    well: bool
    seen: str


@click.command()
@as_json
def doctor(as_json: bool) -> None:
    """Check settings, DATA_DIR, server, port and handlers; ends with 1 when something is wrong."""
    findings = list(examine(read(os.environ)))
    if as_json:
        show_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{'ok ' if finding.well else 'BAD'} {finding.about:<9} {finding.seen}")
    click.get_current_context().exit(0 if all(finding.well for finding in findings) else 1)


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each thing that a start needs."""
    yield Finding("settings", True, "every variable can be used")
    yield Finding("python", sys.version_info >= (3, 11), sys.version.partition(" ")[0])
    yield _records(settings)
    yield from _server(settings)
    yield _port(settings)
    for problem in catalog.load().problems:
        yield Finding("handlers", False, problem)


def _records(settings: Settings) -> Finding:
    """Look whether DATA_DIR can be written."""
    nearest = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    return Finding("DATA_DIR", os.access(nearest, os.W_OK | os.X_OK), str(settings.data_dir))


def _server(settings: Settings) -> Iterator[Finding]:
    """Look for the server as a start would, and yield its warnings too."""
    try:
        if settings.redis_url is None:
            yield Finding("server", True, f"embedded: {embedded.require_binary()}")
            return
        mode = modes.probe(settings)
    except MultijobError as error:
        yield Finding("server", False, str(error))
        return
    yield Finding("server", True, f"{mode.server}: mode {mode.name}; durability: {mode.durability}")
    for warning in mode.warnings:
        yield Finding("server", False, warning)


def _port(settings: Settings) -> Finding:
    """Look whether the port is free, or this platform's own already."""
    last = state.read(settings.data_dir)
    if last is not None and last.supervisor.is_alive():
        return Finding("port", True, f"already up at {last.url}")
    try:
        require_free(settings.host, settings.port)
    except MultijobError as error:
        return Finding("port", False, str(error))
    return Finding("port", True, f"{settings.port} of {settings.host} is free")
