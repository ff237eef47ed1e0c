"""What a page shows of itself to its readers: title, byline and standfirst."""

from __future__ import annotations

import re
from collections import Counter
from copy import deepcopy
from itertools import islice
from typing import cast

from lxml.etree import XPath
from lxml.html import HtmlElement

from agents.detect.folding import clean, fold
from agents.detect.reading import MAX_FIELD

MAX_BYLINE = 200
"""Characters of a byline that the page shows; what is longer is a biography."""

_MAX_MARKED = 100
_MAX_HEADINGS = 20

_CONFIRMED = 0.5
"""The share of words that an h1 and the metadata's headline, or the title tag, have in common."""

_MIN_TITLE = 3
"""Words of an h1 that says more than the name of a section."""

# By their attributes, of which there are fewer than elements.
_MARKED = XPath(
    "//@class[contains(., 'byline') or contains(., 'aut') or contains(., 'standfirst') or contains(., 'dek')]/.."
    " | //@rel[. = 'author']/.. | //@itemprop[. = 'author' or . = 'description']/.."
)
_BYLINE = {
    "author", "authors", "byline", "article-byline", "article__byline", "byline__name", "author-name", "post-author",
    "article-author", "entry-author", "autor", "auteur", "autore",
}  # fmt: skip
_STANDFIRST = {"description", "standfirst", "dek"}
"""Whole names of classes, and values of `itemprop`. Longer names are those of teasers, comments and the like."""

_DATED = ("updated", "published", "posted", "today", "yesterday", "aktualisiert", "mis à jour", "publié", "actualizado")
_BY = re.compile(r"(?:by|von|par|por|door|av|af)\b:?\s+(?=\S)", re.IGNORECASE)
_DAY = r"\d{1,2}(?:st|nd|rd|th|\.)?(?:,|$|\s+(?:\d|at\b)|\s*[|\u2022\u00b7-])"
_WEEKDAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?"
_BEHIND_NAMES = re.compile(
    rf"[\s,|\u2022\u00b7-]*(?:(?:\b{_WEEKDAY}\s+)?\b[^\W\d]+\.?,?\s+(?={_DAY})|\b{_WEEKDAY}\s+\d|\b(?:{'|'.join(_DATED)})\b|\d|@\w).*",
    re.DOTALL | re.IGNORECASE,
)  # a month before a day, or what else cannot stand in a name

_ASIDE = {"aside", "footer", "nav"}
_BESIDE = re.compile("comment|related|sidebar|teaser|footer|most-read", re.IGNORECASE)
_MAX_AROUND = 8

_UNREAD = ("script", "style", "template", "textarea", "select", "svg")


def shown_byline_and_standfirst(tree: HtmlElement) -> tuple[str | None, str | None]:
    """The first byline and the first standfirst of a reasonable length that the page shows as such."""
    byline = standfirst = None
    for element in cast("list[HtmlElement]", _MARKED(tree))[:_MAX_MARKED]:
        names = {element.get("rel"), element.get("itemprop"), *(element.get("class") or "").lower().split()}
        if _is_beside(element):
            continue
        text = _text(element, "time") if names & (_BYLINE | _STANDFIRST) else ""
        if names & _BYLINE and byline is None and 2 < len(text) <= MAX_BYLINE:  # noqa: PLR2004 - shorter is no name
            byline = without_by(text)
        if names & _STANDFIRST and standfirst is None and text:
            standfirst = text
    return byline, standfirst


def _is_beside(element: HtmlElement) -> bool:
    """Whether an element belongs to a comment, or to another article."""
    around = islice(element.iterancestors(), _MAX_AROUND)
    return any(one.tag in _ASIDE or _BESIDE.search(f"{one.get('class')} {one.get('id')}") for one in around)


def without_by(text: str) -> str:
    """The names in a byline: without "By", and without the date, the reading time and the like that follow."""
    return _BEHIND_NAMES.sub("", _BY.sub("", text, count=1) if _BY.match(text) else text) or text


def title_of(tree: HtmlElement, headline: str | None, site: str | None) -> str:
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
