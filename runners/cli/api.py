"""`api METHOD PATH`: any request of the API, for what has no command of its own."""

from typing import TextIO

import click

from runners.cli.jobs import FILE, read_file
from runners.cli.output import open_client, show_json

METHODS = ("GET", "POST", "PUT", "DELETE")


@click.command()
@click.argument("method", type=click.Choice(METHODS, case_sensitive=False))
@click.argument("path")
@click.option("-f", "--file", "file", type=FILE, help="The body as JSON or YAML; - reads stdin.")
@click.option("-q", "--query", "queries", multiple=True, metavar="NAME=VALUE", help="May be repeated.")
@click.option("--json", "as_json", is_flag=True, help="It prints JSON in any case.")
def api(method: str, path: str, file: TextIO | None, queries: tuple[str, ...], as_json: bool) -> None:
    """Ask the server for PATH, such as /connectors, and print the JSON of its answer; docs/api.md names all of them."""
    if not path.startswith("/") or path.startswith("//"):
        raise click.BadParameter(f"'{path}' is not a path of the API such as /jobs", param_hint="PATH")
    query = dict(_pair(text) for text in queries)
    with open_client() as client:
        answer = client.ask(method, path, read_file(file) if file else None, **query)
    if answer is not None:
        show_json(answer)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"--query {text!r} is not NAME=VALUE")
    return name, value
