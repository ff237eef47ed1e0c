"""Feeds: RSS, Atom and JSON Feed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any

import fastfeedparser
import feedparser
import orjson

from agents.detect.charset import decode
from agents.discover.link import MAX_NAME, Found, found_link

MAX_ENTRIES = 1_000
"""Those that stand first, the newest. To understand a date that is written in no usual way takes some milliseconds."""

MAX_PATIENCE = 256 * 1024
"""Characters of a feed that the patient parser is given, which takes two seconds for them at worst."""

_ENTRY = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)[\s/>]", re.IGNORECASE)

_UTF8 = {"content-type": "application/xml; charset=utf-8"}
"""Says to the patient parser what a feed is by now, whatever it declares."""


def read_feed(body: bytes, url: str) -> tuple[str | None, list[Found]]:
    """The name of a feed, and its entries in its order; none where it cannot be read."""
    feed = _parsed(_first_entries(decode(body)))
    name = feed["feed"].get("title") if feed else None
    entries = list(_entries(feed, url)) if feed else []
    return (str(name)[:MAX_NAME] if name else None), entries


def _first_entries(text: str) -> str:
    """A feed without what stands behind its first entries: the parsers read all dates, and bear that it has no end."""
    if text.lstrip()[:1] == "{":
        try:
            feed = orjson.loads(text)
        except orjson.JSONDecodeError:
            return ""
        items = feed.get("items")
        return orjson.dumps(feed | {"items": items[:MAX_ENTRIES] if isinstance(items, list) else []}).decode()
    beyond = next(islice(_ENTRY.finditer(text), MAX_ENTRIES, None), None)
    return text[: beyond.start()] if beyond else text


def _parsed(text: str) -> Any:  # noqa: ANN401 - either parser's own type, both are used as mappings
    """The fast parser's reading, or that of the patient one where it has none."""
    try:
        feed = fastfeedparser.parse(text, include_content=False, include_media=False, include_enclosures=False)
        if feed.entries:
            return feed
    except Exception:  # noqa: BLE001, S110 - it raises whatever its parts do; the other one raises nothing
        pass
    if len(text) > MAX_PATIENCE:
        return None
    try:
        body = BytesIO(text.encode("utf-8", "replace"))
        return feedparser.parse(body, response_headers=_UTF8, sanitize_html=False, resolve_relative_uris=False)
    except Exception:  # noqa: BLE001 - hostile input, as above
        return None


def _entries(feed: Any, url: str) -> Iterator[Found]:  # noqa: ANN401 - as above
    for entry in feed["entries"][:MAX_ENTRIES]:
        link = found_link(entry.get("link"), url, entry.get("updated") or entry.get("published"))
        if link is not None:
            yield link
