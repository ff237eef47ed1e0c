"""What a fetch says: the article in a page, or the one that its producer extracted.

The text extractor stands behind `read_page`, and nothing else knows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import trafilatura
from lxml.etree import LxmlError, ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura.settings import Document
from trafilatura.utils import line_processing, trim

from agents.detect.bounds import MAX_TAGS, check_text, check_tree, is_large
from agents.detect.charset import decode
from agents.detect.folding import clean, text_hash
from agents.detect.metadata import read_metadata
from agents.detect.paragraphs import read_paragraphs
from schemas.article import Paragraph
from schemas.errors import BadRecordError, Reason, shown
from schemas.fetch import Extracted

EXTRACTOR = f"trafilatura/{trafilatura.__version__}"
PRODUCER = "producer"
"""The extractor of an article that came without a page."""

MAX_JUNK = 0.05
"""The share of characters that are no text (controls, replacements) from which on a body is binary data."""

BINARY = "binary"
"""The flag of a reading whose body is no text at all."""

_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """An article as it was read. The fields are those of the version event."""

    title: str = ""
    headline: str | None = None
    byline: str | None = None
    standfirst: str | None = None
    published: str | None = None
    modified: str | None = None
    language: str | None = None
    section: str | None = None
    paragraphs: tuple[Paragraph, ...] = ()
    furniture: tuple[Paragraph, ...] = ()
    extractor: str = EXTRACTOR
    flags: tuple[str, ...] = ()

    @cached_property
    def hash(self) -> str:
        """The hash of what makes a version: title, byline, standfirst and the text of the paragraphs."""
        return text_hash(self.title, self.byline, self.standfirst, (p.text for p in self.paragraphs))


def read_page(body: bytes, charset: str | None = None) -> Reading:
    """Read an HTML page; one without an article has no paragraphs. `charset` is what the HTTP header says.

    The same bytes always give the same reading. Time and memory are kept within `agents.detect.bounds`.

    Raises:
        BadRecordError: `too_complex`, or `unreadable` where parser or extractor failed.
    """
    text = decode(body, charset)
    cleaned = _CONTROLS.sub("", text)
    if len(text) - len(cleaned) + text.count("\ufffd") > MAX_JUNK * len(text):
        return Reading(flags=(BINARY,))
    check_text(cleaned)
    try:
        tree = _parse(cleaned)
    except ParserError:  # nothing but whitespace and comments
        return Reading()
    except LxmlError as error:
        raise BadRecordError(Reason.UNREADABLE, f"the page cannot be parsed: {shown(error)}") from error
    if is_large(cleaned):
        check_tree(tree)
    return _extract(tree)


def read_extracted(article: Extracted) -> Reading:
    """The article as its producer read it, each field in one line.

    Raises:
        BadRecordError: `too_complex`.
    """
    if len(article.paragraphs) > MAX_TAGS:
        what = f"the article has {len(article.paragraphs)} paragraphs, {MAX_TAGS} can be read"
        raise BadRecordError(Reason.TOO_COMPLEX, what)
    paragraphs = (Paragraph(p.kind, clean(p.text)) for p in article.paragraphs)
    return Reading(
        title=clean(article.title),
        byline=clean(article.byline or "") or None,
        published=clean(article.published or "") or None,
        paragraphs=tuple(p for p in paragraphs if p.text),
        extractor=PRODUCER,
    )


def _parse(text: str) -> HtmlElement:
    parser = HTMLParser(encoding="utf-8", collect_ids=False, remove_comments=True, remove_pis=True)
    tree = document_fromstring(text.encode(), parser=parser)
    # libxml2 stops at 256 levels and at texts of 10 MB, and goes on with what it has: half an article.
    if limit := next((e.message for e in parser.error_log if "XML_PARSE_HUGE" in e.message), None):
        raise BadRecordError(Reason.TOO_COMPLEX, f"the page cannot be parsed to its end: {limit.strip()}")
    return tree


def _extract(tree: HtmlElement) -> Reading:
    for cell in tree.iter("td", "th"):  # spans are layout, for which the extractor would make empty cells
        for span in {"colspan", "rowspan"} & set(cell.attrib):
            del cell.attrib[span]
    try:
        found = read_metadata(tree)
        document = trafilatura.bare_extraction(
            tree, fast=True, include_comments=False, include_links=True, output_format="txt"
        )
        kept, left_out = read_paragraphs(document.body) if isinstance(document, Document) else ((), ())
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
        paragraphs=tuple(p for p in kept if p.text not in (found.title, found.standfirst)),
        furniture=left_out,
        flags=found.flags,
    )
