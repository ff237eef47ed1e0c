"""Corrections, wherever they stand on a page: in boxes beside or behind the article too, which no extractor reads."""

from __future__ import annotations

from collections.abc import Iterable

from lxml.html import HtmlElement

from agents.corrections import is_correction, is_label, may_hold_correction
from agents.detect.folding import clean, fold
from schemas.article import Paragraph

MIN_LENGTH, MAX_LENGTH = 30, 1500
"""Characters of a correction."""

_BLOCKS = ("p", "div", "li", "section", "aside", "footer", "blockquote", "h2", "h3", "h4", "h5", "h6")
_AROUND = {"nav", "form"}
_BOXES = (*_BLOCKS, *_AROUND, "header", "article", "main", "ul", "ol", "table")


def corrections(tree: HtmlElement) -> list[Paragraph]:
    """The corrections on a page, in their order."""
    if not may_hold_correction(" ".join(str(tree.text_content()).split()).casefold()):
        return []
    return [
        Paragraph("text", text)
        for element in tree.iter(*_BLOCKS)
        if next(element.iterdescendants(*_BOXES), None) is None and (text := _correction(element))
    ]


def missing(found: Iterable[Paragraph], read: Iterable[Paragraph]) -> tuple[Paragraph, ...]:
    """Those corrections that were not read with the article, each once."""
    together = " ".join(paragraph.text for paragraph in read)
    return tuple(dict.fromkeys(one for one in found if one.text not in together))


def _correction(element: HtmlElement) -> str | None:
    """The text of an element that holds a correction, or what follows on the word for one."""
    text = clean(str(element.text_content()))
    if not MIN_LENGTH <= len(text) <= MAX_LENGTH or _is_link(element, text):
        return None
    if not is_correction(fold(text).casefold()) and not _is_label(element.getprevious()):
        return None
    return None if any(one.tag in _AROUND for one in element.iterancestors()) else text


def _is_label(element: HtmlElement | None) -> bool:
    if element is None or not isinstance(element.tag, str):
        return False
    return is_label(fold(str(element.text_content())[:100]).casefold())


def _is_link(element: HtmlElement, text: str) -> bool:
    return 2 * sum(len(str(link.text_content())) for link in element.iter("a")) > len(text)
