"""What a handler's process may use, by the server's configuration (setrlimit(2)); what it starts inherits the limits."""

from __future__ import annotations

import resource
from collections.abc import Iterator

from runners.engine.settings import Settings

MEBIBYTE = 1024 * 1024


def apply(settings: Settings) -> None:
    """Limit this process for good. A limit that it was started with stays where it is lower."""
    for kind, wanted in _lasting(settings):
        _, most = resource.getrlimit(kind)
        value = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(kind, (value, value))


def _lasting(settings: Settings) -> Iterator[tuple[int, int]]:
    if settings.handler_memory_mb:
        yield resource.RLIMIT_AS, settings.handler_memory_mb * MEBIBYTE
    if settings.handler_open_files:
        yield resource.RLIMIT_NOFILE, settings.handler_open_files
    if settings.handler_file_mb:
        yield resource.RLIMIT_FSIZE, settings.handler_file_mb * MEBIBYTE
    yield resource.RLIMIT_CORE, 0  # a crash is told by its signal; a core file may hold secrets


def grant_cpu(settings: Settings) -> None:
    """Give the next run its processor time, whatever earlier runs of this process have used."""
    if not settings.handler_cpu_sec:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = int(used.ru_utime + used.ru_stime) + settings.handler_cpu_sec
    resource.setrlimit(resource.RLIMIT_CPU, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))
