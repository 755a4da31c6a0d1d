"""Every command that is a client of the API, as words for a terminal, and how the server received it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click
import httpx
from click.testing import CliRunner

from runners.cli import main
from tests.access.matrix import ABSENT

DIRECT = {
    *("connector", "doctor", "healthy", "release", "scheduler", "simulate", "status", "stop", "up", "web", "worker"),
    *("completion", "profile"),
    *("audit", "backup", "restore", "secrets", "token", "user"),
}
"""Commands that run processes, or work on the store itself; contract §10."""
MORE = {
    **{
        ("job", "bulk", action): ["absent", "--expected", "1", "--no-wait"]
        for action in ("delete", "disable", "enable", "run", "tag", "untag")
    },
    ("run", "bulk", "cancel"): ["--job", "absent", "--expected", "1", "--no-wait"],
    ("run", "bulk", "retry"): ["--job", "absent", "--expected", "1", "--no-wait"],
}
SAID = {"method": "GET", "path": "/queue"}
SPEC = '{"job_id": "absent", "type": "simulation.heavy", "schedule": null}'


def commands(folder: Path) -> dict[str, list[str]]:
    """Return the words of every command that asks a server, by its name; files that they read are made in `folder`."""
    found = {}
    for words, command in _walk(main, ()):
        if words[0] not in DIRECT:
            found[" ".join(words)] = [*words, *_arguments(command, folder), *MORE.get(words, [])]
    return found


def _walk(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield words, command
        return
    for name, below in sorted(command.commands.items()):
        yield from _walk(below, (*words, name))


def _arguments(command: click.Command, folder: Path) -> Iterator[str]:
    for parameter in command.params:
        if parameter.required:
            if isinstance(parameter, click.Option):
                yield parameter.opts[-1]
            yield (
                _file(folder)
                if parameter.name == "file"
                else SAID.get(str(parameter.name)) or ABSENT.get(str(parameter.name), "absent")
            )


def _file(folder: Path) -> str:
    path = folder / "job.json"
    path.write_text(SPEC)
    return str(path)


class Terminal:
    """Runs commands against an app in this process, and remembers what the server answered last."""

    def __init__(self, app: Any, monkeypatch: Any) -> None:
        """Send every request of a command to `app`."""
        self._app, self._statuses = app, list[int]()
        self._env = monkeypatch
        transport = httpx.WSGITransport(app=self._serve)
        monkeypatch.setattr("runners.client.httpx.Client", partial(httpx.Client, transport=transport))
        monkeypatch.setenv("MULTIJOB_URL", "http://localhost:8000")

    def received(self, words: list[str], headers: Mapping[str, str]) -> str:
        """Return how a command was received: in, 401 or 403. Refused, it must say so and end with 1."""
        self._env.setenv("MULTIJOB_TOKEN", headers.get("Authorization", "").removeprefix("Bearer "))
        self._statuses.clear()
        result = CliRunner().invoke(main, words)
        assert self._statuses, (words, result.output)
        assert max(self._statuses) < 500, (words, result.output)
        if self._statuses[-1] not in (401, 403):
            return "in"
        assert result.exit_code == 1 and ("may not" in result.stderr or "MULTIJOB_TOKEN" in result.stderr), (
            result.output
        )
        return str(self._statuses[-1])

    def _serve(self, environ: Any, start_response: Any) -> Any:
        def begin(status: str, headers: Any, *rest: Any) -> Any:
            self._statuses.append(int(status.split()[0]))
            return start_response(status, headers, *rest)

        return self._app({**environ, "REMOTE_ADDR": "127.0.0.1"}, begin)
