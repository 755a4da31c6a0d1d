"""Every command: it is in the handbook, and prints JSON when asked to, or there is a reason why it cannot."""

import re
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from runners.cli import main
from tests.processes import CHECKOUT

PROCESS = "a process: it prints no answer but log lines, which LOG_FORMAT=json makes JSON"
WITHOUT_JSON = {
    **dict.fromkeys(("up", "web", "scheduler", "worker", "connector"), PROCESS),
    "completion": "prints a script for a shell",
    "export": "prints JSON unless --yaml is given",
    "audit export": "prints lines of JSON",
}


def walk(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield " ".join(words), command
        return
    for name, below in sorted(command.commands.items()):
        yield from walk(below, (*words, name))


COMMANDS = dict(walk(main))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_prints_json_when_asked(name: str) -> None:
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts}

    assert ("--json" in options) != (name in WITHOUT_JSON)
    assert COMMANDS[name].help


def test_a_command_is_called_what_it_is_asked_for_by() -> None:
    assert {name: command.name for name, command in main.commands.items()} == {name: name for name in main.commands}


def test_no_command_waits_for_what_others_bring_along() -> None:
    script = "import sys; from runners.cli import main; main.commands['worker']; print(*sys.modules)"

    shown = subprocess.run([sys.executable, "-c", script], cwd=CHECKOUT, capture_output=True, text=True, check=True)

    assert {"httpx", "rich", "redis", "fakeredis"} & set(shown.stdout.split()) == set()


def test_the_handbook_names_every_command_and_no_other() -> None:
    chapter = (CHECKOUT / "docs" / "cli.md").read_text()
    named = set(re.findall(r"^\| `([a-z -]+?)(?: [^a-z`][^`]*| [A-Z\[][^`]*)?` \|", chapter, re.MULTILINE))

    assert named == set(COMMANDS)
