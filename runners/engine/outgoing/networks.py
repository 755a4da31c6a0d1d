"""Which addresses belong to the public internet. Pure."""

from ipaddress import IPv4Address, IPv6Address, ip_network

Address = IPv4Address | IPv6Address

# IANA special-purpose registries (RFC 6890 and later). Spelt out: what `ipaddress` calls global differs between
# Python versions.
NOT_PUBLIC = tuple(
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",  # a cloud's own service address, inside a public range
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
PUBLIC_V6 = ip_network("2000::/3")
NAT64 = ip_network("64:ff9b::/96")


def effective(address: Address) -> Address:
    """Return where packets to `address` end: the IPv4 address inside a mapped or NAT64 one."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address


def is_public(address: Address) -> bool:
    """Say whether `address` belongs to the public internet."""
    if address.version == 6 and address not in PUBLIC_V6:
        return False
    return not any(address in network for network in NOT_PUBLIC)
