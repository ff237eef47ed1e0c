"""What a page says about itself: its headline, who wrote it, and when."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

import orjson
from htmldate import find_date
from lxml.etree import XPath
from lxml.html import HtmlElement

from agents.detect.folding import clean, fold

MAX_FIELD = 1000
"""Characters of any one field."""

MAX_BYLINE = 120
"""Characters of a byline that the page shows; what is longer is a biography."""

_MAX_BLOCKS = 50
_MAX_BLOCK = 1024 * 1024
_MAX_HEADINGS = 20

_CONFIRMED = 0.5
"""The share of words that an h1 and the metadata's headline, or the title tag, have in common."""

_MIN_TITLE = 3
"""Words of an h1 that says more than the name of a section."""

_MAX_MARKED = 100
_MANY = 5
_MAX_AUTHORS = 50

_ARTICLE_TYPES = {"BlogPosting", "LiveBlogPosting", "Report"}  # and every type whose name ends in Article

_NO_DATE = re.compile(r"0{1,4}\d?-|1970-01-01")
_MAX_DATE = "2100-01-01"
"""No date is later. By itself the search asks the clock, and would read the same page otherwise on another day."""

_CONTROL = re.compile("[\x00-\x1f]")

# By their attributes, of which there are fewer than elements.
_MARKED = XPath(
    "//@class[contains(., 'byline') or contains(., 'aut') or contains(., 'standfirst') or contains(., 'dek')]/.."
    " | //@rel[. = 'author']/.. | //@itemprop[. = 'author' or . = 'description']/.."
)
_BYLINE = {"author", "byline", "autor", "auteur", "autore"}
_STANDFIRST = {"description", "standfirst", "dek"}
"""Whole names of classes, and values of `itemprop`. Longer names are those of teasers, comments and the like."""

_DATED = ("updated", "published", "posted", "today", "yesterday", "aktualisiert", "mis à jour", "publié", "actualizado")
_BY = re.compile(r"(?:by|von|par|por|door|av|af)\b:?\s+(?=\S)", re.IGNORECASE)
_DAY = r"\d{1,2}(?:st|nd|rd|th|\.)?(?:,|$|\s+(?:\d|at\b)|\s*[|\u2022\u00b7-])"
_WEEKDAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?"
_BEHIND_NAMES = re.compile(
    rf"[\s,-]*(?:[|\u2022\u00b7]|(?:\b{_WEEKDAY}\s+)?\b[^\W\d]+\.?,?\s+(?={_DAY})|\b{_WEEKDAY}\s+\d|\b(?:{'|'.join(_DATED)})\b|\d|@\w).*",
    re.DOTALL | re.IGNORECASE,
)  # a month before a day, or what else cannot stand in a name

_UNREAD = ("script", "style", "template", "textarea", "select", "svg")

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
    linked = _linked_data(tree)
    meta = _meta(tree)
    byline, standfirst = _shown(tree)
    headline = _field(linked.get("headline")) or meta.get("og:title")
    author = _authors(linked) or _meta_author(meta)
    if byline and _is_site(author, meta):
        author = None
    flags = {
        "live": "LiveBlogPosting" in _types(linked),
        "many": _teasers(tree) >= _MANY,
        "paywalled": str(linked.get("isAccessibleForFree")).lower() == "false",
    }
    return Metadata(
        title=_title(tree, headline, meta.get("og:site_name")),
        headline=headline,
        byline=author or byline,
        standfirst=standfirst,
        published=_stated(linked.get("datePublished"), meta, "article:published_time", "datepublished")
        or _shown_date(tree),
        modified=_stated(linked.get("dateModified"), meta, "article:modified_time", "datemodified"),
        language=_field(tree.get("lang")) or _field(linked.get("inLanguage")),
        section=meta.get("article:section") or _field(linked.get("articleSection")),
        canonical=_canonical(tree),
        image=meta.get("og:image") or _image(linked.get("image")),
        is_article=bool(linked) or meta.get("og:type") == "article",
        flags=tuple(name for name, is_set in sorted(flags.items()) if is_set),
    )


def _stated(linked: object, meta: dict[str, str], *names: str) -> str | None:
    """The first date that is one: empty ones are written as the year 1, or as 1970."""
    dates = (_field(linked), *(meta.get(name) for name in names))
    return next((date for date in dates if date and not _NO_DATE.match(date)), None)


def _shown_date(tree: HtmlElement) -> str | None:
    """The date of publication that the page shows or has in its address."""
    date: str | None = find_date(
        tree, extensive_search=False, original_date=True, min_date="1995-01-01", max_date=_MAX_DATE
    )
    return date


def _image(linked: object) -> str | None:
    first = linked[0] if isinstance(linked, list) and linked else linked
    return _field(first.get("url") if isinstance(first, dict) else first)


def _teasers(tree: HtmlElement) -> int:
    """How many boxes the page marks as articles whose heading leads elsewhere."""
    articles = islice(tree.iter("article"), _MAX_MARKED)
    return sum(any(heading.find(".//a") is not None for heading in one.iter("h2", "h3")) for one in articles)


