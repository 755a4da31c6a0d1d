"""`multijob simulate`: a safe load on a virtual clock; or, with a job, its past under other guards, asked of the server."""

import json
import re
from typing import Any

import click
from click.core import ParameterSource

from runners.cli.output import as_json, open_client, show_json, show_rows
from runners.client import segment
from runners.simulation.main import main

REPLAYING = ("sets", "since", "show_all", "limit", "offset")
UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
ROWS = (
    ("at", lambda row: row["at"]),
    ("source", lambda row: row["source"]),
    ("it was", lambda row: _decided(row["recorded"])),
    ("it would have been", lambda row: _decided(row["replayed"])),
    ("settled at", lambda row: row["replayed"]["at"]),
)


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.option("--job", "job_id", help="Replay this job's recorded slots instead of playing a load.")
@click.option("--set", "sets", multiple=True, metavar="inputs.FIELD=VALUE", help="A guard to try; may be repeated.")
@click.option("--since", default="7d", show_default=True, help="How far back to replay: 90m, 12h, 7d, 2w.")
@click.option("--all", "show_all", is_flag=True, help="Show every slot, not only those that come out otherwise.")
@click.option("--limit", type=click.IntRange(1, 1000), default=200, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0)
@as_json
@click.pass_context
def simulate(
    ctx: click.Context, job_id: str | None, sets: tuple[str, ...], since: str, as_json: bool, **page: Any
) -> None:
    """Try other guards on a job's past (--job), or play a safe load on a virtual clock, in this process.

    A load takes the options of scripts/simulate_safe_load.py: --jobs, --interval-sec, --work-ms, --jitter-sec, --duration-sec,
    --tick-sec, --prefix, --html, and --concurrency, --seed, --spread.
    """
    if job_id is None:
        if replays := [name for name in REPLAYING if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE]:
            raise click.UsageError(f"{_option(ctx, replays[0])} is for a replay: name the job with --job")
        ctx.exit(main(["--virtual", *(["--json"] if as_json else []), *ctx.args], "multijob simulate"))
    if ctx.args:
        raise click.UsageError(
            f"{ctx.args[0]!r} is for a load; a replay of --job takes --set, --since, --all and --limit"
        )
    body = {"inputs": dict(map(_setting, sets)), "since_sec": _seconds(since)}
    query = {"limit": page["limit"], "offset": page["offset"], "all": "true" if page["show_all"] else None}
    with open_client() as client:
        answer = client.ask("POST", f"/jobs/{segment(job_id)}/what-if", body, **query)
    show_json(answer) if as_json else _show(answer)


def _option(ctx: click.Context, name: str) -> str:
    return next(parameter.opts[-1] for parameter in ctx.command.params if parameter.name == name)


def _show(answer: dict[str, Any]) -> None:
    click.echo(
        f"{answer['slots']} slots from {answer['since']} to {answer['until']}, {answer['changed']} come out otherwise"
    )
    for name in ("dispatched", "skipped", "missed", "held"):
        click.echo(f"{name:<12} {answer['recorded'][name]} -> {answer['replayed'][name]}")
    for sentence in answer["assumptions"]:
        click.echo(f"- {sentence}")
    if answer["rows"]:
        show_rows(answer["rows"], ROWS)


def _decided(row: dict[str, Any]) -> str:
    return f"{row['decision']} ({row['words']})" if row["words"] else str(row["decision"])


def _setting(text: str) -> tuple[str, Any]:
    """Return the control field and its value; what is no JSON is text."""
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"--set {text!r} is not inputs.FIELD=VALUE, such as inputs.flow_max_active_runs=5")
    try:
        return name.removeprefix("inputs."), json.loads(value)
    except ValueError:
        return name.removeprefix("inputs."), value


def _seconds(text: str) -> int:
    found = re.fullmatch(r"([1-9][0-9]{0,5})([mhdw])", text)
    if found is None:
        raise click.UsageError(f"--since {text!r} is not a number with m, h, d or w, such as 7d")
    return int(found[1]) * UNITS[found[2]]
