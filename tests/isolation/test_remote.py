"""The context inside a handler's process: what the worker says reaches it, what it says reaches the worker, bounded."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runners.engine.errors import MultijobError
from runners.engine.handler import Cancelled, Interrupted, TimedOut
from runners.isolation import remote
from runners.isolation.frames import Frames, encode, receive
from runners.isolation.remote import Channel, RemoteContext

AT = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
RUN = {
    "run_id": "run_1",
    "token": 3,
    "job_id": "daily",
    "attempt": 2,
    "redelivered": True,
    "slot_at": None,
    "scheduled_at": AT.isoformat(),
    "started_at": AT.isoformat(),
    "timeout_ms": 60_000,
    "granted": "",
    "grants": [],
    "memory_mode": False,
    "origins": {},
}


@dataclass
class Worker:
    """The other end of the socket."""

    socket: socket.socket
    frames: Frames = field(default_factory=Frames)

    def say(self, **frame: Any) -> None:
        self.socket.sendall(encode(frame))

    def heard(self) -> list[dict[str, Any]]:
        """Return what has arrived."""
        self.socket.setblocking(False)
        found: list[dict[str, Any]] = []
        try:
            while True:
                found += receive(self.socket, self.frames) or []
        except BlockingIOError:
            return found


@pytest.fixture
def ends() -> Iterator[tuple[Worker, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Worker(ours), theirs


@pytest.fixture
def worker(ends) -> Worker:
    return ends[0]


@pytest.fixture
def context(ends) -> RemoteContext:
    begun = RemoteContext(Channel(ends[1]), RUN)
    begun.begin()
    return begun


def test_the_context_says_what_the_run_is(context):
    assert (context.run_id, context.idempotency_key, context.attempt, context.redelivered) == (
        "run_1",
        "run_1",
        2,
        True,
    )
    assert (context.slot_at, context.scheduled_at, context.started_at) == (None, AT, AT)
    assert timedelta(seconds=50) < context.remaining() <= timedelta(seconds=60)


@pytest.mark.parametrize(
    ("word", "raised"), [("Cancelled", Cancelled), ("TimedOut", TimedOut), ("GivenBack", Interrupted)]
)
def test_a_word_to_stop_ends_a_check_and_a_sleep(context, worker, word, raised):
    context.check()
    assert not context.cancelled()

    worker.say(stop=word)

    assert context.cancelled()
    for stops in (context.check, lambda: context.sleep(600)):
        with pytest.raises(raised) as stopped:
            stops()
        assert type(stopped.value) is raised


def test_a_sleep_ends_as_soon_as_there_is_a_word(context, worker):
    threading.Timer(0.05, lambda: worker.say(stop="Cancelled")).start()

    with pytest.raises(Cancelled):
        context.sleep(600)


def test_a_check_past_the_deadline_needs_no_word(ends):
    context = RemoteContext(Channel(ends[1]), RUN | {"timeout_ms": 0})
    context.begin()

    for stops in (context.check, lambda: context.sleep(600)):
        with pytest.raises(TimedOut):
            stops()


def test_sigterm_interrupts_once_and_never_behind_an_interruption(context, worker):
    remote.on_sigterm(context)
    try:
        worker.say(stop="Cancelled")
        with pytest.raises(Cancelled):
            os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    assert context.listened


def test_progress_in_a_hurry_is_thinned_out_and_its_last_word_arrives(context, worker, monkeypatch):
    monkeypatch.setattr(remote, "PROGRESS_EVERY_SEC", 600)

    for number in range(100):
        context.progress(number, 100, "n" * 10_000)
    sent = worker.heard()
    context.finish()

    assert [frame["progress"]["done"] for frame in sent] == [0]
    (last,) = worker.heard()
    assert (last["progress"]["done"], last["progress"]["total"]) == (99, 100)
    assert len(last["progress"]["note"]) < 10_000


def test_what_is_logged_is_sent_up_to_its_limit_and_the_rest_is_counted(ends, monkeypatch):
    monkeypatch.setattr(remote, "LOG_KEPT", 25)
    context, worker = RemoteContext(Channel(ends[1]), RUN), ends[0]

    for _ in range(5):
        context.log("nine char")
    context.write("stdout", "more")
    context.finish()

    frames = worker.heard()
    texts = [frame["write"] for frame in frames if "write" in frame]
    assert texts == [["log", "nine char\n"], ["log", "nine char\n"], ["log", "nine "]]
    assert [frame["left_out"] for frame in frames if "left_out" in frame] == [25, 4]


def test_memory_mode_has_no_platform_to_open(ends):
    context = RemoteContext(Channel(ends[1]), RUN | {"memory_mode": True, "origins": {}})

    with pytest.raises(MultijobError, match="isolation='thread'"):
        _ = context.platform
