"""What agents remember from run to run: read it, forget it, forgive one failure; contract §7."""

from __future__ import annotations

from typing import Annotated

from flask import Response

from runners.engine import operations
from runners.engine.operations import Role
from webapp.api.answer import many, one
from webapp.api.endpoint import endpoint
from webapp.api.filters import RowQuery
from webapp.asking import actor, platform
from webapp.parsing_query import Query
from webapp.parsing_types import Text
from webapp.wire.agent_memory import AgentMemoryRow, ForgottenRow, agent_memory_row


class ForgetQuery(Query):
    """What to forget: the failures that share the line `signature`, or everything without it."""

    signature: Annotated[str, Text(400)] | None = None


@endpoint("GET", "/agents/memory", Role.VIEWER, query=RowQuery, answers={200: list[AgentMemoryRow]}, paged=True)
def list_agent_memories(query: RowQuery) -> Response:
    """List what agents remember, in the order of their keys; one that cannot be read has no row, but counts in the total."""
    page = operations.agent_memories(platform(), actor(), query.limit, query.offset, query.cursor)
    users = operations.agent_memory_users(platform(), actor(), [memory.agent_key for memory in page.rows])
    now = platform().store.now()
    return many(page, lambda memory: agent_memory_row(memory, users[memory.agent_key], now))


@endpoint("GET", "/agents/memory/{agent_key}", Role.VIEWER, answers={200: AgentMemoryRow}, refusals=(409,))
def read_agent_memory(agent_key: str) -> Response:
    """Read what is remembered under one key, and which jobs use it."""
    memory = operations.agent_memory(platform(), actor(), agent_key)
    users = operations.agent_memory_users(platform(), actor(), [agent_key])
    return one(agent_memory_row(memory, users[agent_key], platform().store.now()))


@endpoint(
    "DELETE",
    "/agents/memory/{agent_key}",
    Role.ADMIN,
    query=ForgetQuery,
    answers={200: ForgottenRow},
    refusals=(409,),
)
def forget_agent_memory(agent_key: str, query: ForgetQuery) -> Response:
    """Forget all that is remembered under a key, or forgive one failure signature."""
    operations.forget_agent_memory(platform(), actor(), agent_key, query.signature)
    row: ForgottenRow = {"agent_key": agent_key, "signature": query.signature, "status": "forgotten"}
    return one(row)
