"""The end of a run with its process: told whatever the handler has done to its surroundings, and not put off by it."""

import math
import os
import socket
from types import SimpleNamespace

from pydantic import BaseModel

from runners.engine.handler import handler
from runners.engine.settings import read
from runners.isolation import child, conversation
from runners.isolation.conversation import Conversation
from runners.isolation.frames import encode
from runners.isolation.remote import Channel
from tests.isolation.test_remote import RUN


class Nothing(BaseModel):
    """It takes no inputs."""


@handler("test.strange", inputs=Nothing)
def strange(ctx, inputs):
    """Fail in an environment in which no process of ours would start."""
    os.environ["WORKER_CONCURRENCY"] = "many"
    raise LookupError("in a strange place")


def test_what_a_handler_raised_is_told_whatever_it_did_to_its_environment(monkeypatch):
    monkeypatch.setenv("WORKER_CONCURRENCY", "5")
    run = RUN | {"entry": f"{__name__}:strange", "inputs": {}}
    ours, theirs = socket.socketpair()

    with ours, theirs:
        ours.sendall(encode({"go": True}))
        ended = child._carry_out(Channel(theirs), run, read({}))

    assert (ended["how"], ended["error"]) == ("raised", "LookupError: in a strange place")


def test_what_is_printed_for_ever_holds_up_no_end(monkeypatch):
    ours, theirs = socket.socketpair()
    status, keeper = os.pipe()
    printed, printing = os.pipe()
    execution = SimpleNamespace(
        lease_ends_at=math.inf, told_to_stop=None, deadline=math.inf, spending=SimpleNamespace(secrets={})
    )
    process = SimpleNamespace(channel=ours, status=status, out=printed, err=printing, tell=lambda line: None)
    talk = Conversation(process, execution)
    really_read = talk._read
    monkeypatch.setattr(talk, "_printed", {printed: talk._printed[printed]})
    monkeypatch.setattr(talk, "_about", lambda handler: {})
    monkeypatch.setattr(talk, "_read", lambda pipes, seconds: really_read(pipes, seconds) or True)
    monkeypatch.setattr(conversation, "LAST_WORDS_SEC", 0.05)
    theirs.sendall(encode({"ended": {"how": "success", "output": "left", "truncated": False, "spent": True}}))
    os.write(keeper, b"swept 0\n")

    try:
        assert talk.hold(strange).output() == "left"
    finally:
        ours.close()
        theirs.close()
        for descriptor in (status, keeper, printed, printing):
            os.close(descriptor)
