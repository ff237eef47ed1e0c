"""A link that a source shows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urldefrag, urljoin, urlsplit

from agents.detect.url import canonical_url, has_user
from schemas.errors import BadRecordError

MAX_LINKS = 5_000
"""The newest links of a source that are kept: what a feed or a front page shows, and a sitemap of months."""

MAX_NAME = 200
"""Characters of the name of a source."""

_OF_ANOTHER_SCHEME = {("http", 443), ("https", 80)}

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Found:
    """`url`: to be fetched. `key`: canonical. `modified`: when the source says that it was changed or published."""

    url: str
    key: str
    modified: datetime | None = None


def found_link(href: object, base: str, modified: object = None) -> Found | None:
    """The link to a page, None where it leads to none."""
    if not isinstance(href, str) or not href.strip():
        return None
    try:
        url = urldefrag(urljoin(base, _SPACE.sub("", href)))[0]
        key = canonical_url(url)
        # A user, or the port of another scheme, would keep the page from being read, although its key is the right one.
        is_odd = has_user(url) or (urlsplit(url).scheme, urlsplit(url).port) in _OF_ANOTHER_SCHEME
        return Found(key if is_odd else url, key, _instant(modified))
    except (BadRecordError, ValueError):
        return None


def distinct(links: Iterable[Found]) -> tuple[Found, ...]:
    """The links, each article once, as it comes first."""
    return tuple({link.key: link for link in reversed(list(links))}.values())[::-1][:MAX_LINKS]


def _instant(text: object) -> datetime | None:
    """A time as feeds and sitemaps write it, in UTC; None where it is none of the last decades."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, OverflowError):
            return None
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if 1990 < moment.year < 2200 else None  # noqa: PLR2004 - the years of the web
