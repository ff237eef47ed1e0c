"""What a page says about itself: its headline, who wrote it, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

from htmldate import find_date
from lxml.html import HtmlElement

from agents.detect.folding import clean, fold
from agents.detect.linked_data import authors, field, linked_data, types
from agents.detect.reading import MAX_FIELD
from agents.detect.shown import shown_byline_and_standfirst, title_of, without_by

_MAX_MARKED = 100
_MANY = 5

_NO_DATE = re.compile(r"0{1,4}\d?-|1970-01-01")
_MAX_DATE = "2100-01-01"
"""No date is later. By itself the search asks the clock, and would read the same page otherwise on another day."""

_LIVE = re.compile(
    r"\blive ?(?:blog|updates?|ticker|coverage)\b|^live ?[:|]|\b(?:-|\||:) live(?: |$)|as it happened\b"
    r"|\ben direct\b|\ben (?:vivo|directo)\b|minuto a minuto|\bin diretta\b|\bao vivo\b|\bliveblogg?\b"
)

_META_AUTHORS = ("author", "article:author", "byl", "parsely-author", "sailthru.author", "dc.creator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page says about itself, each field in one line.

    `title`: as the reader sees it. `headline`: as the page tells it to machines. `published`, `modified`: as the page
    states them. `image`: the URL of the lead image. `is_article`: whether the page says that it is one. `flags`:
    `paywalled`; `live`: a live blog; `many`: a page of many articles.
    """

    title: str
    headline: str | None
    byline: str | None
    standfirst: str | None
    published: str | None
    modified: str | None
    language: str | None
    section: str | None
    canonical: str | None
    image: str | None
    is_article: bool
    flags: tuple[str, ...]


def read_metadata(tree: HtmlElement) -> Metadata:
    """The metadata of a page: JSON-LD first, then the meta tags, then what the page shows."""
    linked = linked_data(tree)
    meta = meta_tags(tree)
    byline, standfirst = shown_byline_and_standfirst(tree)
    headline = field(linked.get("headline")) or meta.get("og:title")
    author = authors(linked) or _meta_author(meta)
    if byline and _is_site(author, meta):
        author = None
    title = title_of(tree, headline, meta.get("og:site_name"))
    flags = {
        "live": "LiveBlogPosting" in types(linked)
        or _LIVE.search(fold(f"{title} {headline or ''}").casefold()) is not None,
        "many": has_many_articles(tree),
        "paywalled": str(linked.get("isAccessibleForFree")).lower() == "false",
    }
    return Metadata(
        title=title,
        headline=headline,
        byline=author or byline,
        standfirst=standfirst,
        published=_stated(linked.get("datePublished"), meta, "article:published_time", "datepublished")
        or _shown_date(tree),
        modified=_stated(linked.get("dateModified"), meta, "article:modified_time", "datemodified"),
        language=field(tree.get("lang")) or field(linked.get("inLanguage")),
        section=meta.get("article:section") or field(linked.get("articleSection")),
        canonical=named_url(tree),
        image=meta.get("og:image") or _image(linked.get("image")),
        is_article=_says_article(linked, meta),
        flags=tuple(name for name, is_set in sorted(flags.items()) if is_set),
    )


def _stated(linked: object, meta: dict[str, str], *names: str) -> str | None:
    """The first date that is one: empty ones are written as the year 1, or as 1970."""
    dates = (field(linked), *(meta.get(name) for name in names))
    return next((date for date in dates if date and not _NO_DATE.match(date)), None)


def _shown_date(tree: HtmlElement) -> str | None:
    """The date of publication that the page shows or has in its address."""
    date: str | None = find_date(
        tree, extensive_search=False, original_date=True, min_date="1995-01-01", max_date=_MAX_DATE
    )
    return date


def _image(linked: object) -> str | None:
    first = linked[0] if isinstance(linked, list) and linked else linked
    return field(first.get("url") if isinstance(first, dict) else first)


def says_article(tree: HtmlElement) -> bool:
    """Whether a page says that it is an article."""
    return _says_article(linked_data(tree), meta_tags(tree))


def _says_article(linked: dict[str, Any], meta: dict[str, str]) -> bool:
    return bool(linked) or meta.get("og:type") == "article"


def has_many_articles(tree: HtmlElement) -> bool:
    """Whether a page marks several boxes as articles whose heading leads elsewhere."""
    articles = islice(tree.iter("article"), _MAX_MARKED)
    return sum(any(heading.find(".//a") is not None for heading in one.iter("h2", "h3")) for one in articles) >= _MANY


def named_url(tree: HtmlElement) -> str | None:
    """The URL that a page names as its own."""
    links = (link.get("href") for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical")
    return next((clean(href)[:MAX_FIELD] for href in links if href), None)


def meta_tags(tree: HtmlElement) -> dict[str, str]:
    """The meta tags by name, the first of each."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        if name not in found and (value := field(element.get("content"))):
            found[name] = value
    return found


def _meta_author(meta: dict[str, str]) -> str | None:
    named = (meta.get(name) for name in _META_AUTHORS)
    return next((without_by(author) for author in named if author and "://" not in author), None)


def _is_site(name: str | None, meta: dict[str, str]) -> bool:
    """Whether an author is the site itself, which says less than the byline that the page shows."""
    return name is not None and fold(name).casefold() == fold(meta.get("og:site_name", "")).casefold()
