"""What a start needs of this machine: an interpreter, a folder, a port, handlers that load."""

import os
import sys
from collections.abc import Iterator

from runners.doctor.finding import Finding
from runners.engine import catalog
from runners.engine.errors import MultijobError
from runners.engine.settings import Settings
from runners.engine.settings.hosts import local_host
from runners.local import state
from runners.local.port import require_free
from runners.local.ready import serves


def machine(settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each thing that a start needs beside a server."""
    yield Finding("settings", True, "every variable can be used")
    yield Finding("python", sys.version_info >= (3, 11), sys.version.partition(" ")[0])
    yield _folder(settings)
    yield _port(settings)
    for problem in catalog.load().problems:
        yield Finding("handlers", False, problem)


def _folder(settings: Settings) -> Finding:
    """Look whether DATA_DIR can be written."""
    nearest = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    return Finding("DATA_DIR", os.access(nearest, os.W_OK | os.X_OK), str(settings.data_dir))


def _port(settings: Settings) -> Finding:
    """Look whether the port is free, or a web process of this platform answers there already."""
    last = state.read(settings.data_dir)
    if last is not None and last.supervisor.is_alive():
        return Finding("port", True, f"already up at {last.url}")
    try:
        require_free(settings.host, settings.port)
    except MultijobError as error:
        url = f"http://{local_host(settings.host)}:{settings.port}"
        return (
            Finding("port", True, f"a web process answers at {url}")
            if serves(url)
            else Finding("port", False, str(error))
        )
    return Finding("port", True, f"{settings.port} of {settings.host} is free")
