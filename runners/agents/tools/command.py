"""`command`: one program of the server's list, or granted to the job: under the rules of `command.run`, in a process of its own."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from runners.agents.permits import Lack
from runners.agents.tools.tool import ActFailed, ModelTool, Observation, Situation, Tool
from runners.engine.grant import LONGEST_VALUE, Capability
from runners.engine.known_secrets import hidden
from runners.engine.programs.allowed import NotAllowed, allowed_program, open_folder, roots
from runners.handlers.command import CommandInputs

OUTPUT_TOLD = 6000


class Command(ModelTool[CommandInputs]):
    """Runs programs for one run."""

    name = kind = "command"
    description = "run a program with its arguments, without a shell"
    arguments = CommandInputs

    def __init__(self, situation: Situation) -> None:
        self._ctx, self._permits = situation.ctx, situation.permits

    def what(self, arguments: CommandInputs) -> str:
        """Say which command, and where."""
        folder = f" in {arguments.cwd}" if arguments.cwd else ""
        return f"run {shlex.join(arguments.argv)}{folder}"

    def lacks(self, arguments: CommandInputs) -> Sequence[Lack]:
        """Return the command that the job may not run, or the server does not allow; and the folder outside of its roots."""
        return list(self._lacks(arguments))

    def act(self, arguments: CommandInputs, key: str) -> Observation:
        """Run it; an exit status other than 0 is a failed act."""
        # the process of its own is the worker's business, and brings a lot along
        from runners.isolation.errand import run_errand

        if next(self._lacks(arguments), None) is not None:
            raise ActFailed("this command is not allowed")
        output = run_errand(self._ctx, "command.run", arguments.model_dump(mode="json"))
        # hidden first: a cut would leave half a secret that nothing knows
        said = {name: hidden(str(output[name]))[:OUTPUT_TOLD] for name in ("stdout", "stderr") if output.get(name)}
        return Observation(
            json.dumps({"exit_status": 0, **said}, ensure_ascii=False), said.get("stdout", "it said nothing")
        )

    def _lacks(self, arguments: CommandInputs) -> Iterator[Lack]:
        line = shlex.join(arguments.argv)
        grantable = len(line) <= LONGEST_VALUE and line.isprintable()
        if not self._permits.program(arguments.argv):
            yield Lack(Capability.PROGRAM, line[:LONGEST_VALUE], "the job may not run it", grantable=grantable)
        else:
            try:
                allowed_program(arguments.argv, self._ctx.settings.command_allow_prefixes)
            except NotAllowed as fault:
                yield Lack(Capability.PROGRAM, line[:LONGEST_VALUE], str(fault), grantable=grantable)
        try:
            open_folder(arguments.cwd, roots(self._ctx.settings)).close()
        except NotAllowed as fault:
            folder = arguments.cwd or ""
            yield Lack(Capability.ROOT, folder, str(fault), grantable=folder.startswith("/") and folder.isprintable())


def offered(situation: Situation) -> Iterator[Tool[Any]]:
    """Yield the tool."""
    yield Command(situation)
