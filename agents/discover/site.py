"""Which hosts belong together."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from publicsuffixlist import PublicSuffixList

_SUFFIXES = PublicSuffixList()


@lru_cache(10_000)
def site_of(host: str) -> str:
    """The registrable domain of a host: `example.co.uk` of `m.news.example.co.uk`; of an address, itself."""
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return _SUFFIXES.privatesuffix(host) or host
