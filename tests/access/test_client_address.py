"""Whose address a request has: the peer's, unless a proxy that the configuration names tells another."""

from ipaddress import ip_network

import pytest

from webapp.client import _client

PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9,", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, evil", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:198.51.100.7", "", "198.51.100.7"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("fd00::1", "2001:db8::1", "2001:db8::1"),
        ("fd00::1", "[2001:db8::1]:443", "fd00::1"),
        ("", "203.0.113.9", "None"),
        ("nonsense", "203.0.113.9", "None"),
        ("10.0.0.1", "203.0.113.9\u0660", "10.0.0.1"),
        ("10.0.0.1", "0" * 5000, "10.0.0.1"),
    ],
)
def test_the_nearest_address_that_no_trusted_proxy_has_counts(peer: str, forwarded: str, address: str) -> None:
    assert str(_client(peer, forwarded, PROXIES)) == address
