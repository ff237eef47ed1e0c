"""The paragraphs of the article in a page's tree: where trafilatura finds them, and where it does not."""

from __future__ import annotations

from collections import Counter
from configparser import ConfigParser
from copy import deepcopy

import trafilatura
from lxml.html import HtmlElement, document_fromstring
from trafilatura.settings import DEFAULT_CONFIG, Document, use_config
from trafilatura.utils import line_processing, trim

from agents.detect.corrections import corrections, missing
from agents.detect.densest import densest, join_pieces
from agents.detect.folding import clean
from agents.detect.paragraphs import read_paragraphs
from agents.detect.passed_over import all_prose, passed_over
from agents.detect.prepare import drop_unseen, mark_paragraphs, show_quotes
from agents.detect.rules import MIN_BODY, Rules, found, is_ignored
from agents.detect.teasers import drop_links, drop_teasers
from schemas.article import Paragraph

Body = tuple[tuple[Paragraph, ...], tuple[Paragraph, ...]]
"""The paragraphs of an article, and those that stand beside it."""

MISSED = 0.2
"""The share of the words in the densest part of a page, below which the extractor has missed it."""

SOME_HEADINGS = 3

FEW = 3
"""Paragraphs of a body that may be all of a page in one piece."""

LITTLE_IS_ENOUGH = use_config()
LITTLE_IS_ENOUGH.set("DEFAULT", "MIN_EXTRACTED_SIZE", "1")


def read_body(tree: HtmlElement, rules: Rules | None, canonical: str | None) -> Body:
    """The paragraphs in a page, of which the tree is used up. `canonical`: what it says that its address is."""
    try:
        drop_unseen(tree)
        mark_paragraphs(tree)
        show_quotes(tree)
        everything, corrected = [*all_prose(tree)], corrections(tree)  # before the tree is taken apart
        drop_teasers(tree, canonical)
        links = drop_links(tree)
        kept, left_out = (_by_rules(tree, rules) if rules else None) or _by_extractor(tree)
        kept = (*kept, *missing(corrected, kept))
        left_out = (*left_out, *links, *passed_over(everything, (*kept, *left_out)))
    finally:
        # They keep a thousand texts of any length for the next page.
        trim.cache_clear()
        line_processing.cache_clear()
    if rules is None:
        return kept, left_out
    ignored = tuple(p for p in kept if is_ignored(p.text, rules))
    return tuple(p for p in kept if p not in ignored), (*left_out, *ignored)


def _by_rules(tree: HtmlElement, rules: Rules) -> Body | None:
    """What stands in the elements that the rules name, None where that is too little."""
    named = [deepcopy(element) for element in found(tree, rules, "body")]
    if not named:
        return None
    body = _run_extractor(_page_of(named))
    return body if sum(len(p.text) for p in body[0]) >= MIN_BODY else None


def _by_extractor(tree: HtmlElement) -> Body:
    """What the extractor finds.

    Where most prose stands elsewhere, or it left the headings out, it is shown the box with most prose.
    """
    prose, words = densest(tree)
    if prose is None:
        prose = next(tree.iter("article", "main"), None)
    if prose is None:
        return _run_extractor(tree)
    join_pieces(prose)
    body = _run_extractor(tree)
    missed = sum(len(p.text.split()) for p in body[0]) < MISSED * words
    headings = [*prose.iter("h2", "h3", "h4")]
    read = sum(p.kind == "heading" for p in body[0])
    if missed or (len(headings) >= SOME_HEADINGS and 2 * read < len(headings)):
        _show_boxes(headings)
        shown = _run_extractor(_page_of([prose]))
        if missed or len(shown[0]) >= len(body[0]):
            return shown
    return body


def _page_of(elements: list[HtmlElement]) -> HtmlElement:
    """A page with nothing but these elements, as its article."""
    page = document_fromstring("<html><body><article></article></body></html>")
    for article in page.iter("article"):
        article.extend(elements)
    return page


def _show_boxes(headings: list[HtmlElement]) -> None:
    """Take the class off boxes around headings that share one: by it the extractor takes the first for the article."""
    boxes = [box for heading in headings if (box := heading.getparent()) is not None]
    names = Counter(box.get("class") for box in boxes)
    for box in boxes:
        if names[box.get("class")] > 1:
            box.attrib.pop("class", None)


def _run_extractor(tree: HtmlElement) -> Body:
    """What the extractor finds.

    Where that is short it takes all text of the page in one piece, unless it is told that little is enough.
    """
    body = _extract(tree)
    if len(body[0]) <= FEW:
        short = _extract(tree, LITTLE_IS_ENOUGH)
        titles = [clean(str(h1.text_content())) for h1 in tree.iter("h1")]
        pieces = {*titles, *(one.text for one in (*short[0], *short[1]))} - {""}
        if short[0] and any(_joins(one.text, pieces) for one in body[0]):
            return short
    return body


def _joins(text: str, pieces: set[str]) -> bool:
    """Whether a text is made of several pieces."""
    return sum(piece != text and piece in text for piece in pieces) > 1


def _extract(tree: HtmlElement, config: ConfigParser = DEFAULT_CONFIG) -> Body:
    document = trafilatura.bare_extraction(
        tree, fast=True, include_comments=False, include_links=True, output_format="txt", config=config
    )
    return read_paragraphs(document.body) if isinstance(document, Document) else ((), ())
