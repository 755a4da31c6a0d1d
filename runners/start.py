"""How a process finds its store when it starts, from its environment alone (design §5)."""

import sys
import time
from collections.abc import Mapping
from dataclasses import replace

from runners import logs
from runners.engine import embedded
from runners.engine.errors import ModeRefused, NoServer, StoreAway
from runners.engine.platform import Platform, open_platform
from runners.engine.settings import Settings, read
from runners.handover.mark import took_place

LONGEST_PAUSE_SEC = 5.0
HOW_TO_START = "start one with `multijob up`, or set REDIS_URL"


def open_process(environ: Mapping[str, str]) -> Platform:
    """Open the platform for a scheduler, worker or connector: the configured server, or the embedded one that runs.

    Raises SettingsInvalid, NoServer, or ModeRefused when memory is asked for: it lives inside one web process.
    """
    settings = read(environ)
    logs.configure(settings)
    if settings.queue_mode == "memory":
        raise ModeRefused("QUEUE_MODE='memory': one process is everything then; start `multijob web` alone")
    return open_platform(_with_server(settings))


def open_web(environ: Mapping[str, str]) -> Platform:
    """Open the platform for a web process; in memory mode it becomes scheduler, worker and connector too.

    Memory is for a process that is alone: asked for, or nothing is configured and no embedded server runs, or the
    configured server is absent and MEMORY_FALLBACK=auto says so; with that it hands over when the server appears, and
    its successor is everything on the server. Raises like `open_process`.
    """
    settings = read(environ)
    if took_place(settings.data_dir):
        return _everything_on_server(replace(settings, queue_mode="auto"))
    try:
        return open_platform(_with_server(settings)) if settings.queue_mode != "memory" else _memory(settings)
    except NoServer as absent:
        if not _memory_may_help(settings):
            raise
        print(f"{absent}: everything runs in this process, in memory, and is lost when it ends", file=sys.stderr)
        return _memory(settings)


def check_web(environ: Mapping[str, str]) -> None:
    """Raise what `open_web` would raise, and start nothing: a bad start then says one line, before any server runs."""
    settings = read(environ)
    try:
        if settings.queue_mode != "memory":
            open_platform(_with_server(settings))
            return
    except NoServer:
        if not _memory_may_help(settings):
            raise
    _require_one(settings)


def _with_server(settings: Settings) -> Settings:
    """Return the settings with the address of a server; raises NoServer when nothing is set and none runs."""
    if settings.redis_url is not None:
        return settings
    url = embedded.joined_url(settings.data_dir)
    if url is None:
        raise NoServer(f"no server is set, and no embedded one runs for DATA_DIR '{settings.data_dir}'; {HOW_TO_START}")
    return replace(settings, redis_url=url)


def _memory_may_help(settings: Settings) -> bool:
    """Say whether this process may work in memory instead of with the server that it lacks."""
    if settings.memory_fallback == "never" or settings.queue_mode in ("streams", "lists"):
        return False
    return settings.redis_url is None or settings.memory_fallback_chosen


def _memory(settings: Settings) -> Platform:
    """Return a platform in this process's memory with everything running in it; refused beside other processes."""
    _require_one(settings)
    require_a_way_in(settings)
    # a process beside a server needs none of what a worker brings along, nor the imitation of a server
    from runners.alone import start_everything
    from runners.memory import hands_over, open_memory

    platform = open_memory(settings)
    parts = start_everything(platform)
    if hands_over(settings):
        from runners.handover.watch import watch

        watch(platform, parts)
    return platform


def _everything_on_server(settings: Settings) -> Platform:
    """Return a platform on the server that memory was handed over to, with everything running in this process.

    The server is waited for: whatever was in memory is there now, and never again here.
    """
    from runners.alone import start_everything

    pause = 0.1
    while True:
        try:
            platform = open_platform(settings)
            break
        except (NoServer, StoreAway) as away:
            print(away, file=sys.stderr)
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SEC)
    start_everything(platform)
    return platform


def require_a_way_in(settings: Settings) -> None:
    """Raise ModeRefused when everything is in memory, where no command reaches it, and nobody could ever come in."""
    if settings.queue_mode == "memory" and settings.auth_enabled and not settings.auth_tokens:
        raise ModeRefused(
            "memory mode keeps people and tokens in one process, where no command makes any; "
            "with AUTH_ENABLED=true set AUTH_ADMIN_TOKEN (openssl rand -hex 32), or set REDIS_URL"
        )


def _require_one(settings: Settings) -> None:
    if settings.web_concurrency > 1:
        raise ModeRefused(
            f"WEB_CONCURRENCY='{settings.web_concurrency}': memory mode needs one web process; set it to 1"
        )
