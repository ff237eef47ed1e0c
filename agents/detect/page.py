"""The article in a page: the text extractor stands behind `read_page`, and nothing else knows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import trafilatura
from lxml.etree import LxmlError, ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from agents.detect.body import read_body
from agents.detect.charset import decode
from agents.detect.folding import clean
from agents.detect.metadata import read_metadata
from agents.detect.no_article import notice
from agents.detect.reading import BINARY, MAX_FIELD, Reading
from agents.detect.rules import Rules, found, rules_for, strip
from agents.detect.shown import MAX_BYLINE, without_by
from agents.detect.visible import visible_hash
from schemas.errors import BadRecordError, Reason, shown

MAX_TAGS = 60_000
"""Opening angle brackets. Real pages: at most 6,559."""

EXTRACTOR = f"trafilatura/{trafilatura.__version__} newsdiff/1"
"""Who read a page; the second number is that of the rules in this package. With another, articles are read anew."""

MAX_JUNK = 0.05
"""The share of characters that are no text (controls, replacements) from which on a body is binary data."""

MAX_TAIL = 4096
"""Characters in which a page ends, after its last tag, or begins."""

_LIMIT = "XML_PARSE_HUGE"
"""Stands in libxml2's messages on its limits, as the way around them."""

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_CONTROL_REFERENCES = re.compile(
    "&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45])|x0*(?:[0-8bcef]|1[0-9a-f]|fff[ef]))(?![0-9a-f]);?", re.IGNORECASE
)


def read_page(
    body: bytes,
    charset: str | None = None,
    known: str | None = None,
    host: str = "",
    rules: Mapping[str, Rules] = MappingProxyType({}),
) -> Reading:
    """Read an HTML page; one without an article has no paragraphs.

    `charset` is what the HTTP header says; `known` the hash of what is visible of a page that was read before: where
    this page has the same, that alone is returned. `rules`, for some hosts, by their names. The same arguments always
    give the same reading. A hostile page may take minutes and all memory: `streams.readers` sets limits.

    Raises:
        BadRecordError: `too_complex`, or `unreadable` where parser or extractor failed.
    """
    text = decode(body, charset)
    cleaned = _CONTROLS.sub("", text)
    if len(text) - len(cleaned) + text.count("\ufffd") > MAX_JUNK * len(text):
        return Reading(flags=(BINARY,))
    if (tags := cleaned.count("<")) > MAX_TAGS:
        raise BadRecordError(Reason.TOO_COMPLEX, f"the page has {tags} tags, {MAX_TAGS} can be read")
    cleaned = _CONTROL_REFERENCES.sub("", cleaned)  # no tree takes them back
    visible = visible_hash(cleaned)
    if visible == known:
        return Reading(visible=visible)
    try:
        tree = _parse(cleaned)
    except ParserError:  # nothing but whitespace and comments
        return Reading(visible=visible)
    except LxmlError as error:
        raise BadRecordError(Reason.UNREADABLE, f"the page cannot be parsed: {shown(error)}") from error
    reading = _extract(tree, rules_for(host, rules))
    return replace(
        reading,
        visible=visible,
        whole=_is_whole(cleaned),
    )


def _is_whole(page: str) -> bool:
    """Whether a page has an end, or leaves out the last tags that may be left out, but none that may not."""
    if "</html" in page[-MAX_TAIL:].lower() or "<html" not in page[:MAX_TAIL].lower():
        return True
    return all(page.count(f"<{tag}") <= page.count(f"</{tag}>") for tag in ("div", "main", "article"))


def _parse(text: str) -> HtmlElement:
    parser = HTMLParser(encoding="utf-8", collect_ids=False, remove_comments=True, remove_pis=True)
    tree = document_fromstring(text.encode(), parser=parser)
    # libxml2 stops at 256 levels and at texts of 10 MB, and goes on with what it has: half an article.
    if limit := next((e.message for e in parser.error_log if _LIMIT in e.message), None):
        what = limit.partition(_LIMIT)[0].rpartition(",")[0]
        raise BadRecordError(Reason.TOO_COMPLEX, f"the page cannot be parsed to its end: {what}")
    return tree


def _extract(tree: HtmlElement, rules: Rules | None) -> Reading:
    for cell in tree.iter("td", "th"):  # spans are layout, for which the extractor would make empty cells
        for span in {"colspan", "rowspan"} & set(cell.attrib):
            del cell.attrib[span]
    try:
        metadata = read_metadata(tree)
        title, byline = (_named(tree, rules, key) for key in ("title", "author"))
        if rules:
            strip(tree, rules)
        kept, left_out = read_body(tree, rules, metadata.canonical)
    except MemoryError:
        raise
    except Exception as error:
        raise BadRecordError(Reason.UNREADABLE, f"the extractor failed on the page: {shown(error)}") from error
    title = title or metadata.title
    byline = byline or metadata.byline
    told = {title, metadata.standfirst}
    paragraphs = tuple(p for p in kept if p.text not in told and not _is_byline(p.text, byline))
    return Reading(
        title=title,
        headline=metadata.headline,
        byline=byline,
        standfirst=metadata.standfirst,
        published=metadata.published,
        modified=metadata.modified,
        language=metadata.language,
        section=metadata.section,
        canonical=metadata.canonical,
        image=metadata.image,
        notice=notice(title, [p.text for p in paragraphs or left_out], says_article=metadata.is_article),
        paragraphs=paragraphs,
        furniture=left_out,
        extractor=f"{EXTRACTOR} rules/{rules.version}" if rules else EXTRACTOR,
        flags=metadata.flags,
    )


def _is_byline(text: str, byline: str | None) -> bool:
    return byline is not None and len(text) <= MAX_BYLINE and without_by(text) == byline


def _named(tree: HtmlElement, rules: Rules | None, key: str) -> str | None:
    """What the rules name as title or author, in one line."""
    elements = found(tree, rules, key) if rules else ()
    return ", ".join(filter(None, (clean(str(element.text_content())) for element in elements)))[:MAX_FIELD] or None
