"""Feeds: RSS, Atom and JSON Feed."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import fastfeedparser
import feedparser

from agents.discover.link import MAX_NAME, Found, found_link

MAX_ENTRIES = 2_000

MAX_PATIENCE = 1024 * 1024
"""Bytes of a feed that the patient parser is given, which takes a second for them at worst."""


def read_feed(body: bytes, url: str) -> tuple[str | None, list[Found]]:
    """The name of a feed, and its entries in its order; none where it cannot be read."""
    feed = _parsed(body)
    name = feed["feed"].get("title") if feed else None
    entries = list(_entries(feed, url)) if feed else []
    return (str(name)[:MAX_NAME] if name else None), entries


def _parsed(body: bytes) -> Any:  # noqa: ANN401 - either parser's own type, both are used as mappings
    """The fast parser's reading, or that of the patient one where it has none."""
    try:
        feed = fastfeedparser.parse(body, include_content=False, include_media=False, include_enclosures=False)
        if feed.entries:
            return feed
    except Exception:  # noqa: BLE001, S110 - it raises whatever its parts do; the other one raises nothing
        pass
    if len(body) > MAX_PATIENCE:
        return None
    try:
        return feedparser.parse(BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    except Exception:  # noqa: BLE001 - hostile input, as above
        return None


def _entries(feed: Any, url: str) -> Iterator[Found]:  # noqa: ANN401 - as above
    for entry in feed["entries"][:MAX_ENTRIES]:
        link = found_link(entry.get("link"), url, entry.get("updated") or entry.get("published"))
        if link is not None:
            yield link
