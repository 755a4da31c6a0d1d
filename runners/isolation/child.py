"""The process in which handlers run, one run after another: `python -m runners.isolation.child SOCKET`.

The handler is called in the main thread, so that signals interrupt it and its own signal handlers may be set. What it
prints goes to the pipes that are this process's stdout and stderr.
"""

from __future__ import annotations

import io
import os
import signal
import socket
import sys
import threading
from importlib.metadata import EntryPoint

from pydantic import ValidationError

from runners.engine.handler import ApprovalNeeded, Handler, HandlerFailed, Interrupted
from runners.engine.known_secrets import KNOWN
from runners.engine.programs.unseen import be_unseen
from runners.engine.settings import Settings, read
from runners.engine.settings.own_secrets import own_secrets
from runners.isolation import limits
from runners.isolation.frames import Frame
from runners.isolation.remote import Channel, RemoteContext, on_sigterm
from runners.output import capped, own_words, refused_inputs, trace, words
from runners.questions import refuse_unasked


def main(descriptor: int) -> None:
    """Carry out what the worker sends, until it goes."""
    be_unseen()
    os.set_inheritable(descriptor, False)
    settings = read(os.environ)
    KNOWN.learn(own_secrets(os.environ))
    limits.apply(settings)
    _write_lines()
    channel = Channel(socket.socket(fileno=descriptor))
    while True:
        run = channel.next()["run"]
        channel.stop = None
        KNOWN.learn(run["secrets"])
        limits.grant_cpu(settings)
        ended = _carry_out(channel, run, settings)
        channel.send({"ended": ended})


def _write_lines() -> None:
    """Let every line out as soon as it is printed, for whoever watches the run."""
    for stream in (sys.stdout, sys.stderr):
        assert isinstance(stream, io.TextIOWrapper)
        stream.reconfigure(line_buffering=True, errors="backslashreplace")


def _carry_out(channel: Channel, run: Frame, settings: Settings) -> Frame:
    """Return what became of the run; a process that the handler forked off and that comes back here ends.

    `settings` are those from before any run: a handler may have changed the environment.
    """
    own, before = os.getpid(), _surroundings()
    context = RemoteContext(channel, run)
    try:
        ended = _outcome(channel, context, run)
    except BaseException as error:  # a handler may raise SystemExit or worse
        ended = _raised(error, settings)
    finally:
        context.listened = True  # from here on SIGTERM interrupts nothing
        if os.getpid() != own:
            os._exit(0)
    context.finish()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ended["spent"] = not _flush() or _surroundings() != before
    return ended


def _surroundings() -> tuple[object, ...]:
    """Return what a run may change for the ones after it in this process."""
    try:
        folder = os.getcwd()
    except FileNotFoundError:
        folder = ""
    signals = [signal.getsignal(number) for number in signal.valid_signals()]
    return folder, dict(os.environ), signals, signal.getitimer(signal.ITIMER_REAL), threading.active_count()


def _flush() -> bool:
    """Let out what was printed; False when the handler closed a stream."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return False
    return True


def _outcome(channel: Channel, context: RemoteContext, run: Frame) -> Frame:
    try:
        handler = _handler(run["entry"])
        inputs = handler.parse_inputs(run["inputs"])
    except ValidationError as error:
        return {"how": "bad_inputs", "error": refused_inputs(error)}
    channel.send({"ready": True})
    channel.next()
    context.begin()
    on_sigterm(context)
    output = handler.run(context, inputs)
    context.listened = True
    refuse_unasked(output, context.granted)
    try:
        kept, truncated = capped(output)
    except (TypeError, ValueError, RecursionError) as refusal:
        return {"how": "bad_output", "error": str(refusal)}
    return {"how": "success", "output": kept, "truncated": truncated}


def _handler(entry: str) -> Handler:
    found = EntryPoint("handler", entry, "multijob.handlers").load()
    assert isinstance(found, Handler), f"{entry} is no handler"
    return found


def _words(error: BaseException, settings: Settings) -> str:
    allowed = settings.handler_memory_mb
    if isinstance(error, MemoryError) and allowed:
        return f"MemoryError: HANDLER_MEMORY_MB={allowed} allows no more"
    return words(error)


def _raised(error: BaseException, settings: Settings) -> Frame:
    if isinstance(error, ApprovalNeeded):
        return {"how": "asked", "ask": error.ask.to_json()}
    if isinstance(error, Interrupted):
        return {"how": "interrupted", "error": type(error).__name__, "traceback": trace(error, __file__)}
    if isinstance(error, HandlerFailed):
        return {"how": "failed", "error": own_words(error), "final": error.final, "traceback": trace(error, __file__)}
    return {"how": "raised", "error": _words(error, settings), "traceback": trace(error, __file__)}


if __name__ == "__main__":
    main(int(sys.argv[1]))
