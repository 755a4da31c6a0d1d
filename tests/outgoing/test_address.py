"""The gate: which URLs and addresses may be sent to."""

import threading
from ipaddress import ip_address

import httpx
import pytest

from runners.engine.handler import Cancelled
from runners.engine.outgoing.address import Gate, NotReachable, target_of
from runners.engine.outgoing.networks import effective, is_public
from runners.engine.settings.exemption import Exemption

OWN = Gate(exemptions=(), own_port=8000)


def ok() -> None:
    """Never stops anything."""


def resolver(*addresses):
    """A name server that answers every name with these."""
    return lambda host, port: [ip_address(text) for text in addresses]


def admit(url, *addresses, gate=OWN):
    return gate.admit(httpx.URL(url), ok, resolver(*addresses))


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "100.63.255.255", "172.32.0.1", "192.169.0.1", "223.255.255.254",
                                  "2606:4700::1111", "2a00:1450:4001:800::200e", "2001:4860:4860::8888"])  # fmt: skip
def test_public_addresses_are_public(text):
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.8.8.8",
        ),
        *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1"),
        *("192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250"),
        *("240.0.0.1", "255.255.255.255", "168.63.129.16"),
        *("::", "::1", "::7f00:1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "100::1", "5f00::1"),
        *("2001::1", "2001:db8::1", "2001:10::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "64:ff9b:1::a00:1"),
    ],
)
def test_private_and_reserved_addresses_are_not(text):
    assert not is_public(effective(ip_address(text)))


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("64:ff9b::10.0.0.1", "10.0.0.1"),
        ("64:ff9b::808:808", "8.8.8.8"),
        ("2606:4700::1111", "2606:4700::1111"),
    ],
)
def test_an_address_inside_an_address_is_what_counts(text, inside):
    assert effective(ip_address(text)) == ip_address(inside)


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "//example.com/", "example.com", ""),
        *("http://", "http:///path", "http://user@example.com/", "http://user:secret@example.com/"),
        *(
            "http://example.com\\@10.0.0.1/",
            "http://loc%61lhost/",
            "http://[fe80::1%25eth0]/",
            "http://[fe80::1%eth0]/",
        ),
        *("http://example.com:0/", "http://example.com:99999/", "http://" + "a" * 254 + "/"),
    ],
)
def test_a_url_of_the_wrong_shape_is_refused_whatever_it_resolves_to(url):
    with pytest.raises(NotReachable):
        admit(url, "8.8.8.8")


@pytest.mark.parametrize(
    ("url", "answers"),
    [
        ("http://127.0.0.1/", ()),
        ("http://127.0.0.1:6379/", ()),
        ("http://[::1]/", ()),
        ("http://[::ffff:127.0.0.1]/", ()),
        ("http://[::ffff:7f00:1]/", ()),
        ("http://[64:ff9b::7f00:1]/", ()),
        ("http://[2002:7f00:1::]/", ()),
        ("http://169.254.169.254/latest/meta-data/", ()),
        ("http://127。0。0。1/", ()),
        ("http://127.0.0.1./", ("127.0.0.1",)),
        ("http://2130706433/", ("127.0.0.1",)),
        ("http://0x7f.1/", ("127.0.0.1",)),
        ("http://0/", ("0.0.0.0",)),
        ("http://localhost/", ("::1", "127.0.0.1")),
        ("http://LOCALHOST./", ("127.0.0.1",)),
        ("http://intern.example/", ("10.0.0.5",)),
        ("http://rebind.example/", ("8.8.8.8", "127.0.0.1")),
        ("http://mapped.example/", ("::ffff:10.0.0.1",)),
        ("http://bücher.example/", ("192.168.1.1",)),
    ],
)
def test_a_private_address_is_refused_in_every_disguise(url, answers):
    with pytest.raises(NotReachable, match="private or reserved"):
        admit(url, *answers)


@pytest.mark.parametrize("url", ["http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://localhost/"])
def test_the_machines_own_resolver_gives_the_disguise_away(url):
    with pytest.raises(NotReachable):
        OWN.admit(httpx.URL(url), ok)


def test_a_public_host_is_admitted_at_exactly_the_addresses_it_had():
    route = admit("https://example.com/path?x=1", "8.8.8.8", "2606:4700::1111")

    assert route.addresses == (ip_address("8.8.8.8"), ip_address("2606:4700::1111"))
    assert route.port == 443


