"""`command.run`: a program of the server's own list, as an argument list, never through a shell.

Which programs may run, where, and with which environment comes from the server's configuration, never from a job's inputs.
"""

from __future__ import annotations

import os
import signal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from runners.engine.handler import Context, HandlerFailed, handler
from runners.engine.programs import running
from runners.engine.programs.allowed import SHOWN, allowed_program, environment, open_folder, roots


def _argument(text: str) -> str:
    if "\0" in text:
        raise ValueError(f"argument {text[:40]!r} holds a NUL character")
    return text


Argument = Annotated[str, Field(max_length=32_768), AfterValidator(_argument)]


class CommandInputs(BaseModel, extra="forbid", frozen=True):
    """`cwd` is a folder within the server's roots, relative to the first one; None is the first root itself."""

    argv: Annotated[list[Argument], Field(min_length=1, max_length=64)] = Field(
        description="the program and its arguments, without a shell; it must be allowed", examples=[["df", "-Pk"]]
    )
    cwd: Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(_argument)] | None = Field(
        None, description="the folder in which it runs, within the allowed ones", examples=["reports"]
    )
    stdin: str | None = Field(None, description="what it reads from its standard input")


@handler("command.run", inputs=CommandInputs, in_sight=("argv", "cwd"), grants=True)
def run(ctx: Context, inputs: CommandInputs) -> dict[str, object]:
    """Run one allowed program and keep what it prints; an exit status other than 0 is a failed run."""
    path = allowed_program(inputs.argv, ctx.settings.command_allow_prefixes)
    folder = open_folder(inputs.cwd, roots(ctx.settings))
    try:
        ended = running.run(
            [path, *inputs.argv[1:]],
            folder=folder.descriptor,
            environment=environment(folder.path),
            stdin=inputs.stdin,
            check=ctx.check,
            tell=ctx.write,
        )
    except OSError as error:
        raise HandlerFailed(f"{inputs.argv[0][:SHOWN]!r} cannot be started: {error.strerror}") from error
    finally:
        os.close(folder.descriptor)
    if ended.status:
        raise HandlerFailed(_failure(ended))
    return _output(ended)


def _failure(ended: running.Ended) -> str:
    if ended.status < 0:
        return f"ended by signal {-ended.status} ({signal.strsignal(-ended.status)})"
    last = ended.stderr.last_line[:SHOWN]
    return f"exit status {ended.status}" + (f": {last}" if last else "")


def _output(ended: running.Ended) -> dict[str, object]:
    captures = (ended.stdout, ended.stderr)
    return {
        "exit_status": ended.status,
        "stdout": ended.stdout.text,
        "stderr": ended.stderr.text,
        "stdout_bytes": ended.stdout.total,
        "stderr_bytes": ended.stderr.total,
        "truncated": any(capture.total > capture.limit for capture in captures),
    }
