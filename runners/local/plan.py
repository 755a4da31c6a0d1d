"""What `up` is going to run, decided before anything is started."""

from collections.abc import Mapping
from dataclasses import dataclass

from runners.engine import embedded, modes
from runners.engine.errors import ModeRefused, NoServer
from runners.engine.settings import Settings
from runners.local import demo


@dataclass(frozen=True, slots=True)
class Plan:
    """The environment of the programs, and what a person should know about it first."""

    environ: Mapping[str, str]
    notices: tuple[str, ...] = ()


def choose(settings: Settings, environ: Mapping[str, str], *, with_demo: bool) -> Plan:
    """Choose server or memory (design §5) and, for the demo, what its command may run.

    Raises ModeRefused when no server can be had and memory is not allowed, and whatever a server that answers
    is refused for.
    """
    allowed = demo.environment(settings, environ) if with_demo else {}
    asked = {**environ, **allowed}
    notices = tuple(f"for the demo, {name}={value}" for name, value in allowed.items())
    reason = no_server(settings)
    if reason is None:
        return Plan(asked, notices)
    if settings.memory_fallback == "never" or settings.web_concurrency > 1:
        raise ModeRefused(f"{reason}; memory mode is not allowed (MEMORY_FALLBACK=never or WEB_CONCURRENCY above 1)")
    memory = f"{reason}: everything runs in one process in memory, and is lost when it ends"
    if settings.redis_url is not None:
        memory += ", unless the server appears before"
    return Plan({**asked, "QUEUE_MODE": "memory", "MEMORY_FALLBACK": "auto"}, (*notices, memory))


def no_server(settings: Settings) -> str | None:
    """Return why no server can be used, in words; None when one can, or when memory was asked for."""
    if settings.queue_mode == "memory":
        return None
    try:
        if settings.redis_url is None:
            embedded.require_binary()
        else:
            modes.probe(settings)
    except NoServer as error:
        return str(error)
    return None
