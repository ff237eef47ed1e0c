"""The article in a page: the text extractor stands behind `read_page`, and nothing else knows it."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace

import trafilatura
from lxml.etree import LxmlError, ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura.settings import Document
from trafilatura.utils import line_processing, trim

from agents.detect.charset import decode
from agents.detect.densest import densest, join_pieces
from agents.detect.metadata import read_metadata
from agents.detect.no_article import notice
from agents.detect.paragraphs import read_paragraphs
from agents.detect.prepare import mark_paragraphs, show_quotes
from agents.detect.reading import BINARY, Reading
from agents.detect.visible import visible_hash
from schemas.article import Paragraph
from schemas.errors import BadRecordError, Reason, shown

MAX_TAGS = 60_000
"""Opening angle brackets. Real pages: at most 6,559."""

EXTRACTOR = f"trafilatura/{trafilatura.__version__} newsdiff/1"
"""Who read a page; the second number is that of the rules in this package. With another, articles are read anew."""

MAX_JUNK = 0.05
"""The share of characters that are no text (controls, replacements) from which on a body is binary data."""

MISSED = 0.2
"""The share of the words in the densest part of a page, below which the extractor has missed it."""

SOME_HEADINGS = 3

MAX_TAIL = 4096
"""Characters in which a page ends, after its last tag, or begins."""

_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")


def read_page(body: bytes, charset: str | None = None, known: str | None = None) -> Reading:
    """Read an HTML page; one without an article has no paragraphs.

    `charset` is what the HTTP header says; `known` the hash of what is visible of a page that was read before: where
    this page has the same, that alone is returned. The same arguments always give the same reading. A hostile page may
    take minutes and all memory: `streams.readers` sets limits.

    Raises:
        BadRecordError: `too_complex`, or `unreadable` where parser or extractor failed.
    """
    text = decode(body, charset)
    cleaned = _CONTROLS.sub("", text)
    if len(text) - len(cleaned) + text.count("\ufffd") > MAX_JUNK * len(text):
        return Reading(flags=(BINARY,))
    if (tags := cleaned.count("<")) > MAX_TAGS:
        raise BadRecordError(Reason.TOO_COMPLEX, f"the page has {tags} tags, {MAX_TAGS} can be read")
    visible = visible_hash(cleaned)
    if visible == known:
        return Reading(visible=visible)
    try:
        tree = _parse(cleaned)
    except ParserError:  # nothing but whitespace and comments
        return Reading(visible=visible)
    except LxmlError as error:
        raise BadRecordError(Reason.UNREADABLE, f"the page cannot be parsed: {shown(error)}") from error
    reading = _extract(tree)
    return replace(
        reading,
        visible=visible,
        notice=notice(reading.title, [p.text for p in reading.paragraphs]),
        whole="</html" in cleaned[-MAX_TAIL:].lower() or "<html" not in cleaned[:MAX_TAIL].lower(),
    )


def _parse(text: str) -> HtmlElement:
    parser = HTMLParser(encoding="utf-8", collect_ids=False, remove_comments=True, remove_pis=True)
    tree = document_fromstring(text.encode(), parser=parser)
    # libxml2 stops at 256 levels and at texts of 10 MB, and goes on with what it has: half an article.
    if limit := next((e.message for e in parser.error_log if "XML_PARSE_HUGE" in e.message), None):
        raise BadRecordError(Reason.TOO_COMPLEX, f"the page cannot be parsed to its end: {limit.strip()}")
    return tree


def _read_body(tree: HtmlElement) -> tuple[tuple[Paragraph, ...], tuple[Paragraph, ...]]:
    """The paragraphs that the extractor finds.

    Where most prose stands elsewhere, or it found no box that it knows and left the headings out, it is shown the box
    with most prose.
    """
    prose, words = densest(tree)
    if prose is not None:
        join_pieces(prose)
    prose = None if prose is None else deepcopy(prose)  # the extractor takes the tree apart
    found = _run_extractor(tree)
    if prose is None:
        return found
    missed = sum(len(p.text.split()) for p in found[0]) < MISSED * words
    if missed or (_has_headings(prose) and all(p.kind == "text" for p in found[0])):
        page = document_fromstring("<html><body><article></article></body></html>")
        for article in page.iter("article"):
            article.append(prose)
        found_there = _run_extractor(page)
        if missed or len(found_there[0]) >= len(found[0]):
            return found_there
    return found


def _has_headings(prose: HtmlElement) -> bool:
    return sum(1 for _ in prose.iter("h2", "h3", "h4")) >= SOME_HEADINGS


def _run_extractor(tree: HtmlElement) -> tuple[tuple[Paragraph, ...], tuple[Paragraph, ...]]:
    document = trafilatura.bare_extraction(
        tree, fast=True, include_comments=False, include_links=True, output_format="txt"
    )
    return read_paragraphs(document.body) if isinstance(document, Document) else ((), ())


def _extract(tree: HtmlElement) -> Reading:
    for cell in tree.iter("td", "th"):  # spans are layout, for which the extractor would make empty cells
        for span in {"colspan", "rowspan"} & set(cell.attrib):
            del cell.attrib[span]
    try:
        found = read_metadata(tree)
        mark_paragraphs(tree)
        show_quotes(tree)
        kept, left_out = _read_body(tree)
    except MemoryError:
        raise
    except Exception as error:
        raise BadRecordError(Reason.UNREADABLE, f"the extractor failed on the page: {shown(error)}") from error
    finally:
        # They keep a thousand texts of any length for the next page.
        trim.cache_clear()
        line_processing.cache_clear()
    return Reading(
        title=found.title,
        headline=found.headline,
        byline=found.byline,
        standfirst=found.standfirst,
        published=found.published,
        modified=found.modified,
        language=found.language,
        section=found.section,
        canonical=found.canonical,
        paragraphs=tuple(p for p in kept if p.text not in (found.title, found.standfirst)),
        furniture=left_out,
        extractor=EXTRACTOR,
        flags=found.flags,
    )
