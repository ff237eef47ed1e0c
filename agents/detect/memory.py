"""Fetches that are known to change nothing: the lowest rung, where most fetches end if their bytes repeat."""

from __future__ import annotations

from collections import OrderedDict

import xxhash

from schemas.fetch import is_binary, is_sound
from schemas.record import Headers, Record

Fingerprint = tuple[int, int, int]


class Memory:
    """The newest fetch of many articles, in some 500 bytes each.

    A fetch with the same value, the same headers (but for those that name the one fetch) and the same row before it
    gets the same answer: so nothing that is remembered can be stale, and it need not outlive the process.
    """

    def __init__(self, articles: int) -> None:
        self._articles = articles
        self._fetches: OrderedDict[bytes, Fingerprint] = OrderedDict()

    def knows(self, key: bytes, value: bytes, headers: Headers, written: int, row: bytes) -> bool:
        """Whether a fetch shows what the remembered one did, which changed nothing.

        It takes no `Record`: to make one takes longer than all the rest. `written` is its timestamp, in milliseconds.
        """
        known = self._fetches.get(key)
        if known is None:
            return False
        identity, page = _split(headers)
        return known == _fingerprint(value, page, row) and is_sound(*identity, written)

    def remember(self, record: Record, row: bytes) -> None:
        """Remember a fetch which, with this row before it, changes nothing."""
        if record.key is None or record.value is None or not is_binary(record):
            return
        _, page = _split(record.headers)
        # Each line holds by itself, since steps run in several threads.
        self._fetches.pop(record.key, None)
        self._fetches[record.key] = _fingerprint(record.value, page, row)
        if len(self._fetches) > self._articles:
            self._fetches.popitem(last=False)


def _split(headers: Headers) -> tuple[tuple[bytes | None, bytes | None], Headers]:
    """The id and the time, which name the one fetch, and the headers that belong to the page."""
    identity = time = None
    page = []
    for header in headers:
        name = header[0]
        if name == "ce_time":
            time = header[1]
        elif name == "ce_id":
            identity = header[1]
        elif name != "traceparent":
            page.append(header)
    return (identity, time), tuple(page)


def _fingerprint(value: bytes, page: Headers, row: bytes) -> Fingerprint:
    return xxhash.xxh3_128_intdigest(value), hash(page), xxhash.xxh3_64_intdigest(row)
