"""Which addresses of the internet a request may go to: public ones, and those of networks that a setting names."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_LAST_32_BITS = 0xFFFF_FFFF


def may_be_reached(text: str, allowed: Collection[Network] = ()) -> bool:
    """Tell whether an address as a resolver writes it is public or in one of the networks ``allowed``.

    Of an IPv6 address that stands for an IPv4 address (mapped, translated or tunnelled), that one decides.
    """
    address = _meant(ip_address(text.partition("%")[0]))
    if any(address in network for network in allowed):
        return True
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _meant(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    embedded = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
    if embedded:
        return embedded
    if address in _NAT64 or address in _COMPATIBLE:
        return IPv4Address(int(address) & _LAST_32_BITS)
    return address
