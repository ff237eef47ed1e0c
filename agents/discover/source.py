"""What a fetched document is: an article, or a source of articles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from agents.detect.url import source_of
from agents.discover.feeds import read_feed
from agents.discover.hubs import hub_in_feed
from agents.discover.link import Found, distinct
from agents.discover.pages import Page
from agents.discover.site import same_site
from agents.discover.sitemaps import read_sitemap
from schemas.check import Hub
from schemas.content_encoding import decompress
from schemas.errors import BadRecordError
from schemas.fetch import media_type_and_charset
from schemas.watch import Watched

MAX_FEEDS = 20
"""Further sources that a document may name: the first feeds of a page, the newest sitemaps of an index."""

MAX_OTHERS = 100
"""Articles of other sites that a feed may show at once: their hosts are asked for what it wants."""

_FIRST_TAG = re.compile(rb"<\s*([A-Za-z][\w:]*)")
_GZIP = b"\x1f\x8b"
_FEED_TAGS = (b"rss", b"feed", b"rdf:rdf", b"channel")
_SITEMAP_TAGS = (b"urlset", b"sitemapindex")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a document is and shows.

    `feeds`: further sources that it names, the sitemaps of an index among them. `hub`: tells of its news.
    """

    kind: Watched
    name: str
    links: tuple[Found, ...] = ()
    feeds: tuple[str, ...] = ()
    hub: Hub | None = None


def read_source(body: bytes, url: str, content_type: str | None = None) -> Source:
    """Find out by its content what a document is, whatever it is served as."""
    if body[:2] == _GZIP:  # a sitemap that is a compressed file
        try:
            body = decompress(body, "gzip", url)
        except BadRecordError:
            body = b""
    start = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    tag = _FIRST_TAG.search(start)
    name = tag[1].lower() if tag else b""
    host = source_of(url)
    if name in _SITEMAP_TAGS:
        pages, sitemaps = read_sitemap(body, url)
        return Source(kind="sitemap", name=host, links=distinct(pages), feeds=tuple(sitemaps[:MAX_FEEDS]))
    if name in _FEED_TAGS or (start.startswith(b"{") and b"jsonfeed.org/version" in start):
        title, entries = read_feed(body, url)
        shown = distinct(_few_of_others(entries, url))
        return Source(kind="feed", name=title or host, links=shown, hub=hub_in_feed(body, url))
    page = Page(body, url, media_type_and_charset(content_type)[1])
    links = list(page.articles())
    if page.is_article(links):
        return Source(kind="article", name=page.name or host)
    feeds = tuple(islice(dict.fromkeys(page.feeds()), MAX_FEEDS))
    return Source(kind="front", name=page.name or host, links=distinct(links), feeds=feeds)


def _few_of_others(links: Iterable[Found], url: str) -> Iterator[Found]:
    """The links of a feed, of those to other sites the first ones."""
    others = 0
    for link in links:
        is_own = same_site(link.key, url)
        others += not is_own
        if is_own or others <= MAX_OTHERS:
            yield link
