"""HTML pages as sources: the articles and feeds that they link to, and whether they are articles themselves."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cached_property

from lxml.etree import LxmlError
from lxml.html import HtmlElement, document_fromstring

from agents.detect.charset import decode
from agents.detect.folding import clean
from agents.detect.metadata import has_many_articles, meta_tags, named_url, says_article
from agents.detect.page import MAX_TAGS
from agents.detect.url import host_of
from agents.discover.addresses import looks_like_article
from agents.discover.link import MAX_NAME, Found, found_link
from agents.discover.site import site_of

MIN_TEXT = 20
"""Characters of a link to an article: its headline."""

MIN_LINKS = 5
"""Links to articles that a front page has at least, if it has paragraphs as an article has them."""

MIN_PROSE = 600
"""Characters of an article's paragraphs, those of links left out."""

MENUS = ("nav", "footer")

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json")


class Page:
    """An HTML page at a URL. One that cannot be parsed has nothing."""

    def __init__(self, body: bytes, url: str, charset: str | None = None) -> None:
        self._url = url
        text = decode(body, charset)
        self._tree: HtmlElement | None = None
        if text.count("<") <= MAX_TAGS:
            with contextlib.suppress(LxmlError, ValueError):
                self._tree = document_fromstring(text.encode())

    @property
    def canonical(self) -> str | None:
        """The URL that the page names as its own."""
        return named_url(self._tree) if self._tree is not None else None

    @property
    def name(self) -> str | None:
        """The name of the site, as the page tells it."""
        return meta_tags(self._tree).get("og:site_name", "")[:MAX_NAME] or None if self._tree is not None else None

    def is_article(self, links: list[Found]) -> bool:
        """Whether the page is one article, and not a list of them."""
        if self._tree is not None and says_article(self._tree) and not has_many_articles(self._tree):
            return True
        if looks_like_article(self._url) or not (links or any(self.feeds())):
            return True
        return len(links) < MIN_LINKS and self._prose() >= MIN_PROSE

    def articles(self) -> Iterator[Found]:
        """The links that lead to articles on the same site, in their order."""
        site = site_of(host_of(self._url))
        for anchor in self._tree.iter("a") if self._tree is not None else ():
            link = found_link(anchor.get("href"), self._base)
            if link is None or site_of(host_of(link.key)) != site:
                continue
            text = clean(anchor.text_content())
            if len(text) < MIN_TEXT or not looks_like_article(link.key, len(text.split())):
                continue
            if not any(above.tag in MENUS for above in anchor.iterancestors()):
                yield link

    def feeds(self) -> Iterator[str]:
        """The feeds that the page names."""
        for link in self._tree.iter("link") if self._tree is not None else ():
            if "alternate" in (link.get("rel") or "").lower() and (link.get("type") or "").lower() in FEED_TYPES:
                feed = found_link(link.get("href"), self._base)
                if feed is not None:
                    yield feed.url

    def _prose(self) -> int:
        """The characters of its paragraphs, those of links left out."""
        assert self._tree is not None
        texts = self._tree.xpath("//p//text()[not(ancestor::a)]")
        return sum(len(clean(text)) for text in texts)

    @cached_property
    def _base(self) -> str:
        assert self._tree is not None
        base = next(self._tree.iter("base"), None)
        link = found_link(base.get("href"), self._url) if base is not None else None
        return link.url if link else self._url
