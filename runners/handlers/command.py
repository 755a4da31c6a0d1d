"""`command.run`: a program of the server's own list, as an argument list, never through a shell.

Which programs may run, where, and with which environment comes from the server's configuration, never from a job's inputs.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, Field

from runners.engine.handler import Context, HandlerFailed, handler
from runners.handlers import program

if TYPE_CHECKING:
    from runners.engine.settings import Settings

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PREFIXES = "AGENT_COMMAND_ALLOW_PREFIXES"
ROOTS = "AGENT_COMMAND_ALLOWED_ROOTS"
SHOWN = 300


def _argument(text: str) -> str:
    if "\0" in text:
        raise ValueError(f"argument {text[:40]!r} holds a NUL character")
    return text


Argument = Annotated[str, Field(max_length=32_768), AfterValidator(_argument)]


class CommandInputs(BaseModel, extra="forbid", frozen=True):
    """`cwd` is a folder within the server's roots, relative to the first one; None is the first root itself."""

    argv: Annotated[list[Argument], Field(min_length=1, max_length=64)]
    cwd: Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(_argument)] | None = None
    stdin: str | None = None


@handler("command.run", inputs=CommandInputs)
def run(ctx: Context, inputs: CommandInputs) -> dict[str, object]:
    """Run one allowed program and keep what it prints; an exit status other than 0 is a failed run."""
    path = allowed_program(inputs.argv, ctx.settings.command_allow_prefixes)
    folder = open_folder(inputs.cwd, roots(ctx.settings))
    try:
        environment = {"PATH": PATH, "LANG": "C.UTF-8", "HOME": str(folder.path)}
        argv = [path, *inputs.argv[1:]]
        ended = program.run(
            argv,
            folder=folder.descriptor,
            environment=environment,
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


def allowed_program(argv: Sequence[str], prefixes: Sequence[Sequence[str]]) -> str:
    """Return the absolute path of the program that `argv` names; HandlerFailed unless an allowed prefix matches."""
    if not prefixes:
        raise HandlerFailed(f"no program may run here: set {PREFIXES} on the server to the commands to allow")
    path = _located(argv[0])
    for first, *rest in prefixes:
        if path and path == _located(first) and list(argv[1 : len(rest) + 1]) == rest:
            return path
    raise HandlerFailed(f"{argv[0][:SHOWN]!r} with these arguments matches no entry of {PREFIXES}")


def _located(name: str) -> str | None:
    """Return where `name` stands, its folder resolved (/bin may be /usr/bin) but not the file itself: where one
    binary serves many names by links, allowing one name must not allow the others.
    """
    found = shutil.which(name, path=PATH) if "/" not in name else name
    if found is None or not os.path.isabs(found) or not os.access(found, os.X_OK):
        return None
    return os.path.join(os.path.realpath(os.path.dirname(found)), os.path.basename(found))


def roots(settings: Settings) -> tuple[Path, ...]:
    """Return the folders in which commands may work; a folder of their own in DATA_DIR when none is configured."""
    if settings.command_roots:
        return settings.command_roots
    own = settings.data_dir / "commands"
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    return (own,)


@dataclass(frozen=True, slots=True)
class Folder:
    """An open directory; who holds it closes the descriptor."""

    descriptor: int
    path: Path


def open_folder(cwd: str | None, allowed: Sequence[Path]) -> Folder:
    """Open `cwd`, which lies within one of the `allowed` folders, links resolved.

    The way down from the root is walked without following links, so that nobody can swap one in after the check.
    Raises HandlerFailed; the text does not tell whether a folder outside exists.
    """
    wanted = Path(os.path.realpath(allowed[0] / (cwd or "")))
    for root in map(Path, map(os.path.realpath, allowed)):
        if wanted.is_relative_to(root):
            return Folder(_walk(root, wanted.relative_to(root).parts, cwd), wanted)
    raise HandlerFailed(f"cwd {cwd!r} is not within {ROOTS}")


def _walk(root: Path, parts: Sequence[str], cwd: str | None) -> int:
    try:
        folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
        for part in parts:
            above = folder
            try:
                folder = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=above)
            finally:
                os.close(above)
    except OSError as error:
        raise HandlerFailed(f"cwd {cwd or str(root)!r} cannot be entered: {error.strerror}") from error
    return folder


def _failure(ended: program.Ended) -> str:
    if ended.status < 0:
        return f"ended by signal {-ended.status} ({signal.strsignal(-ended.status)})"
    last = ended.stderr.last_line[:SHOWN]
    return f"exit status {ended.status}" + (f": {last}" if last else "")


def _output(ended: program.Ended) -> dict[str, object]:
    captures = (ended.stdout, ended.stderr)
    return {
        "exit_status": ended.status,
        "stdout": ended.stdout.text,
        "stderr": ended.stderr.text,
        "stdout_bytes": ended.stdout.total,
        "stderr_bytes": ended.stderr.total,
        "truncated": any(capture.total > capture.limit for capture in captures),
    }
