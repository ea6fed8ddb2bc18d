"""Which network addresses we may talk to. Pure: told an address, gives a verdict.

A supplier's URL is typed in by a user, so it could point at our own network. What
counts is the address that is connected to, never the name: names can change between
the check and the call. An IPv4 address can hide inside an IPv6 one, so both are judged.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

# Machines learn their own credentials here; no setting ever opens these.
METADATA = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254",  # AWS, Azure, Google, DigitalOcean, Oracle
        "169.254.170.2",  # AWS containers
        "169.254.170.23",  # AWS pods
        "fd00:ec2::254",  # AWS over IPv6
        "fd00:ec2::23",
        "100.100.100.200",  # Alibaba
        "168.63.129.16",  # Azure's host channel, a public address
        "192.0.0.192",  # Oracle's older one
    )
)
NAT64 = IPv6Network("64:ff9b::/96")
LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")  # a network's own translator
IPV4_COMPATIBLE = IPv6Network("::/96")
ISATAP_MARKS = frozenset({0x00005EFE, 0x02005EFE})  # bits 64-95 of such an address
LOW_32_BITS = 0xFFFF_FFFF


def refusal(text: str, *, allow_private: bool) -> str | None:
    """Why this address must not be connected to; None if it may be."""
    address = ip_address(text)
    for each in (address, *_embedded(address)):
        reason = _refusal_of_one(each, allow_private=allow_private)
        if reason is not None:
            return reason
    return None


def _refusal_of_one(address: Address, *, allow_private: bool) -> str | None:
    if address in METADATA or address.is_link_local:
        return "a cloud metadata or link-local address"
    if address.is_multicast:
        return "a multicast address"
    if address.is_unspecified or _is_broadcast(address):
        return "not the address of one machine"
    if not address.is_global and not allow_private:
        return "not a public address"
    return None


def _is_broadcast(address: Address) -> bool:
    return address == IPv4Address("255.255.255.255")


def _embedded(address: Address) -> Iterator[IPv4Address]:
    """Every IPv4 address that traffic to this IPv6 address may end at."""
    if isinstance(address, IPv4Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if _ends_in_ipv4(address):
        yield IPv4Address(int(address) & LOW_32_BITS)


def _ends_in_ipv4(address: IPv6Address) -> bool:
    if address in IPV4_COMPATIBLE:
        return int(address) > 1  # :: and ::1 are addresses of their own
    is_isatap = (int(address) >> 32) & LOW_32_BITS in ISATAP_MARKS
    return is_isatap or address in NAT64 or address in LOCAL_NAT64
