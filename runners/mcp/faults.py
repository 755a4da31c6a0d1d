"""What went wrong with an MCP server, in words; what this side saw of the connection says more than what the SDK makes of it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError

from runners.engine.integrations.mcp_trial import Trial, TrialOutcome, hidden
from runners.mcp.connecting import Peer
from runners.mcp.http import GatedTransport
from runners.mcp.limits import TooMuch
from runners.mcp.stdio import Program

SHOWN = 300


def failed(peer: Peer, fault: Exception, secrets: list[str]) -> Trial:
    """Return how it ended, when the SDK raised `fault`."""
    faults = list(_leaves(fault))
    too_much = next((one for one in faults if isinstance(one, TooMuch)), None)
    if too_much:
        return Trial(TrialOutcome.TOO_MUCH, str(too_much))
    said = next((one for one in faults if isinstance(one, MCPError | ValidationError)), faults[0])
    odd = isinstance(said, ValidationError)
    words = "it sent what is no message of the protocol" if odd else shown(str(said), secrets, SHOWN)
    if isinstance(peer, GatedTransport):
        return _failed_http(peer, said, words)
    if peer.fault:
        return Trial(TrialOutcome.TOO_MUCH, peer.fault)
    if peer.status is not None:
        how = f"signal {-peer.status}" if peer.status < 0 else f"exit status {peer.status}"
        return Trial(TrialOutcome.ENDED, f"the program ended ({how}) before it had answered{seen_of(peer, secrets)}")
    return Trial(TrialOutcome.PROTOCOL, f"{words}{seen_of(peer, secrets)}")


def _failed_http(peer: GatedTransport, said: BaseException, words: str) -> Trial:
    if peer.refused:
        return Trial(TrialOutcome.REFUSED, peer.refused)
    if isinstance(said, httpx2.HTTPError) or not peer.said:
        return Trial(TrialOutcome.UNREACHABLE, f"it cannot be reached: {words}")
    if peer.status in (401, 403):
        return Trial(
            TrialOutcome.UNAUTHORIZED, f"it answered {peer.said}: the credentials in headers are missing, or not taken"
        )
    return Trial(TrialOutcome.PROTOCOL, f"it answered {peer.said}, which is not how an MCP server answers: {words}")


def seen_of(peer: Peer, secrets: list[str]) -> str:
    """Return what this side saw of it, to stand behind a sentence; '' for nothing."""
    if not isinstance(peer, Program):
        return f"; it answered {peer.said}" if peer.said else ""
    odd = f"; it prints what is no message of the protocol: {shown(peer.odd, secrets, SHOWN)}" if peer.odd else ""
    return odd + (f"; it said: {shown(peer.last_words, secrets, SHOWN)}" if peer.last_words else "")


def _leaves(fault: BaseException) -> Iterator[BaseException]:
    if isinstance(fault, BaseExceptionGroup):
        for one in fault.exceptions:
            yield from _leaves(one)
    else:
        yield fault


def shown(text: str, secrets: list[str], most: int) -> str:
    """Return `text` without secrets, on one line of printable characters, cut."""
    line = " ".join("".join(char if char.isprintable() else " " for char in hidden(text, secrets)).split())
    return line if len(line) <= most else line[: most - 1] + "…"
