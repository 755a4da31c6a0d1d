"""A connection to the mail server, behind the gate: its name is resolved once, and TLS is checked against that name."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable

from runners.engine.outgoing.address import Gate, Route
from runners.engine.settings.mail import MailServer


def own_name() -> str:
    """Return what this machine calls itself in a greeting: its name where that is a whole one, else the literal of RFC 5321 §4.1.3.

    smtplib would ask the name server for it, for as long as that takes, before `check` is asked for the first time.
    """
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"


class GuardedSmtp(smtplib.SMTP):
    """Speaks SMTP with one of the judged addresses; signed in, and with TLS, as the configuration has it."""

    def __init__(self, gate: Gate, server: MailServer, step_sec: float, check: Callable[[], None]) -> None:
        """Connect; `check` raises to end a slow name server, `step_sec` is the longest wait for one answer.

        Raises NotReachable, OSError and smtplib.SMTPException.
        """
        self._route: Route = gate.admit_server(server.host, server.port, check)
        self._trusted = ssl.create_default_context()
        self._implicit_tls = server.implicit_tls
        super().__init__(server.host, server.port, own_name(), timeout=step_sec)
        try:
            if server.starttls:
                self.starttls(context=self._trusted)
            if server.user is not None:
                self.login(server.user, server.password or "")
        except BaseException:
            self.close()
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Connect in the place of smtplib, which would ask the name server again (SMTP_SSL replaces the same step)."""
        fault = OSError("no address")
        for address in self._route.addresses:
            try:
                connected = socket.create_connection((str(address), port), timeout)
            except OSError as error:
                fault = error
                continue
            return self._trusted.wrap_socket(connected, server_hostname=host) if self._implicit_tls else connected
        raise fault
