"""What waits for people waits on after the hand-over, and what was granted is granted there."""

import pytest

from runners.engine.store.grants import all_grants
from tests.handover.test_bring import hand_over, in_memory
from tests.protocol.deciding import approval, ask_grant, decide, finish_asking, pending, say
from tests.protocol.stage import Stage


@pytest.fixture
def server(clocked, clock):
    """The server that has appeared, on the same time."""
    stage = Stage(clocked, clock)
    yield stage
    stage.check()


@pytest.mark.parametrize("mode", ["lists-redis3"])
def test_people_decide_there_on_what_was_asked_here(clock, server):
    memory = in_memory(clock)
    memory.save("before", requires_approval=True)
    _, start = memory.ask("before")
    memory.save("within")
    _, within = memory.ask("within")
    finish_asking(memory, memory.take()[0])
    memory.save("granted")
    granted = ask_grant(memory, "granted")
    say(memory, next(one for one in pending(memory) if one.approval_id == granted))

    hand_over(memory, server)

    assert [server.status(name) for name in (start, within)] == ["waiting_approval"] * 2
    assert decide(server, start).word == "approved"
    assert decide(server, within, "reject").word == "rejected"
    assert approval(server, start).status == "approved"
    assert [grant.grant_id for grant in all_grants(server.store)] == [granted]
    server.work_off()
    assert server.status(start) == "success"
