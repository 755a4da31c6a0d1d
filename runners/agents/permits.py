"""What an agent may use: what its job names, and what approvals granted to that job. Pure.

`allow_tools` holds entries `TOOL` (the model is told of the tool; each of its targets is asked for) and `TOOL:TARGET` (that
target needs no asking). A grant permits a target, or a tool by its name, in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from runners.engine import grant
from runners.engine.fields import nearest
from runners.engine.grant import PIN, Capability, is_loose, pinned
from runners.engine.settings.values import command_prefix

TARGETS: Mapping[str, Capability | None] = {
    "http": Capability.ACCOUNT,
    "command": Capability.PROGRAM,
    "message": Capability.CHANNEL,
    "start_job": Capability.JOB,
    "schedule_job": Capability.SCHEDULE,
    "mcp": Capability.SERVER,
    "file": Capability.FOLDER,
    "note": None,
}
"""Every tool that a job may name, with what its targets are; None for one without any."""
FREE = frozenset({"note"})
"""Tools that touch nothing outside of the run: nobody need allow them."""

Permit = tuple[Capability, str]


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that an agent wants and has not. `why` is a sentence for people.

    Where approving cannot grant it (an account that is not there), `grantable` is False: somebody has to make it first.
    """

    capability: Capability
    value: str
    why: str
    grantable: bool = True


def entry_fault(entry: str) -> str | None:
    """Return what is wrong with one entry of `allow_tools`, None when nothing is."""
    name, colon, target = entry.partition(":")
    if name not in TARGETS:
        return f"tool {name[:60]!r} is not known{nearest(name, sorted(TARGETS))}"
    if not colon:
        return None
    if TARGETS[name] is None:
        return f"tool '{name}' has no targets; write '{name}' alone"
    try:
        grant.check(*_permit(name, target))
    except ValueError as fault:
        return f"target {target[:60]!r} of tool '{name}' {fault}"
    return None


@dataclass(frozen=True, slots=True)
class Permits:
    """What one run may use without asking."""

    held: frozenset[Permit]

    @staticmethod
    def of(entries: Iterable[str], grants: Iterable[tuple[str, str]]) -> Permits:
        """Return what these entries of `allow_tools`, and these grants of the job, permit."""
        named = {permit for entry in entries for permit in _permits(entry)}
        return Permits(frozenset(named | {_granted(capability, value) for capability, value in grants}))

    def tool(self, kind: str) -> bool:
        """Say whether tools of this kind may be used at all: they are free, named, granted, or one of their targets is."""
        own = {TARGETS.get(kind), Capability.TOOL if kind == "mcp" else None} - {None}
        return (
            kind in FREE or self.has(Capability.TOOL, kind) or any(capability in own for capability, _ in self._targets)
        )

    @property
    def _targets(self) -> set[Permit]:
        """What is held but for tools by their bare names."""
        return {(capability, value) for capability, value in self.held if value not in TARGETS}

    def has(self, capability: Capability, value: str) -> bool:
        """Say whether exactly this may be used."""
        return (capability, value) in self.held

    def server_tool(self, server_id: str, name: str, fingerprint: str) -> bool:
        """Say whether the tool may be used as it is now: with its server, by the job that names it, or by a grant of just that."""
        return (
            self.has(Capability.SERVER, server_id)
            or self.has(Capability.TOOL, pinned(name, fingerprint))
            or (PIN not in name and self.has(Capability.TOOL, name))
        )

    def once(self, name: str) -> bool:
        """Say whether this tool of an MCP server was granted as something else than it is now, or as nothing in particular."""
        return any(kind is Capability.TOOL and value.rpartition(PIN)[0] == name for kind, value in self.held)

    def servers(self) -> list[str]:
        """Return the MCP servers of which anything may be used."""
        named = {value for capability, value in self.held if capability is Capability.SERVER}
        of_tools = {value.partition("/")[0] for kind, value in self.held if kind is Capability.TOOL and "/" in value}
        return sorted(named | of_tools)

    def program(self, argv: Sequence[str]) -> bool:
        """Say whether a permitted program begins this command."""
        prefixes = (command_prefix(value) for capability, value in self.held if capability is Capability.PROGRAM)
        return any(tuple(argv[: len(prefix)]) == prefix for prefix in prefixes)


def _granted(capability: str, value: str) -> Permit:
    """Return what a grant permits; a loose one is kept as a pin of nothing, which no tool ever is."""
    return Capability(capability), pinned(value, "") if is_loose(capability, value) else value


def _permits(entry: str) -> Iterable[Permit]:
    name, colon, target = entry.partition(":")
    yield Capability.TOOL, name
    if colon:
        yield _permit(name, target)


def _permit(name: str, target: str) -> Permit:
    capability = TARGETS[name]
    assert capability is not None, "a tool without targets was asked for one"
    return (Capability.TOOL, target) if capability is Capability.SERVER and "/" in target else (capability, target)
