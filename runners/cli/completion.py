"""`completion SHELL`: what a shell reads to complete commands and options; PowerShell's is ours, the others are click's."""

from __future__ import annotations

import os

import click
from click.shell_completion import (
    CompletionItem,
    ShellComplete,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

SHELLS = ("bash", "zsh", "fish", "powershell")
PROGRAM, VARIABLE = "multijob", "_MULTIJOB_COMPLETE"
POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $env:COMP_WORDS = $commandAst.ToString()
    $env:COMP_INCOMPLETE = $wordToComplete
    $env:%(complete_var)s = "powershell_complete"
    & %(prog_name)s | Where-Object { $_ } | ForEach-Object {
        $value, $help = $_ -split "`t", 2
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, "ParameterValue", $help)
    }
    Remove-Item Env:COMP_WORDS, Env:COMP_INCOMPLETE, Env:%(complete_var)s
}
"""


@add_completion_class
class PowerShellComplete(ShellComplete):
    """PowerShell 5.1 and later: a script block that asks the program itself, as the other shells do."""

    name = "powershell"
    source_template = POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is being typed, and that one."""
        incomplete = os.environ["COMP_INCOMPLETE"]
        words = split_arg_string(os.environ["COMP_WORDS"])[1:]
        return (words[:-1] if incomplete and words[-1:] == [incomplete] else words), incomplete

    def format_completion(self, item: CompletionItem) -> str:
        """Return one line: the word and, behind a tab, what it is for."""
        return f"{item.value}\t{' '.join(item.help.split())}" if item.help else str(item.value)


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what SHELL reads to complete commands and options, such as: eval "$(multijob completion bash)"."""
    found = get_completion_class(shell)
    assert found is not None  # click has the first three, and ours is added above
    click.echo(found(ctx.find_root().command, {}, PROGRAM, VARIABLE).source())
