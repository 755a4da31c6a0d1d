"""Variables of what jobs and agents may do beyond the platform: reach, run, read. Nothing of it is ever a job's to say."""

from __future__ import annotations

from runners.engine.settings.values import (
    absolute_directory,
    command_prefix,
    env_name,
    many,
    private_target,
    readable_folder,
)
from runners.engine.settings.variable import Variable

ACTING: tuple[Variable, ...] = (
    Variable(
        "HTTP_ALLOW_PRIVATE",
        "",
        "private networks and hosts for http.request",
        "http_allow_private",
        many(private_target),
    ),
    Variable(
        "AGENT_COMMAND_ALLOW_PREFIXES",
        "",
        "first words of the commands for command.run",
        "command_allow_prefixes",
        many(command_prefix),
    ),
    Variable(
        "AGENT_COMMAND_ALLOWED_ROOTS",
        "",
        "absolute directories for command.run",
        "command_roots",
        many(absolute_directory),
    ),
    Variable(
        "AGENT_COMMAND_ALLOW_ENV",
        "",
        "names of further environment variables that MCP servers may be given, beside those of the catalog",
        "command_allow_env",
        many(env_name),
    ),
    Variable(
        "AGENT_FILES_ALLOWED_ROOTS",
        "",
        "absolute directories below which agents may read files",
        "file_roots",
        many(readable_folder),
    ),
)
