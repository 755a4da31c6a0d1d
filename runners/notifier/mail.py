"""Notices by e-mail: one message to all addresses of a rule, by the server of SMTP_URL, through the gate."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING

from runners.engine.outgoing.address import Gate, NotReachable
from runners.engine.outgoing.mail import GuardedSmtp
from runners.engine.settings import Settings
from runners.engine.settings.mail import MailServer, read_mail_server
from runners.notifier.fault import NotSent

if TYPE_CHECKING:
    from runners.notifier.sending import Outgoing

STEP_SEC = 10.0
"""The longest wait for one answer of the mail server."""
PERMANENT = 500


def send(settings: Settings, to: Sequence[str], outgoing: Outgoing) -> None:
    """Hand the notice to the mail server. Raises NotSent; final when the server will never take it."""
    if settings.smtp_url is None:
        raise NotSent("no mail server is configured; set SMTP_URL", final=True)
    server = read_mail_server(settings.smtp_url)
    try:
        with _connected(settings, server) as connection:
            refused = connection.send_message(message(server.sender, to, outgoing), to_addrs=list(to))
    except smtplib.SMTPRecipientsRefused as fault:
        raise NotSent(f"{server.host} refused every address", final=_all_final(fault.recipients)) from None
    except smtplib.SMTPResponseException as fault:
        said = f"{server.host} answered {fault.smtp_code}"
        raise NotSent(said, final=fault.smtp_code >= PERMANENT) from None
    except NotReachable as fault:
        raise NotSent(str(fault).replace("url:", "SMTP_URL:", 1)) from None
    except (OSError, smtplib.SMTPException) as fault:
        raise NotSent(f"{server.host}: {type(fault).__name__}: {fault}") from None
    if refused:
        raise NotSent(f"{server.host} refused {', '.join(sorted(refused))}; the others have it", final=True)


def message(sender: str, to: Sequence[str], outgoing: Outgoing) -> EmailMessage:
    """Return the message. Its id is the delivery's, so that a mailbox can tell a second copy."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, ", ".join(to)
    mail["Subject"] = outgoing.text.subject
    mail["Date"] = format_datetime(outgoing.taken.created_at)
    mail["Message-ID"] = f"<{outgoing.taken.delivery_id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    mail.set_content(outgoing.text.body)
    if outgoing.page:
        mail.add_alternative(outgoing.page, subtype="html")
    return mail


def _connected(settings: Settings, server: MailServer) -> GuardedSmtp:
    ends = time.monotonic() + STEP_SEC

    def check() -> None:
        if time.monotonic() >= ends:
            raise NotSent(f"{server.host}: no name server answered within {STEP_SEC:g} s")

    return GuardedSmtp(Gate.of(settings), server, STEP_SEC, check)


def _all_final(recipients: dict[str, tuple[int, bytes]]) -> bool:
    return all(code >= PERMANENT for code, _ in recipients.values())
