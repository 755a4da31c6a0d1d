"""The JSON API: one module per noun, each route declared once by `endpoint`."""

from flask import Flask

from webapp.api import (
    access,
    accounts,
    agent_memory,
    approvals,
    audit,
    automation,
    bulk,
    chats,
    documents,
    events,
    failures,
    flow_groups,
    grants,
    health,
    job_bulk,
    job_facts,
    job_transfer,
    job_versions,
    jobs,
    mcp_servers,
    metrics,
    notifications,
    offers,
    pausing,
    people,
    planner,
    processes,
    reasons,
    run_logs,
    runs,
    slack_accounts,
    telegram_accounts,
    tokens,
    what_if,
)
from webapp.api.endpoint import add_routes

NOUNS = (
    access,
    accounts,
    agent_memory,
    approvals,
    audit,
    automation,
    bulk,
    chats,
    documents,
    events,
    failures,
    flow_groups,
    grants,
    health,
    job_bulk,
    job_facts,
    job_transfer,
    job_versions,
    jobs,
    mcp_servers,
    metrics,
    notifications,
    offers,
    pausing,
    people,
    planner,
    processes,
    reasons,
    run_logs,
    runs,
    slack_accounts,
    telegram_accounts,
    tokens,
    what_if,
)
"""Importing a noun declares its routes."""


def register(app: Flask) -> None:
    """Add every route of the API to `app`."""
    add_routes(app)
