"""`doctor`: what would go wrong here, and what did."""

import os
from dataclasses import asdict

import click

from runners.cli.output import as_json, show_json
from runners.doctor import examine
from runners.engine.settings import read


@click.command()
@as_json
def doctor(as_json: bool) -> None:
    """Examine settings, server, processes and every invariant; ends with 1 when something is wrong.

    Reads the store directly, in small batches, and writes nothing but the probe of a scratch key.
    """
    findings = list(examine(read(os.environ)))
    if as_json:
        show_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{'ok ' if finding.well else 'BAD'} {finding.about:<11} {finding.seen}")
    click.get_current_context().exit(0 if all(finding.well for finding in findings) else 1)
