"""Who is who in chats, as JSON."""

from typing import Literal

from runners.engine.operations import Link, LinkCode
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp


class LinkRow(Shape):
    """A sender of a channel who is a person. `calls_himself` is what he says there: nobody has checked it."""

    channel: str
    sender: str
    person: str
    calls_himself: str
    linked_at: Stamp


class LinkCodeRow(Shape):
    """A one-time code; written in a chat as `/link CODE`, it makes its writer the person."""

    person: str
    code: str | None
    expires_at: Stamp


class UnlinkedRow(Shape):
    """Who is nobody in that channel any more."""

    channel: str
    sender: str
    status: Literal["unlinked"]


class TakenInRow(Shape):
    """The update is kept."""

    ok: Literal[True]


def link_row(link: Link) -> LinkRow:
    """Return `link` for the wire."""
    return {
        "channel": link.channel,
        "sender": link.sender,
        "person": link.person,
        "calls_himself": link.calls_himself,
        "linked_at": stamp(link.made_at),
    }


def link_code_row(person: str, code: LinkCode) -> LinkCodeRow:
    """Return a new code for the wire."""
    return {"person": person, "code": code.text, "expires_at": stamp(code.expires_at)}
