"""Sitemaps, those of news among them, and their indexes (sitemaps.org)."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from agents.discover.link import Found, found_link
from agents.discover.site import same_site

MAX_URLS = 50_000
"""Of one sitemap, by its protocol."""


def read_sitemap(body: bytes, url: str) -> tuple[list[Found], list[str]]:
    """The pages of a sitemap, the newest first; and, of an index, its sitemaps, the newest first.

    Where it is broken, what stands before the break. What is not of its own site is left out, as the protocol has it.
    """
    pages: list[Found] = []
    sitemaps: list[Found] = []
    for name, link in _entries(body, url):
        (sitemaps if name == "sitemap" else pages).append(link)
    for links in (pages, sitemaps):
        links.sort(key=lambda link: link.modified.timestamp() if link.modified else 0.0, reverse=True)
    return pages, [link.url for link in sitemaps]


def _entries(body: bytes, url: str) -> Iterator[tuple[str, Found]]:
    options = {"resolve_entities": False, "no_network": True, "huge_tree": False, "recover": True}
    count = 0
    try:
        for _, element in etree.iterparse(BytesIO(body), events=("end",), load_dtd=False, **options):
            name = etree.QName(element).localname if isinstance(element.tag, str) else ""
            if name not in ("url", "sitemap"):
                continue
            fields = {etree.QName(each).localname: each.text for each in element.iter() if isinstance(each.tag, str)}
            link = found_link(fields.get("loc"), url, fields.get("lastmod") or fields.get("publication_date"))
            element.clear()
            if link is not None and same_site(link.key, url):
                yield name, link
            count += 1
            if count == MAX_URLS:
                return
    except etree.LxmlError:
        return
