"""The gate stays shut with TLS and other clients too: the name is verified, the judged address is used."""

import ssl
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest

from runners.engine.outgoing import address, transport
from runners.engine.outgoing.address import Gate, NotReachable
from runners.engine.outgoing.transport import GuardedTransport
from runners.engine.settings.exemption import Exemption
from tests.handlers import server

CERTIFICATE = Path(__file__).with_name("good.example.pem")  # self-signed, of these tests alone; its key is no secret
INSIDE = Gate((Exemption.parse("127.0.0.1"),), own_port=1)


def ok() -> None:
    """Never stops anything."""


@pytest.fixture
def secure(monkeypatch):
    """A site that proves to be good.example; every name resolves to it, and its certificate is trusted."""
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    monkeypatch.setattr(transport, "ssl_context", lambda: context)
    monkeypatch.setattr(address, "_resolve", lambda host, port: [ip_address("127.0.0.1")])
    with server.running(certificate=CERTIFICATE) as running:
        running.pages["/"] = (200, {}, b"secure")
        yield running


def get(url, gate=INSIDE):
    with httpx.Client(transport=GuardedTransport(gate, ok), trust_env=False, follow_redirects=True) as client:
        return client.get(url)


def test_the_name_of_the_url_is_what_the_server_must_prove(secure):
    assert get(f"https://good.example:{secure.port}/").text == "secure"
    assert secure.seen[0].headers["Host"] == f"good.example:{secure.port}"


def test_another_name_at_the_same_address_is_not_believed(secure):
    with pytest.raises(httpx.TransportError, match="Hostname mismatch"):
        get(f"https://evil.example:{secure.port}/")


def test_a_client_that_follows_redirects_by_itself_is_judged_each_time(site):
    site.pages["/start"] = (302, {"Location": "http://169.254.169.254/latest/meta-data/"}, b"")

    with pytest.raises(NotReachable):
        get(site.url("/start"))


def test_a_name_that_changes_its_address_after_the_check_gains_nothing(site, monkeypatch):
    answers = iter([[ip_address("127.0.0.1")]])
    monkeypatch.setattr(address, "_resolve", lambda host, port: next(answers))
    site.pages["/"] = (200, {}, b"first")

    assert get(f"http://rebind.example:{site.port}/").text == "first"
    assert next(answers, "asked once") == "asked once"


def test_the_next_address_is_tried_when_the_first_does_not_answer(site, monkeypatch):
    monkeypatch.setattr(address, "_resolve", lambda host, port: [ip_address("::1"), ip_address("127.0.0.1")])
    site.pages["/"] = (200, {}, b"second")
    gate = Gate((Exemption.parse("local.example"),), own_port=1)

    assert get(f"http://local.example:{site.port}/", gate).text == "second"
