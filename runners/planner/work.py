"""What a clause wants done, as the type and the inputs of a job: watching, reporting, saving, calling, running, an agent."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from itertools import dropwhile
from typing import Any
from urllib.parse import urlsplit

from runners.planner.clause_reading import Asked, Reading, channels, left_out
from runners.planner.leftovers import FILLERS
from runners.planner.lexicon import ACCOUNTS, AGENTS, JOINS, METHODS, PROVIDERS, Intent, words
from runners.planner.notes import Note, Question, ask, note

SERVED = frozenset({"telegram", "slack"})
"""The channels that have a connector."""
AGENT_TIMEOUT_MS = 180_000
"""One attempt of an agent, above the seconds that its limits allow."""
SHELL = words("&& || | & ; > >> < 2> 2>&1")
"""Words by which a shell joins programs and files: to a program they are arguments."""
TRAILING = words("with dengan pakai using untuk for on at in di pada via")
LEADING = words("untuk to that which yang yg for agar supaya an a tolong please")
"""Words before an agent's prompt and behind it that are none of it."""


@dataclass(frozen=True, slots=True)
class What:
    """A job without its time and guards; `slug` is the id that it gets where the person names none."""

    type: str
    slug: str
    inputs: dict[str, Any]
    warnings: tuple[Note, ...] = ()
    assumptions: tuple[Note, ...] = ()


def _monitor(reading: Reading, asked: Asked) -> What | Note | Question:
    named = channels(reading)
    if len(named) > 1:
        return ask("which_channel", clause=reading.clause.text)
    if not named and (strange := left_out(reading)):
        return ask("watched", *sorted(SERVED), clause=reading.clause.text, said=strange)
    channel = named[0] if named else asked.channel
    if channel not in SERVED:
        return note("no_channel", channel=channel)
    account = reading.guarding.account or asked.account_id or "default"
    assumed = () if named else (note("channel", channel=channel),)
    inputs = {"channel": channel, "account_id": account}
    return What("monitor.channel", slug("monitor", channel, account), inputs, _warned(reading), assumed)


def _report(reading: Reading, asked: Asked) -> What:
    sent = tuple(note("not_sent", channel=channel) for channel in channels(reading))
    return What("report.daily", "report-daily", {}, (*sent, *_warned(reading)))


def _backup(reading: Reading, asked: Asked) -> What | Question:
    strange = left_out(reading)
    if strange and "platform" not in reading.cursor.words:
        return ask("backup_of", "platform", clause=reading.clause.text, said=strange)
    sent = tuple(note("not_sent", channel=channel) for channel in channels(reading))
    keep = {} if reading.guarding.keep is None else {"keep": reading.guarding.keep}
    return What("backup.export", "backup-export", keep, (*sent, *_warned(reading)))


def _agent(reading: Reading, asked: Asked) -> What | Question:
    """An agent's prompt is what the clause says beside time and guards; of an account of the one service it may use that one."""
    prompt = _prompt(reading)
    if " " not in prompt:
        return ask("agent_what", clause=reading.clause.text)
    providers = {token.low for token in reading.clause.tokens if token.low in PROVIDERS}
    account = reading.guarding.account
    tools = [f"http:{provider}/{account}" for provider in providers] if account and len(providers) == 1 else []
    timeout = reading.guarding.fields.setdefault("timeout_ms", AGENT_TIMEOUT_MS)
    limits = {"limits": {"seconds": max(5, timeout // 1250)}} if timeout < AGENT_TIMEOUT_MS else {}
    assumed = (note("agent_allowed", tools=tools[0]) if tools else note("agent_asks"),)
    name = slug("agent", *re.findall(r"\w+", prompt.lower())[:4])
    return What(
        "agent.workflow", name, {"prompt": prompt} | ({"allow_tools": tools} if tools else {}) | limits, (), assumed
    )


def _prompt(reading: Reading) -> str:
    """Return what an agent is to do: the clause without its time, its guards, and the words that only say 'an agent'."""
    places = range(len(reading.clause.tokens))
    told = [
        reading.clause.tokens[place]
        for place in places
        if place not in reading.cursor.taken or _of_account(reading, place)
    ]
    first = next((place for place, token in enumerate(told) if token.kind == "word" and token.low in AGENTS), -1)
    if all(token.kind == "mark" or token.low in FILLERS | JOINS | LEADING for token in told[: max(first, 0)]):
        told = told[first + 1 :]
    told = list(dropwhile(lambda token: token.kind == "mark" or token.low in LEADING | JOINS, told))
    while told and (told[-1].kind == "mark" or told[-1].low in JOINS | TRAILING):
        told.pop()
    pieces: list[str] = []
    for before, token in zip([None, *told], told, strict=False):
        apart = before is not None and token.start > before.end and token.text not in ",;"
        pieces.append(" " * apart + (f'"{token.text}"' if token.kind == "quote" else token.text))
    return "".join(pieces)


def _of_account(reading: Reading, place: int) -> bool:
    """Say whether a token is of 'akun X', which is read and stays in an agent's prompt."""
    tokens = reading.clause.tokens
    return any(
        tokens[at].low in ACCOUNTS and at + 1 < len(tokens) and tokens[at + 1].text == reading.guarding.account
        for at in (place - 1, place)
        if at >= 0
    )


def _warned(reading: Reading) -> tuple[Note, ...]:
    said = left_out(reading)
    return (note("left_out", said=said),) if said else ()


def _request(reading: Reading, asked: Asked) -> What | Question:
    urls = [token.text for token in reading.clause.tokens if token.kind == "url"]
    if len(urls) != 1:
        return ask("which_address", *urls, clause=reading.clause.text)
    method = next(
        (token.low for token in reading.clause.tokens if token.low in METHODS and token.kind == "word"), "get"
    )
    inputs = {"url": urls[0]} | ({} if method == "get" else {"method": method.upper()})
    return What("http.request", slug("call", urlsplit(urls[0]).hostname or "", urlsplit(urls[0]).path), inputs)


def _command(reading: Reading, asked: Asked) -> What | Note | Question:
    tokens = enumerate(reading.clause.tokens)
    quotes = [token.text for place, token in tokens if token.kind == "quote" and place not in reading.cursor.taken]
    try:
        argv = shlex.split(quotes[0]) if len(quotes) == 1 else []
    except ValueError:
        argv = []
    if not argv:
        return ask("which_command", clause=reading.clause.text)
    if shell := next((word for word in argv if word in SHELL or word.endswith(";")), None):
        return note("no_shell", said=shell)
    return What("command.run", slug("run", argv[0].rpartition("/")[2]), {"argv": argv}, (note("command"),))


WHAT = {
    Intent.MONITOR: _monitor,
    Intent.REPORT: _report,
    Intent.BACKUP: _backup,
    Intent.REQUEST: _request,
    Intent.COMMAND: _command,
    Intent.AGENT: _agent,
}


def slug(*parts: str) -> str:
    """Return an id of what a job does: letters of a-z, digits, - _ and ., at most 100 characters."""
    text = re.sub(r"[^A-Za-z0-9._]+", "-", "-".join(part for part in parts if part))
    return re.sub(r"-{2,}", "-", text).strip("-.")[:100].rstrip("-.") or "job"
