"""How much a visitor may ask for."""

from __future__ import annotations

import ipaddress
import re
import time
from collections import OrderedDict
from dataclasses import dataclass

from aiohttp import web

RATE, BURST = 10.0, 200.0
"""Requests a second of one visitor, and how many at once after a rest."""

MAX_VISITORS = 20_000
"""That are remembered: those that came last."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(slots=True)
class Allowance:
    """How many requests a visitor had left, and when, in seconds of a clock that never goes back."""

    left: float
    at: float


class Limits:
    """What is left to each visitor: a bucket of requests that is filled at a steady rate."""

    def __init__(self) -> None:
        self._visitors: OrderedDict[str, Allowance] = OrderedDict()

    def wait(self, visitor: str | None, now: float | None = None) -> float:
        """Seconds for which a visitor has to wait; 0 where the request is allowed, and then it counts."""
        if visitor is None:
            return 0.0
        now = time.monotonic() if now is None else now
        known = self._visitors.pop(visitor, None) or Allowance(BURST, now)
        left = min(BURST, known.left + RATE * (now - known.at))
        self._visitors[visitor] = Allowance(left - 1 if left >= 1 else left, now)
        if len(self._visitors) > MAX_VISITORS:
            self._visitors.popitem(last=False)
        return 0.0 if left >= 1 else (1 - left) / RATE


def visitor_of(request: web.Request) -> str | None:
    """Who asks: an address, of IPv6 the network of 64 bits; None for a process on this machine itself.

    What a proxy says of the address is believed where the proxy is on this machine or in a private network.
    """
    address = _address(request.remote or "")
    if address is None or not (address.is_loopback or address.is_private):
        return _network(address)
    forwarded = request.headers.getall("X-Forwarded-For", [])
    if not forwarded:
        return None if address.is_loopback else _network(address)
    return _network(_forwarded(forwarded[-1].rpartition(",")[2].strip()))


def _address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _forwarded(text: str) -> Address | None:
    """An address as proxies write it, some with a port."""
    bare = re.fullmatch(r"\[([0-9A-Fa-f:.]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+", text)
    return _address((bare[1] or bare[2]) if bare else text)


def _network(address: Address | None) -> str:
    """What is counted as one visitor; all whose address cannot be told are one."""
    if address is None:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped
        return str(inner) if inner else str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
