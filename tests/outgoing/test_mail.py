"""The mail server is reached through the gate: at the address that was judged, under the name that it must prove."""

import smtplib
import socketserver
import ssl
import threading
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from runners.engine.outgoing import address
from runners.engine.outgoing import mail as outgoing_mail
from runners.engine.outgoing.address import Gate, NotReachable, Unresolved
from runners.engine.outgoing.mail import GuardedSmtp
from runners.engine.settings.mail import read_mail_server

CERTIFICATE = Path(__file__).with_name("good.example.pem")
SHUT = Gate((), own_port=1)
ANSWERS = {"EHLO": b"250-here\r\n250 STARTTLS\r\n", "STARTTLS": b"220 go on\r\n", "QUIT": b"221 bye\r\n"}
TRUSTED = ssl.create_default_context(cafile=str(CERTIFICATE))


def ok() -> None:
    """Never stops anything."""


@contextmanager
def greeting(*, tls: bool = False):
    """A mail server that greets, takes STARTTLS, and notes what came before and after it; yields port and notes."""
    context, seen = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), []
    context.load_cert_chain(CERTIFICATE)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                with context.wrap_socket(self.request, server_side=True) if tls else self.request as line:
                    self.talk(line, b"220 here\r\n")
            except OSError:
                seen.append("broken off")

        def talk(self, line: Any, first: bytes) -> None:
            line.sendall(first)
            while said := line.recv(1000):
                word = said.split()[0].decode().upper()
                seen.append(word)
                line.sendall(ANSWERS.get(word, b"250 ok\r\n"))
                if word == "STARTTLS":
                    with context.wrap_socket(line, server_side=True) as secured:
                        self.talk(secured, b"")
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server.server_address[1], seen
        server.shutdown()


@pytest.fixture
def named(monkeypatch):
    """Every name resolves to this machine, once each; the certificate of the tests is trusted. The list of who was asked."""
    asked: list[bytes] = []

    def resolve(host, _):
        assert host not in asked, f"{host} was resolved twice"
        asked.append(host)
        return [ip_address("127.0.0.1")]

    monkeypatch.setattr(address, "_resolve", resolve)
    monkeypatch.setattr(outgoing_mail.ssl, "create_default_context", lambda: TRUSTED)
    return asked


def connect(url):
    return GuardedSmtp(SHUT, read_mail_server(f"{url}?from=a@b.example"), 10, ok)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_the_name_is_resolved_once_and_is_what_the_server_must_prove(named, scheme):
    with greeting(tls=scheme == "smtps") as (port, seen), connect(f"{scheme}://good.example:{port}") as connection:
        connection.noop()

    assert named == [b"good.example"] and "NOOP" in seen


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_that_proves_another_name_hears_nothing(named, scheme):
    with (
        greeting(tls=scheme == "smtps") as (port, seen),
        pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"),
    ):
        connect(f"{scheme}://me:word@evil.example:{port}")

    assert "AUTH" not in seen


def test_no_name_server_is_asked_what_this_machine_is_called(named, monkeypatch):
    monkeypatch.setattr(smtplib.socket, "getfqdn", lambda: pytest.fail("a name server would have been asked"))

    with greeting() as (port, seen), connect(f"smtp://good.example:{port}") as connection:
        connection.noop()

    assert seen[0] == "EHLO" and "NOOP" in seen


def test_being_named_allows_that_host_and_port_and_nothing_else(named):
    assert SHUT.admit_server("good.example", 25, ok).addresses == (ip_address("127.0.0.1"),)
    assert SHUT.admit_server("::1", 25, ok).port == 25
    with pytest.raises(NotReachable, match="private or reserved"):
        SHUT.admit(address.httpx.URL("http://other.example:25"), ok)


def test_a_server_without_an_address_is_not_reachable(monkeypatch):
    monkeypatch.setattr(address, "_resolve", lambda host, port: [])

    with pytest.raises(Unresolved, match=r"host 'nowhere\.example' does not resolve"):
        connect("smtp://nowhere.example")
