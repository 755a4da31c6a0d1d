"""One entry of HTTP_ALLOW_PRIVATE, or of a grant that opens the same: a private target that may be reached all the same. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from runners.engine.settings.hosts import HOST_NAME, LARGEST_PORT


@dataclass(frozen=True, slots=True)
class Exemption:
    """A network or a host name, on one port or (None) on all."""

    network: IPv4Network | IPv6Network | None
    name: str
    port: int | None

    @staticmethod
    def parse(text: str) -> Exemption:
        """Read `host`, `host:port`, `[v6]:port` or a CIDR. Raises ValueError('is not …') on anything else."""
        host, port = _split_port(text.strip())
        try:
            return Exemption(ip_network(host, strict=False), "", port)
        except ValueError:
            if not HOST_NAME.fullmatch(host):
                raise ValueError("is not an address, a network such as 10.0.0.0/8, or a host name") from None
        return Exemption(None, canonical(host), port)

    def covers(self, name: str, port: int, address: IPv4Address | IPv6Address) -> bool:
        """Say whether this entry allows `address`, reached as `name` on `port`."""
        if self.port not in (None, port):
            return False
        return address in self.network if self.network else name == self.name


def canonical(host: str) -> str:
    """Return a host name in the one spelling in which names are compared."""
    return host.lower().rstrip(".")


def _split_port(text: str) -> tuple[str, int | None]:
    if text.startswith("["):
        host, bracket, port = text[1:].partition("]")
        return (host, _port(port.removeprefix(":")) if port else None) if bracket else (text, None)
    if text.count(":") == 1:
        host, _, port = text.partition(":")
        return host, _port(port)
    return text, None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= LARGEST_PORT):
        raise ValueError(f"has a port that is not from 1 to {LARGEST_PORT}")
    return int(text)
