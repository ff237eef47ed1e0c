"""Which addresses may be connected to: those of the public internet, and what is allowed by name.

The check is made where a socket is made, on the very address that it is connected to: no name, no redirect, no odd
notation and no answer of a name server gets around it.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]

WEB_PORTS = frozenset({80, 443})
FIRST_PORT = 1024
"""Beside those of the web, ports are asked from here on: below are mail, shells and name servers."""

SERVICES = frozenset({
    1433, 1521, 2049, 2181, 2375, 2379, 2380, 3306, 3389, 4369, 5432, 5672, 5900, 5984, 5985, 6000, 6379, 6443, 6667,
    9042, 9092, 9200, 9300, 10250, 11211, 15672, 25565, 27017,
})  # fmt: skip
"""Databases, brokers, orchestrators and desktops, which may take a line of HTTP for a command (fetch.spec.whatwg.org
blocks such ports of its time)."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")
_INSIDE = (
    ipaddress.ip_network("192.88.99.0/24"),
    ipaddress.ip_network("3fff::/20"),
    ipaddress.ip_network("192.0.0.0/24"),
    ipaddress.ip_network("168.63.129.16/32"),
)
"""Relays of 6to4 (RFC 7526), documentation (RFC 9637) and protocol assignments (RFC 6890; Oracle's metadata among
them), which Python 3.11 holds for public; and where Azure serves its machines."""


class RefusedAddressError(OSError):
    """An address that nobody outside should have the service ask."""


def check_address(address: str, port: int, allowed: frozenset[str]) -> None:
    """See that an address may be connected to.

    `allowed`: HOST:PORT of what may be connected to although it is not public.

    Raises:
        RefusedAddressError: it may not.
    """
    if f"{address}:{port}" in allowed:
        return
    if port not in WEB_PORTS and (port < FIRST_PORT or port in SERVICES):
        raise RefusedAddressError(f"port {port} is none of a web server")
    inner = _inner(ipaddress.ip_address(address.partition("%")[0]))
    is_inside = inner.is_multicast or inner.is_reserved or getattr(inner, "is_site_local", False)
    is_inside = is_inside or any(inner in network for network in _INSIDE)
    if is_inside or not inner.is_global:
        raise RefusedAddressError(f"{address} is no address of the public internet")


def socket_factory(allowed: frozenset[str]) -> Callable[[AddressInfo], socket.socket]:
    """Makes sockets for addresses that may be connected to, for aiohttp's `TCPConnector`."""

    def make(info: AddressInfo) -> socket.socket:
        family, kind, protocol, _, address = info
        check_address(str(address[0]), int(address[1]), allowed)
        return socket.socket(family, kind, protocol)

    return make


def _inner(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 one leads to, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