def _canonical(tree: HtmlElement) -> str | None:
    links = (link.get("href") for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical")
    return next((clean(href)[:MAX_FIELD] for href in links if href), None)


def _field(value: object) -> str | None:
    """A string in one line, the first one of a list; None if it is neither, or empty."""
    if isinstance(value, list) and value:
        value = value[0]
    return (clean(html.unescape(value[: 2 * MAX_FIELD]))[:MAX_FIELD] or None) if isinstance(value, str) else None


def _meta(tree: HtmlElement) -> dict[str, str]:
    """The meta tags by name, the first of each."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        if name not in found and (value := _field(element.get("content"))):
            found[name] = value
    return found


def _linked_data(tree: HtmlElement) -> dict[str, Any]:
    """The first article in the page's JSON-LD, {} if there is none."""
    scripts = (script for script in tree.iter("script") if "ld+json" in (script.get("type") or ""))
    for script in islice(scripts, _MAX_BLOCKS):
        try:
            # Newlines in strings are no JSON, but common; between tokens they are as good as spaces.
            data = orjson.loads(_CONTROL.sub(" ", (script.text or "")[:_MAX_BLOCK]))
        except orjson.JSONDecodeError:
            continue
        for thing in _things(data):
            if any(name.endswith("Article") or name in _ARTICLE_TYPES for name in _types(thing)):
                return thing
    return {}


def _things(data: object) -> Iterator[dict[str, Any]]:
    """The objects at the top of a JSON-LD document, and those of its graphs."""
    for thing in data if isinstance(data, list) else [data]:
        if isinstance(thing, dict):
            yield thing
            graph = thing.get("@graph")
            yield from (node for node in (graph if isinstance(graph, list) else []) if isinstance(node, dict))


def _types(thing: dict[str, Any]) -> list[str]:
    names = thing.get("@type")
    return [name for name in (names if isinstance(names, list) else [names]) if isinstance(name, str)]


def _authors(linked: dict[str, Any]) -> str | None:
    given = linked.get("author")
    authors = given if isinstance(given, list) else [given]
    names = [_field(author.get("name") if isinstance(author, dict) else author) for author in authors[:_MAX_AUTHORS]]
    return ", ".join(dict.fromkeys(name for name in names if name))[:MAX_FIELD] or None


def _meta_author(meta: dict[str, str]) -> str | None:
    named = (meta.get(name) for name in _META_AUTHORS)
    return next((_without_by(author) for author in named if author and "://" not in author), None)


def _is_site(name: str | None, meta: dict[str, str]) -> bool:
    """Whether an author is the site itself, which says less than the byline that the page shows."""
    return name is not None and fold(name).casefold() == fold(meta.get("og:site_name", "")).casefold()


def _shown(tree: HtmlElement) -> tuple[str | None, str | None]:
    """The first byline and the first standfirst of a reasonable length that the page shows as such."""
    byline = standfirst = None
    for element in cast("list[HtmlElement]", _MARKED(tree))[:_MAX_MARKED]:
        names = {element.get("rel"), element.get("itemprop"), *(element.get("class") or "").split()}
        text = _text(element, "time") if names & (_BYLINE | _STANDFIRST) else ""
        if names & _BYLINE and byline is None and 2 < len(text) <= MAX_BYLINE:  # noqa: PLR2004 - shorter is no name
            byline = _without_by(text)
        if names & _STANDFIRST and standfirst is None and text:
            standfirst = text
    return byline, standfirst


def _without_by(text: str) -> str:
    """The names in a byline: without "By", and without the date, the reading time and the like that follow."""
    return _BEHIND_NAMES.sub("", _BY.sub("", text, count=1) if _BY.match(text) else text) or text


def _title(tree: HtmlElement, headline: str | None, site: str | None) -> str:
    """The h1 that the metadata confirm, else the one in the article, else the headline of the metadata, else the title.

    The name of the site is none. An h1 that is edited while the metadata stay is still confirmed by most of its words.
    """
    title = next((_text(element) for element in tree.iter("title")), "")
    found = ((element, _text(element)) for element in islice(tree.iter("h1"), _MAX_HEADINGS))
    shown = [(element, text) for element, text in found if text and text != site]
    headings = [text for _, text in shown]
    told = [_words(text) for text in (headline, title) if text]
    # An h1 with the name of the paper or of the section stands in the title tag too, as its smaller part.
    confirmed = [(max((_agreement(_words(text), other) for other in told), default=0.0), text) for text in headings]
    best = max((share for share, _ in confirmed), default=0.0)
    if best >= _CONFIRMED:
        return next(text for share, text in confirmed if share == best)
    long = [(element, text) for element, text in shown if len(text.split()) >= _MIN_TITLE]
    inside = [text for element, text in long if any(one.tag in ("article", "main") for one in element.iterancestors())]
    if inside or len(long) == 1:
        return inside[0] if inside else long[0][1]
    return headline or next(iter(headings), title)


def _agreement(words: Counter[str], others: Counter[str]) -> float:
    """The share of words that two titles have in common, of the longer one's."""
    return (words & others).total() / max(words.total(), others.total(), 1)


def _words(text: str) -> Counter[str]:
    """Words without what a title tag punctuates otherwise."""
    return Counter("".join(char if char.isalnum() else " " for char in fold(text).casefold()).split())


def _text(element: HtmlElement, *but: str) -> str:
    """The text of an element, without what no reader sees and without elements of these names."""
    unread = (*_UNREAD, *but)
    if next(element.iter(*unread), element) is not element:
        element = deepcopy(element)
        for part in [*element.iter(*unread)]:
            if part is not element:
                part.drop_tree()
    for line in element.iter("br"):
        line.tail = f" {line.tail or ''}"
    return clean(str(element.text_content())[: 4 * MAX_FIELD])[:MAX_FIELD]
