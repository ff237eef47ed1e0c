"""The hub that tells of a source's news: WebSub (W3C Recommendation of 23 January 2018, part 4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import BytesIO

import orjson
from lxml import etree

from agents.discover.link import found_link
from schemas.check import Hub

_HEAD = 64 * 1024
"""Bytes of a feed in which its own links stand."""

_ENTRIES = ("item", "entry")
_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*\w+\s*=\s*(?:"[^"]*"|[^\s;,"]*))*)')
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]*))', re.IGNORECASE)

Links = Iterable[tuple[str, str]]
"""Relations with addresses."""


def hub_in_feed(body: bytes, url: str) -> Hub | None:
    """The hub that a feed names: RSS or Atom in links before its entries, JSON Feed in `hubs`."""
    return _hub(_json_links(body) if body.lstrip()[:1] == b"{" else _xml_links(body), url)


def hub_in_header(links: str | None, url: str) -> Hub | None:
    """The hub that the `Link` headers of an answer name (RFC 8288)."""
    if not links:
        return None
    found = ((rel[1] or rel[2] or "", link[1]) for link in _LINK.finditer(links) if (rel := _REL.search(link[2])))
    return _hub(found, url)


def _hub(links: Links, url: str) -> Hub | None:
    """The first hub; what it knows the source as is what the source calls itself."""
    hub, topic = None, None
    for relations, href in links:
        link = found_link(href, url)
        if link is None:
            continue
        names = relations.lower().split()
        hub = hub or (link.url if "hub" in names else None)
        topic = topic or (link.url if "self" in names else None)
    return Hub(hub, topic or url) if hub else None


def _json_links(body: bytes) -> Iterator[tuple[str, str]]:
    try:
        feed = orjson.loads(body)
    except orjson.JSONDecodeError:
        return
    hubs = feed.get("hubs")
    for hub in hubs if isinstance(hubs, list) else ():
        if isinstance(hub, dict) and str(hub.get("type")).lower() == "websub":
            yield "hub", str(hub.get("url"))
    if isinstance(feed.get("feed_url"), str):
        yield "self", feed["feed_url"]


def _xml_links(body: bytes) -> Iterator[tuple[str, str]]:
    events = etree.iterparse(
        BytesIO(body[:_HEAD]), events=("start",), load_dtd=False, resolve_entities=False, no_network=True, recover=True
    )
    try:
        for _, element in events:
            name = etree.QName(element).localname if isinstance(element.tag, str) else ""
            if name in _ENTRIES:
                return
            if name == "link":
                yield element.get("rel") or "", element.get("href") or ""
    except etree.LxmlError:
        return
