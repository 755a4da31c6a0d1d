"""A request for a decision as everybody in a chat gets it: all that is decided on, and the buttons that decide.

The buttons hold the digest of what is shown, so that nothing else can be approved by them. Who may decide is asked when
somebody presses. An answer to the message is taken for a note, and shown once more with the buttons.
"""

from __future__ import annotations

from runners.connector.answers import answer
from runners.connector.commands.approvals import DECIDED, is_whole
from runners.connector.reply import Button, Command, Reply
from runners.engine import operations
from runners.engine.errors import MultijobError
from runners.engine.operations import Actor, Role
from runners.engine.platform import Platform
from runners.engine.words import Language, say


def request(platform: Platform, approval_id: str, notice: str, language: Language) -> Reply:
    """Return the notice with what is to be decided and its buttons; without them when nothing is to decide any more, or it is cut."""
    reader = Actor("notifier", Role.VIEWER, "system", language=language)
    try:
        found = operations.get_approval(platform, reader, approval_id)
        shown = answer(platform, reader, Command("approvals", approval_id))
    except MultijobError:
        return Reply(notice)
    text, approval = f"{notice}\n\n{shown.text}", found.approval
    if not approval.pending or not is_whole(found):
        return Reply(text, page=shown.page)
    what = f"{approval_id} {approval.digest}"
    decide = tuple(_button(verdict, verdict, what, language) for verdict in DECIDED)
    noted = tuple(_button(f"{verdict}_noted", "with_note", f"{verdict} {what}", language) for verdict in DECIDED)
    return Reply(text, (decide, noted), page=shown.page, awaits=Command("approve", approval_id))


def _button(name: str, action: str, argument: str, language: Language) -> Button:
    return Button(say(f"chat.do_{name}", language), action, argument)
