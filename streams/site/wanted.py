"""What a visitor asks for, read from the query of an address; whatever else stands there is an error."""

from __future__ import annotations

import base64
import binascii
import contextlib
from datetime import date, datetime
from typing import get_args
from urllib.parse import urlencode

import regex
from aiohttp import web

from agents.archive.queries import Filter, Place
from agents.detect.url import canonical_url
from agents.diff.labels.rules import RULES
from schemas.change import ChangeKind
from schemas.errors import BadRecordError

MAX_VALUE = 300
"""Characters of a value."""

NAMES = ("source", "label", "day", "article", "kind", "q", "by")

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)

KINDS = get_args(ChangeKind)

_NO_TEXT = regex.compile(r"[\p{Cc}\p{Cs}\p{Cn}]")
_BEGINS_WITH_A_HOST = regex.compile(r"[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+(?::\d+)?/\S*")


def filter_of(request: web.Request) -> Filter:
    """The filter of a query.

    Raises:
        HTTPBadRequest: a value is none of its kind.
    """
    given = {name: value for name in NAMES if (value := value_of(request, name))}
    try:
        day = date.fromisoformat(given["day"]) if "day" in given else None
    except ValueError:
        raise web.HTTPBadRequest(text="day is no day: write it as 2026-03-01") from None
    if day is not None and not FIRST_DAY <= day <= LAST_DAY:
        raise web.HTTPBadRequest(text=f"day lies not between {FIRST_DAY} and {LAST_DAY}")
    article = given.get("article")
    if article is not None and (len(article) != 32 or article.strip("0123456789abcdef")):  # noqa: PLR2004 - xxh3_128
        raise web.HTTPBadRequest(text="article is no article's id")
    if given.get("kind", KINDS[0]) not in KINDS:
        raise web.HTTPBadRequest(text=f"kind is none of {', '.join(KINDS)}")
    if "label" in given and given["label"] not in RULES:
        raise web.HTTPBadRequest(text=f"label is none of {', '.join(RULES)}")
    by_author = given.get("by") == "author" and "q" in given
    return Filter(
        source=given.get("source"),
        label=given.get("label"),
        day=day,
        article_id=article,
        kind=given.get("kind"),
        words=given.get("q"),
        by_author=by_author,
    )


def value_of(request: web.Request, name: str, most: int = MAX_VALUE) -> str | None:
    """A value of the query, of so many characters at most.

    Raises:
        HTTPBadRequest: it is too long, or no text.
    """
    value = request.query.get(name)
    if value is None or value == "":
        return None
    if len(value) > most or _NO_TEXT.search(value):
        raise web.HTTPBadRequest(text=f"{name} is longer than {most} characters, or no text")
    return value


def addresses_in(query: str) -> list[str]:
    """The canonical URLs that a query may mean: none of words, two of an address without a scheme.

    Raises:
        HTTPBadRequest: it is an address, but of no page.
    """
    query = query.strip()
    if "://" in query:
        try:
            return [canonical_url(query)]
        except BadRecordError:
            raise web.HTTPBadRequest(text="That is no address of a page.") from None
    found = []
    if _BEGINS_WITH_A_HOST.fullmatch(query):
        with contextlib.suppress(BadRecordError):
            found = [canonical_url(f"{scheme}://{query}") for scheme in ("https", "http")]
    return found


def query_of(wanted: Filter, **more: str | None) -> str:
    """The query of an address for a filter."""
    values = {
        "source": wanted.source,
        "label": wanted.label,
        "day": wanted.day.isoformat() if wanted.day else None,
        "article": wanted.article_id,
        "kind": wanted.kind,
        "q": wanted.words,
        "by": "author" if wanted.by_author else None,
        **more,
    }
    text = urlencode({name: value for name, value in values.items() if value})
    return f"?{text}" if text else ""


def place_of(request: web.Request) -> Place | None:
    """Where the page before ended.

    Raises:
        HTTPBadRequest: the cursor is none of ours.
    """
    given = value_of(request, "before")
    if given is None:
        return None
    try:
        moment, _, id_ = base64.urlsafe_b64decode(given + "==").decode("ascii").partition(" ")
        return Place(datetime.fromisoformat(moment).astimezone(), id_)
    except (ValueError, binascii.Error, UnicodeDecodeError, OverflowError):
        raise web.HTTPBadRequest(text="before is no cursor of this site") from None


def cursor(place: Place) -> str:
    """Where a page ends, for an address."""
    return base64.urlsafe_b64encode(f"{place.dt.isoformat()} {place.id}".encode()).decode().rstrip("=")
