"""Grants: what approvals allow one job beyond the server's configuration, until they are revoked or over. Pure.

A grant is never part of a job's inputs or spec: it is asked for by itself, decided on by an admin, kept apart, and goes with
the job. `extended` is all that a run sees of it: the settings of its process, with the job's own grants added.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from runners.engine.run import at
from runners.engine.schedule import Schedule, parse
from runners.engine.settings import Settings
from runners.engine.settings.values import absolute_directory, command_prefix, private_target, readable_folder

LONGEST_VALUE = 1000
LONGEST_SEC = 366 * 86_400


class Capability(StrEnum):
    """What may be granted: the first four as the server's configuration has it (`AGENT_…`, `HTTP_ALLOW_PRIVATE`).

    The rest is what an agent may use: a tool by its name (of an MCP server: `pinned`), an account (provider/account_id),
    an MCP server, a job to start, a job to schedule (once; with what recurs: `recurring`), a channel to write to.
    """

    PROGRAM = "program"
    ROOT = "root"
    PRIVATE_TARGET = "private_target"
    FOLDER = "folder"
    TOOL = "tool"
    ACCOUNT = "account"
    SERVER = "server"
    JOB = "job"
    SCHEDULE = "schedule"
    CHANNEL = "channel"


NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
JOB_ID = r"[A-Za-z0-9._-]{1,128}"
PIN = "@sha256:"
"""Between the name of an MCP server's tool and the fingerprint of what the tool was when it was granted."""
RECURS = r"@(interval_sec|cron) [ -~]{1,300}"
"""What stands behind the id of a job that may be given this one schedule, which recurs: see `recurring`."""
CHANNEL = rf"(telegram/{NAME}/-?[0-9]{{1,20}}|slack/{NAME}/[A-Za-z0-9_-]{{1,30}})"


def _spelled(pattern: str, words: str) -> Callable[[str], object]:
    def read(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise ValueError(f"is not {words}")
        return text

    return read


READERS: Mapping[Capability, Callable[[str], object]] = {
    Capability.PROGRAM: command_prefix,
    Capability.ROOT: absolute_directory,
    Capability.PRIVATE_TARGET: private_target,
    Capability.FOLDER: readable_folder,
    Capability.TOOL: _spelled(rf"{NAME}(/[!-~]{{1,200}}({PIN}[0-9a-f]{{64}})?)?", "the name of a tool, or server/tool"),
    Capability.ACCOUNT: _spelled(rf"{NAME}/{NAME}", "an account as provider/account_id"),
    Capability.SERVER: _spelled(NAME, "the id of an MCP server"),
    Capability.JOB: _spelled(JOB_ID, "the id of a job"),
    Capability.SCHEDULE: _spelled(
        f"{JOB_ID}({RECURS})?", "the id of a job, or a job and what recurs, as job@cron 0 2 * * *"
    ),
    Capability.CHANNEL: _spelled(CHANNEL, "a channel as telegram/account_id/chat_id or slack/account_id/chat_id"),
}


def pinned(name: str, fingerprint: str) -> str:
    """Return the value that grants tool `name` (server/tool) of an MCP server as long as it is what it is now."""
    return f"{name}{PIN}{fingerprint}"


def recurring(job_id: str, schedule: Schedule) -> str:
    """Return the value that grants giving a job this schedule, which goes on until somebody takes it away."""
    said = schedule.to_json()
    way, when = next(iter(said.items()))
    usual = parse({way: when}).to_json() | {way: None}
    return f"{job_id}@{', '.join(f'{name} {value}' for name, value in said.items() if value != usual[name])}"


def is_loose(capability: str, value: str) -> bool:
    """Say whether this names a tool of an MCP server and not what it is: such a grant covers nothing."""
    return capability == Capability.TOOL and "/" in value and re.search(rf"{PIN}[0-9a-f]{{64}}\Z", value) is None


OF_SETTINGS = (Capability.PROGRAM, Capability.ROOT, Capability.PRIVATE_TARGET, Capability.FOLDER)
"""What `extended` adds to the settings; the rest is asked for by its name."""


def check(capability: Capability, value: str) -> None:
    """Raise ValueError for a value that the server's configuration would not take."""
    if not 1 <= len(value) <= LONGEST_VALUE or not value.isprintable():
        raise ValueError(f"is not 1 to {LONGEST_VALUE} printable characters")
    READERS[capability](value)


@dataclass(frozen=True, slots=True)
class Grant:
    """One capability of one job; `expires_at` None means until it is revoked.

    `requester` is a person, or the run that asked. Its id is that of the approval, with a number behind it for each but the
    first thing that one approval granted.
    """

    grant_id: str
    job_id: str
    capability: Capability
    value: str
    requester: str
    granted_at: datetime
    expires_at: datetime | None

    @property
    def approval_id(self) -> str:
        """The approval that granted it, which goes with the history of its run, if it has one."""
        return self.grant_id.partition(".")[0]

    def holds(self, now: datetime) -> bool:
        """Say whether it is in force at `now`."""
        return self.expires_at is None or now < self.expires_at


def to_store(capability: Capability, value: str, requester: str, lasts_sec: int | None) -> str:
    """Return what an approval keeps of the grant that it would make; the script adds when it was made."""
    return json.dumps({"capability": capability, "value": value, "requester": requester, "lasts_sec": lasts_sec})


def wanted_in(kept: str) -> tuple[tuple[Capability, str], ...]:
    """Return what the field `grants` of an approval would grant, a line of `to_store` each. Raises KeyError or ValueError."""
    found = map(json.loads, kept.splitlines())
    return tuple((Capability(one["capability"]), str(one["value"])) for one in found)


def from_store(grant_id: str, job_id: str, text: str) -> Grant:
    """Read a grant. Raises KeyError, TypeError or ValueError on a broken record."""
    kept = json.loads(text)
    made = at(int(kept["granted_at"]))
    if made is None:
        raise ValueError(f"grant {grant_id}: no time")
    over = made + timedelta(seconds=kept["lasts_sec"]) if kept["lasts_sec"] is not None else None
    capability = Capability(kept["capability"])
    check(capability, kept["value"])
    return Grant(grant_id, job_id, capability, kept["value"], str(kept["requester"]), made, over)


def extended(settings: Settings, grants: Iterable[tuple[str, str]]) -> Settings:
    """Return the settings with what (capability, value) grants allow beyond them. Raises ValueError."""
    values: dict[Capability, list[str]] = {capability: [] for capability in Capability}
    for capability, value in grants:
        values[Capability(capability)].append(value)
    if not any(values[capability] for capability in OF_SETTINGS):
        return settings
    return replace(
        settings,
        command_allow_prefixes=(*settings.command_allow_prefixes, *map(command_prefix, values[Capability.PROGRAM])),
        granted_roots=tuple(map(absolute_directory, values[Capability.ROOT])),
        file_roots=(*settings.file_roots, *map(readable_folder, values[Capability.FOLDER])),
        http_allow_private=(*settings.http_allow_private, *values[Capability.PRIVATE_TARGET]),
    )
