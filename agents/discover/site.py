"""Which hosts belong together."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from agents.detect.url import host_of
from schemas.errors import BadRecordError

_SUFFIXES = PublicSuffixList()


@lru_cache(10_000)
def site_of(host: str) -> str:
    """The registrable domain of a host: `example.co.uk` of `m.news.example.co.uk`; of an address, itself."""
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return _SUFFIXES.privatesuffix(host) or host


def same_site(url: str, other: str) -> bool:
    """Whether two URLs are of one site; what is no URL is of none."""
    try:
        return site_of(host_of(url)) == site_of(host_of(other))
    except BadRecordError:
        return False
