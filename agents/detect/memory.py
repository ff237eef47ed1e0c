"""The newest body of many articles, known by its hash, so that the same bytes need not be read again."""

from __future__ import annotations

from collections import OrderedDict

import xxhash

Fingerprint = tuple[int, str | None]


def fingerprint(body: bytes, charset: str | None) -> Fingerprint:
    """What decides how a page is read: its bytes, by their xxh3_128, and the charset of the header."""
    return xxhash.xxh3_128_intdigest(body), charset


class Memory:
    """Which text a body had, for the articles that were fetched last. It is a function of the body: never stale."""

    def __init__(self, articles: int) -> None:
        self._articles = articles
        self._texts: OrderedDict[str, tuple[Fingerprint, str]] = OrderedDict()

    def text_hash(self, url: str, body: Fingerprint) -> str | None:
        """The hash of the text in this body, None if it is not remembered."""
        known, text_hash = self._texts.get(url, (None, None))
        return text_hash if known == body else None

    def remember(self, url: str, body: Fingerprint, text_hash: str) -> None:
        """Remember a body in place of the article's last one."""
        self._texts[url] = body, text_hash
        self._texts.move_to_end(url)
        if len(self._texts) > self._articles:
            self._texts.popitem(last=False)
