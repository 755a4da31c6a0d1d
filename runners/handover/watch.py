"""Watching for the configured server while working in memory, and handing over to it when it is there.

Dispatch pauses, what runs ends or is given back, everything is brought over, and the web server's worker process ends
for its successor, which its master starts at once and which goes on as everything on the server. Once something may
have been brought over there is no way back: the server is waited for, because it may have begun to work on it.
Whatever goes wrong is tried again and named, in the log and to whoever is turned away meanwhile: memory is all there is.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import structlog
from redis.exceptions import RedisError

from runners.alone import Parts
from runners.engine.errors import MultijobError, NoServer
from runners.engine.gate import Gate
from runners.engine.platform import Platform, open_platform
from runners.engine.protocol import presence
from runners.engine.settings import Settings
from runners.engine.settings.address import shown
from runners.engine.store.processes import ProcessBeat
from runners.engine.version import VERSION
from runners.handover.bring import Bringing
from runners.handover.mark import leave_mark

LOG = structlog.get_logger("runners.handover")
LOOK_EVERY_SEC = 1.0
LONGEST_PAUSE_SEC = 5.0
PATIENCE_SEC = 15.0
BEYOND_GRACE_SEC = 10.0
REASON = "a server has appeared, and this process hands over to it; try again in a moment"
FAILING = "a server has appeared, and handing over to it fails ({}): it is tried again, and the log says why"


def watch(platform: Platform, parts: Parts) -> None:
    """Start to watch for the server that the settings name; `parts` are what runs in this process meanwhile."""
    threading.Thread(target=_watch, args=(platform, parts), daemon=True, name="handover").start()


def _watch(platform: Platform, parts: Parts) -> None:
    """Hand over as soon as the server can be used; one that refuses us is named in the log, once per reason."""
    settings, said = replace(platform.settings, queue_mode="auto"), ""
    while not parts.stop.wait(LOOK_EVERY_SEC):
        try:
            target = open_platform(settings)
            presence.join(target.store, _said(target))
        except (NoServer, RedisError):
            continue
        except Exception as refusal:
            if repr(refusal) != said:
                said = repr(refusal)
                unforeseen = None if isinstance(refusal, MultijobError) else refusal
                LOG.warning("handover.refused", reason=str(refusal), exc_info=unforeseen)
            continue
        _hand_over(platform, target, parts)
        return


def _hand_over(platform: Platform, target: Platform, parts: Parts) -> None:
    LOG.warning("handover.started", to=_address(target.settings), mode=target.store.mode.name)
    platform.gate.close(REASON, PATIENCE_SEC)
    parts.end(platform.settings.shutdown_grace.total_seconds() + BEYOND_GRACE_SEC)
    bringing = Bringing(platform.store, target.store, _name())
    _until_done(platform.gate, bringing.everything)
    # without its mark the next process would begin anew, in an empty memory
    _until_done(platform.gate, lambda: leave_mark(platform.settings.data_dir))
    with suppress(RedisError):
        presence.goodbye(target.store, _name())
    os.kill(os.getpid(), signal.SIGTERM)


def _until_done(gate: Gate, act: Callable[[], None]) -> None:
    """Do it again until it comes to its end, however it fails; what was not foreseen is told at the closed gate, too."""
    pause = 0.1
    while True:
        try:
            return act()
        except (RedisError, MultijobError) as error:
            LOG.warning("store.away", error=str(error))
            reason = REASON
        except Exception as error:
            LOG.error("handover.failed", exc_info=error)
            reason = FAILING.format(type(error).__name__)
        gate.close(reason, 0.0)
        time.sleep(pause)  # the server cannot say when it is back, and this thread has nothing else to do
        pause = min(pause * 2, LONGEST_PAUSE_SEC)


def _said(target: Platform) -> ProcessBeat:
    """Return what this process says of itself to the server before it brings anything: its mode must be welcome there."""
    now, doing = target.store.now(), "handing over from memory"
    return ProcessBeat(_name(), "web", socket.gethostname(), os.getpid(), VERSION, now, doing)


def _name() -> str:
    return f"web-{socket.gethostname()}-{os.getpid()}"


def _address(settings: Settings) -> str:
    return shown(settings.redis_url or "")
