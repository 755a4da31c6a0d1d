"""The mail server, as SMTP_URL names it: smtp:// (STARTTLS), smtps:// (TLS from the start), or plain on loopback."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from runners.engine.fields import is_mailbox
from runners.engine.settings.hosts import is_loopback

PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes, as whom, and from which address; `user` None means without signing in."""

    host: str
    port: int
    sender: str
    user: str | None
    password: str | None
    implicit_tls: bool
    starttls: bool


def read_mail_server(url: str) -> MailServer:
    """Read SMTP_URL. Raises ValueError('is not …') for anything else, without the password in it."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        raise ValueError("is not an address of a mail server") from None
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError(
            "is not smtp:// or smtps:// with a host, such as smtps://user:password@mail.example.org?from=a@b"
        )
    if unknown := sorted(options.keys() - {"from", "tls"}):
        raise ValueError(f"is not known with the option '{unknown[0]}'; there are from and tls")
    if not is_mailbox(options.get("from", "")):
        raise ValueError("is not complete: it needs ?from= and the address that mail comes from")
    if options.get("tls", "required") not in ("required", "off"):
        raise ValueError("is not right: tls is required or off")
    if options.get("tls") == "off" and not (parts.scheme == "smtp" and is_loopback(parts.hostname)):
        raise ValueError(
            "is not allowed with tls=off: only a mail server on a loopback address may be spoken to in plain"
        )
    return MailServer(
        host=parts.hostname,
        port=port,
        sender=options["from"],
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        implicit_tls=parts.scheme == "smtps",
        starttls=parts.scheme == "smtp" and options.get("tls") != "off",
    )


def smtp_url(text: str) -> str:
    """Read SMTP_URL as the settings keep it. Raises ValueError."""
    read_mail_server(text)
    return text
