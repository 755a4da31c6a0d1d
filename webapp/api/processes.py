"""Processes and connectors: who lives, and what each does; contract §2."""

from __future__ import annotations

from flask import Response

from runners.engine import operations
from runners.engine.operations import Role
from runners.engine.store.connectors import ConnectorState
from runners.engine.store.page import part_of
from webapp.api.answer import many
from webapp.api.endpoint import endpoint
from webapp.api.filters import PartQuery
from webapp.asking import actor, platform
from webapp.wire.processes import ConnectorRow, ProcessRow, connector_row, process_row


@endpoint("GET", "/agents", Role.VIEWER, query=PartQuery, answers={200: list[ProcessRow]}, paged=True)
def list_agents(query: PartQuery) -> Response:
    """List every process that reported in the last day."""
    found = operations.agents(platform(), actor())
    return many(part_of(found, lambda process: process.id, query.limit, query.offset, query.cursor), process_row)


@endpoint("GET", "/connectors", Role.VIEWER, query=PartQuery, answers={200: list[ConnectorRow]}, paged=True)
def list_connectors(query: PartQuery) -> Response:
    """List the chat accounts and whether each is reached."""
    found = operations.connectors(platform(), actor())
    return many(part_of(found, _name, query.limit, query.offset, query.cursor), connector_row)


def _name(state: ConnectorState) -> str:
    return f"{state.channel}:{state.account_id}"
