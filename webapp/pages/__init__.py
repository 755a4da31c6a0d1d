"""The dashboard under /ui: one module per noun, words and pictures from `webapp.presentation`, facts from operations."""

from datetime import timedelta

from flask import Flask

from webapp import presentation
from webapp.pages import (
    about,
    account,
    accounts,
    agent_memory,
    api_docs,
    approvals,
    audit,
    automation,
    automation_filling,
    bulk,
    chats,
    connectors,
    events,
    failures,
    first,
    flow_groups,
    grants,
    handbook,
    job_broken,
    job_bulk,
    job_changes,
    job_editing,
    job_filling,
    job_running,
    job_tabs,
    job_versions,
    job_what_if,
    jobs,
    mcp_servers,
    notifications,
    offers,
    overview,
    pausing,
    people,
    planner,
    problems,
    processes,
    queue,
    run_changes,
    run_logs,
    run_values,
    runs,
    schedule,
    settings,
    shell,
    signing_in,
    slack,
    telegram,
    tokens,
)

STATIC_LIFE = timedelta(days=365)
"""Files carry the hash of their content in their address, so that a browser never asks for the same one again."""
ROOMS = (
    overview,
    events,
    about,
    api_docs,
    approvals,
    jobs,
    job_editing,
    job_changes,
    job_filling,
    job_bulk,
    job_broken,
    job_running,
    job_tabs,
    job_versions,
    job_what_if,
    bulk,
    runs,
    failures,
    run_logs,
    run_values,
    run_changes,
    grants,
    flow_groups,
    queue,
    processes,
    schedule,
    mcp_servers,
    notifications,
    offers,
    telegram,
    slack,
    connectors,
    chats,
    pausing,
    signing_in,
    first,
    account,
    accounts,
    audit,
    people,
    planner,
    automation,
    automation_filling,
    agent_memory,
    tokens,
    handbook,
    settings,
)


def register(app: Flask) -> None:
    """Add every page to `app`. The API's converters of ids must be there already."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = STATIC_LIFE
    presentation.register(app)
    shell.register(app)
    problems.register(app)
    for room in ROOMS:
        app.register_blueprint(room.pages)
