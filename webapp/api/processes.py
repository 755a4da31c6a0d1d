"""Processes and connectors: who lives, and what each does; contract §2."""

from __future__ import annotations

from flask import Response

from runners.engine import operations
from runners.engine.operations import Role
from webapp.api.answer import one
from webapp.api.endpoint import endpoint
from webapp.asking import actor, platform
from webapp.wire.processes import ConnectorRow, ProcessRow, connector_row, process_row


@endpoint("GET", "/agents", Role.VIEWER, answers={200: list[ProcessRow]})
def list_agents() -> Response:
    """List every process that reported in the last day."""
    return one([process_row(process) for process in operations.agents(platform(), actor())])


@endpoint("GET", "/connectors", Role.VIEWER, answers={200: list[ConnectorRow]})
def list_connectors() -> Response:
    """List the chat accounts and whether each is reached."""
    return one([connector_row(state) for state in operations.connectors(platform(), actor())])
