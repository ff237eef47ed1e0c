"""What a host's robots.txt allows (RFC 9309)."""

from __future__ import annotations

from itertools import islice

from protego import Protego

from agents.detect.url import MAX_URL
from agents.fetch.answer import Answer

AGENT = "newsdiff"

BELIEVED_FOR = 24 * 3600.0
"""Seconds (RFC 9309, 2.4)."""

MAX_SITEMAPS = 5

MAX_BYTES = 500 * 1024
"""How much of one is read (RFC 9309, 2.5)."""

_REDIRECT, _CLIENT_ERROR, _TOO_MANY, _SERVER_ERROR = 300, 400, 429, 500


class Robots:
    """The rules of one host.

    One that is not there allows everything; one that cannot be had now (`is_known` is false) allows nothing.
    """

    def __init__(self, answer: Answer) -> None:
        status = answer.status if answer.failure is None else None
        is_there = status is not None and status < _REDIRECT
        is_missing = status is not None and _CLIENT_ERROR <= status < _SERVER_ERROR and status != _TOO_MANY
        self.is_known = is_there or is_missing
        text = ""
        if is_there:
            text = answer.body[:MAX_BYTES].decode("utf-8", "replace").replace("\x00", "")
        self._rules = Protego.parse(text)

    def allows(self, url: str) -> bool:
        """Whether a URL may be asked for."""
        return self.is_known and bool(self._rules.can_fetch(url, AGENT))

    @property
    def news_sitemaps(self) -> tuple[str, ...]:
        """The sitemaps of news that it names; others list the articles of many years."""
        named = (url for url in self._rules.sitemaps if "news" in url.lower() and len(url) <= MAX_URL)
        return tuple(islice(named, MAX_SITEMAPS))

    @property
    def crawl_delay(self) -> float | None:
        """Seconds between two requests, if the host names any."""
        delay = self._rules.crawl_delay(AGENT)
        return float(delay) if delay is not None else None
