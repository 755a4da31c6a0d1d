"""E-mail addresses as they may be written to. Pure."""

import re

_MAILBOX = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", re.ASCII
)
"""What HTML calls a valid e-mail address: no display name, no comment, no line end, so that no header can be added."""


def is_mailbox(text: str) -> bool:
    """Say whether `text` is a bare address."""
    return _MAILBOX.fullmatch(text) is not None
