"""The gate for clients in an event loop: the same judgement, the judged address, and every redirect again."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

import httpx
import pytest

from runners.engine.outgoing import address
from runners.engine.outgoing.address import Gate
from runners.engine.outgoing.async_transport import AsyncGuardedTransport
from runners.engine.settings.exemption import Exemption

INSIDE = Gate((Exemption.parse("127.0.0.1"),), own_port=1)


def get(url, gate=INSIDE):
    async def ask():
        transport = AsyncGuardedTransport(gate)
        async with httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=True) as client:
            return await client.get(url)

    with ThreadPoolExecutor(1) as beside:  # a browser of another test keeps a loop running in this thread
        return beside.submit(lambda: asyncio.run(ask())).result()


def test_an_admitted_address_is_asked(site):
    site.pages["/"] = (200, {}, b"welcome")

    assert get(site.url()).text == "welcome"


def test_a_private_address_is_not(site):
    with pytest.raises(httpx.ConnectError, match="HTTP_ALLOW_PRIVATE can allow it"):
        get(site.url(), Gate((), own_port=1))
    assert site.seen == []


def test_a_redirect_is_judged_again(site):
    site.pages["/start"] = (302, {"Location": "http://169.254.169.254/latest/"}, b"")

    with pytest.raises(httpx.ConnectError, match="private or reserved"):
        get(site.url("/start"))


def test_the_judged_address_is_used_whatever_the_name_says_by_then(site, monkeypatch):
    answers = iter([[ip_address("127.0.0.1")]])
    monkeypatch.setattr(address, "_resolve", lambda host, port: next(answers))
    site.pages["/"] = (200, {}, b"first")

    assert get(f"http://good.example:{site.port}/").text == "first"


@pytest.mark.parametrize("base", ["http://127.0.0.1:{port}", "http://LOCALHOST:{port}/base"])
def test_what_the_configuration_names_is_reached_and_nothing_beside_it(site, base):
    named = base.format(port=site.port)
    site.pages["/base"] = site.pages["/"] = (200, {}, b"")
    gate = Gate((), own_port=1).reaching(named)

    assert get(named, gate).status_code == 200
    for other in (named.replace(str(site.port), "9"), f"http://127.1.1.1:{site.port}/"):
        with pytest.raises(httpx.ConnectError, match="private or reserved"):
            get(other, gate)
