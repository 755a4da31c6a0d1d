"""Completion: what `multijob completion SHELL` prints makes that shell complete commands, options and choices."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from runners.cli import main
from tests.processes import CHECKOUT

BASH = """
source <(multijob completion bash)
COMP_WORDS=({words}); COMP_CWORD={last}
_multijob_completion multijob
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
ZSH = """
compdef() {{ :; }}
compadd() {{ print -rl -- "${{(P@)5}}" }}
_describe() {{ for row in "${{(P@)3}}"; do print -r -- "${{row%%:*}}"; done }}
source <(multijob completion zsh)
words=({words}); CURRENT=$(( {last} + 1 ))
_multijob_completion
"""
FISH = "source (multijob completion fish | psub); complete --do-complete '{line}'"


@pytest.fixture
def program(tmp_path: Path) -> dict[str, str]:
    """Return an environment with `multijob` on its PATH."""
    path = tmp_path / "multijob"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m runners.cli "$@"\n')
    path.chmod(0o755)
    return {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PYTHONPATH": str(CHECKOUT),
        "LC_ALL": "C.UTF-8",
    }


def completed(shell: str, line: str, env: dict[str, str]) -> list[str]:
    """Return what a real shell offers for the last word of `line`."""
    assert shutil.which(shell), f"there is no {shell} on the PATH; install it, for example: apt-get install {shell}"
    words = line.split(" ")
    script = {"bash": BASH, "zsh": ZSH, "fish": FISH}[shell]
    script = script.format(words=line, last=len(words) - 1, line=line)
    options = ["-f"] if shell == "zsh" else ["--norc"] if shell == "bash" else ["--no-config"]
    done = subprocess.run([shell, *options, "-c", script], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return sorted(row.split("\t")[0].split(",")[-1] for row in done.stdout.splitlines())


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_real_shell_completes_commands_and_options(shell: str, program: dict[str, str]) -> None:
    assert completed(shell, "multijob jo", program) == ["job"]
    assert completed(shell, "multijob job dele", program) == ["delete"]
    assert completed(shell, "multijob run logs --fol", program) == ["--follow"]


@pytest.mark.parametrize(
    ("line", "typed", "offered"),
    [
        ("multijob jo", "jo", ["job\tJobs: list, show, create, run, enable,..."]),
        ("multijob job list --lim", "--lim", ["--limit"]),
        ("multijob completion ", "", ["bash", "zsh", "fish", "powershell"]),
        ("multijob 'broken", "broken", []),
    ],
)
def test_powershell_is_answered_word_by_word(line: str, typed: str, offered: list[str]) -> None:
    env = {"_MULTIJOB_COMPLETE": "powershell_complete", "COMP_WORDS": line, "COMP_INCOMPLETE": typed}

    answered = CliRunner().invoke(main, env=env, prog_name="multijob", standalone_mode=True)

    assert answered.exit_code == 0, answered.output
    assert answered.stdout.strip("\n").splitlines() == offered


def test_powershell_registers_what_asks_so() -> None:
    printed = CliRunner().invoke(main, ["completion", "powershell"]).stdout

    for word in ("-Native -CommandName multijob", '$env:_MULTIJOB_COMPLETE = "powershell_complete"', "COMP_INCOMPLETE"):
        assert word in printed
