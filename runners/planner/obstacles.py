"""What stands in the way of a planned job as things are here and now: a gate, a program, an account or a tool that it lacks.

Nothing is looked up outside: a name that leads to a private address is found by the run.
"""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterator, Mapping
from ipaddress import ip_address
from typing import Any

import httpx

from runners.engine.errors import NotFound
from runners.engine.grant import Capability
from runners.engine.job import JobSpec
from runners.engine.outgoing.address import PORTS, Gate, NotReachable, Unresolved
from runners.engine.outgoing.networks import Address
from runners.engine.platform import Platform
from runners.engine.programs.allowed import NotAllowed, allowed_program
from runners.engine.settings.values import command_prefix
from runners.engine.store.connectors import load_connector
from runners.engine.store.grants import in_force
from runners.engine.store.records import load_records
from runners.models.endpoint import of_environment, speaking
from runners.planner.notes import Note, note

Granted = Collection[tuple[str, str]]


def obstacles(platform: Platform, spec: JobSpec) -> tuple[Note, ...]:
    """Return why runs of the job would be refused or would ask a person, () when nothing of that is known."""
    read = READERS.get(spec.type)
    return tuple(read(platform, spec.handler_inputs, in_force(platform.store, spec.job_id))) if read else ()


def _request(platform: Platform, inputs: Mapping[str, Any], granted: Granted) -> Iterator[Note]:
    url = httpx.URL(str(inputs.get("url", "")))
    try:
        Gate.of(platform.settings).admit(url, lambda: None, _literal)
    except Unresolved:
        return  # whether its name leads inside is found by the run
    except NotReachable:
        target = f"{url.host}:{url.port or PORTS.get(url.scheme, 0)}"
        if (Capability.PRIVATE_TARGET, target) not in granted:
            yield note("risk_private", target=target)


def _literal(host: bytes, port: int) -> list[Address]:
    """Read an address that is written as one; a name that would have to be looked up has none."""
    if host.decode("ascii", "replace").rstrip(".").rpartition(".")[2] == "localhost":
        return [ip_address("127.0.0.1")]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except OSError:
        return []
    return [ip_address(one[4][0]) for one in found]


def _command(platform: Platform, inputs: Mapping[str, Any], granted: Granted) -> Iterator[Note]:
    own = [command_prefix(value) for capability, value in granted if capability == Capability.PROGRAM]
    try:
        allowed_program(inputs["argv"], (*platform.settings.command_allow_prefixes, *own))
    except NotAllowed:
        yield note("risk_not_allowed", program=str(inputs["argv"][0])[:60])


def _channel(platform: Platform, inputs: Mapping[str, Any], granted: Granted) -> Iterator[Note]:
    channel, account = inputs["channel"], inputs["account_id"]
    if load_connector(platform.store, channel, account) is None:
        yield note("risk_no_connector", channel=channel, account=account)


def _agent(platform: Platform, inputs: Mapping[str, Any], granted: Granted) -> Iterator[Note]:
    tools = [entry.partition(":") for entry in inputs.get("allow_tools", ())]
    servers = {target.partition("/")[0] for tool, _, target in tools if tool == "mcp" and target}
    accounts = {target for tool, _, target in tools if tool == "http" and target} | {inputs.get("account") or ""} - {""}
    for missing in sorted(accounts - load_records(platform.store, "account", accounts).keys()):
        yield note("risk_no_account", account=missing)
    for missing in sorted(servers - load_records(platform.store, "mcp", servers).keys()):
        yield note("risk_no_server", server=missing)
    if not inputs.get("account") and not _has_model(platform):
        yield note("risk_no_model")


def _has_model(platform: Platform) -> bool:
    try:
        return bool(of_environment(platform.settings) or speaking(platform))
    except NotFound:
        return False


READERS = {"http.request": _request, "command.run": _command, "monitor.channel": _channel, "agent.workflow": _agent}
