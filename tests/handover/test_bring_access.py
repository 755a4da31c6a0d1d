"""People and tokens that were made in memory may come in on the server afterwards, unless it knows others of their names."""

import pytest

from runners.engine import operations
from runners.engine.access.identity import by_token, verify_password
from runners.engine.errors import Conflict
from runners.engine.operations import Actor, Role
from runners.engine.store.tokens import behind
from tests.handover.test_bring import TARGETS, hand_over, memory, server
from tests.planted import PASSWORD

__all__ = ["memory", "server"]
ADMIN = Actor("tests", Role.ADMIN, "cli")


@TARGETS
def test_people_and_tokens_come_over_with_what_lets_them_in(memory, server):
    operations.create_person(memory.platform, ADMIN, "ana", Role.ADMIN, PASSWORD)
    new = operations.create_token(memory.platform, ADMIN, "ci", Role.OPERATOR)

    hand_over(memory, server)

    assert verify_password(server.platform, "ana", PASSWORD).role is Role.ADMIN
    assert by_token(server.platform, new.text).subject == "token:ci"
    assert behind(server.store, "token:ci") == {ADMIN.name}
    assert [person.name for person in operations.list_people(server.platform, ADMIN, 10).rows] == ["ana"]
    with pytest.raises(Conflict, match="last administrator"):
        operations.delete_person(server.platform, ADMIN, "ana")


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_whoever_the_server_knows_by_that_name_stays(memory, server):
    operations.create_person(memory.platform, ADMIN, "ana", Role.ADMIN, PASSWORD)
    new = operations.create_token(memory.platform, ADMIN, "ci", Role.ADMIN)
    operations.create_person(server.platform, ADMIN, "ana", Role.VIEWER, "a lantern under green water")
    operations.create_token(server.platform, ADMIN, "ci", Role.VIEWER)

    told = hand_over(memory, server)

    assert verify_password(server.platform, "ana", PASSWORD) is None
    assert by_token(server.platform, new.text) is None
    assert told["clash_count"] == 2