def test_a_host_without_an_address_is_named():
    with pytest.raises(NotReachable, match=r"host 'nowhere\.example' does not resolve"):
        admit("http://nowhere.example/")


def test_the_refusal_does_not_tell_what_a_name_resolves_to():
    with pytest.raises(NotReachable) as refusal:
        admit("http://intern.example/", "10.0.0.5")

    assert "10.0.0.5" not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://127.0.0.1:8000/readyz", True),
        ("http://127.0.0.1:8000/healthz", True),
        ("http://127.0.0.1:8000/readyz?verbose=1", True),
        ("http://[::1]:8000/readyz", True),
        ("http://127.0.0.1:8000/jobs", False),
        ("http://127.0.0.1:8000/readyz/../jobs", False),
        ("http://127.0.0.1:8000/%72eadyz", False),
        ("http://127.0.0.1:8001/readyz", False),
        ("http://127.0.0.2:8000/readyz", True),
        ("http://10.0.0.1:8000/readyz", False),
    ],
)
def test_of_all_private_pages_only_the_platforms_own_health_is_allowed_by_default(url, allowed):
    if allowed:
        assert admit(url).port == 8000
    else:
        with pytest.raises(NotReachable):
            admit(url)


@pytest.mark.parametrize(
    ("entry", "url", "answers", "allowed"),
    [
        ("10.0.0.0/8", "http://10.1.2.3/", (), True),
        ("10.0.0.0/8", "http://intern.example/", ("10.1.2.3",), True),
        ("10.0.0.0/8", "http://intern.example/", ("10.1.2.3", "192.168.0.1"), False),
        ("10.0.0.0/8", "http://[::ffff:10.1.2.3]/", (), True),
        ("10.0.0.0/8", "http://11.1.2.3/", (), True),
        ("10.0.0.0/8", "http://192.168.0.1/", (), False),
        ("127.0.0.1:9000", "http://127.0.0.1:9000/", (), True),
        ("127.0.0.1:9000", "http://2130706433:9000/", ("127.0.0.1",), True),
        ("127.0.0.1:9000", "http://127.0.0.1:9001/", (), False),
        ("[::1]:9000", "http://[::1]:9000/", (), True),
        ("[::1]:9000", "http://[::1]/", (), False),
        ("fd00::/8", "http://[fd00::1]/", (), True),
        ("intern.example", "http://intern.example:8080/", ("10.0.0.5",), True),
        ("intern.example", "http://INTERN.example./", ("10.0.0.5",), True),
        ("intern.example", "http://other.example/", ("10.0.0.5",), False),
        ("intern.example", "http://intern.example.evil.example/", ("10.0.0.5",), False),
        ("intern.example:443", "https://intern.example/", ("10.0.0.5",), True),
        ("intern.example:443", "http://intern.example/", ("10.0.0.5",), False),
    ],
)
def test_the_servers_configuration_can_allow_more(entry, url, answers, allowed):
    gate = Gate((Exemption.parse(entry),), own_port=8000)

    if allowed:
        assert admit(url, *answers, gate=gate)
    else:
        with pytest.raises(NotReachable):
            admit(url, *answers, gate=gate)


@pytest.mark.parametrize(
    "entry", ["", "10.0.0.0/33", "host:", "host:0", "host:65536", "host:\uff18\uff10", "[::1", "a/b"]
)
def test_a_bad_entry_is_refused(entry):
    with pytest.raises(ValueError):
        Exemption.parse(entry)


def test_a_slow_name_server_does_not_outlast_a_cancel():
    asked = threading.Event()
    release = threading.Event()

    def slow(host, port):
        asked.set()
        release.wait(30)
        return []

    def check():
        if asked.is_set():
            raise Cancelled

    try:
        with pytest.raises(Cancelled):
            OWN.admit(httpx.URL("http://slow.example/"), check, slow)
    finally:
        release.set()


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://shop.example/x", "shop.example:443"),
        ("http://10.0.0.7:8080/", "10.0.0.7:8080"),
        ("http://[fd00::1]:8080/", "[fd00::1]:8080"),
    ],
)
def test_a_private_target_is_named_so_that_an_exemption_of_that_name_covers_it(url, target):
    found = httpx.URL(url)

    assert target_of(found) == target
    assert Exemption.parse(target).port == (found.port or 443)
