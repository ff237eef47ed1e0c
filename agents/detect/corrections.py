"""Corrections, wherever they stand on a page: in boxes beside or behind the article too, which no extractor reads."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from agents.detect.folding import clean, fold
from schemas.article import Paragraph

MIN_LENGTH, MAX_LENGTH = 30, 1500
"""Characters of a correction."""

_LABEL = (
    r"(?:corrections?|clarifications?|editor.?s note|korrektur(?:en)?|richtigstellung|anmerkung der redaktion|"
    r"rectificatif|précision|erratum|correcci[oó]n|fe de errores|nota del editor|errata|rettifica|precisazione|"
    r"correctie|rectificatie|corre[cç][aã]o|rättelse|rettelse|sprostowanie|исправление|更正|訂正)"
)
_THIS = r"(?:article|story|post|report|piece|headline|page)"
_CORRECTS = re.compile(
    rf"{_LABEL}(?: ?\(.{{1,40}}\)|,? .{{1,30}})?\s?[:.-]\s?.{{15,}}"
    r"|(?:an?|the) (?:earlier|previous|former) (?:version|headline|caption) (?:of|on|to) this .{15,}"
    rf"|this {_THIS} (?:has been|was) (?:amended|corrected|updated|edited|changed)\b.{{10,}}"
    r"|(?:in einer|eine) (?:frühere|vorherige)n? (?:version|fassung) .{15,}"
    r"|(?:dans )?une (?:première )?version (?:précédente|antérieure|de cet article).{15,}",
    re.DOTALL,
)
_ONLY_LABEL = re.compile(rf"{_LABEL}\s?:?")
_HINT = re.compile(
    rf"{_LABEL}|(?:earlier|previous|former) (?:version|headline|caption)|this {_THIS} (?:has been|was)"
    r"|(?:frühere|vorherige)n? (?:version|fassung)|une (?:première )?version"
)
"""Pages without this, which are most, have no correction."""

_BLOCKS = ("p", "div", "li", "section", "aside", "footer", "blockquote", "h2", "h3", "h4", "h5", "h6")
_AROUND = {"nav", "form"}
_BOXES = (*_BLOCKS, *_AROUND, "header", "article", "main", "ul", "ol", "table")


def corrections(tree: HtmlElement) -> list[Paragraph]:
    """The corrections on a page, in their order."""
    if not _HINT.search(" ".join(str(tree.text_content()).split()).casefold()):
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
    if not _CORRECTS.fullmatch(fold(text).casefold()) and not _is_label(element.getprevious()):
        return None
    return None if any(one.tag in _AROUND for one in element.iterancestors()) else text


def _is_label(element: HtmlElement | None) -> bool:
    if element is None or not isinstance(element.tag, str):
        return False
    return _ONLY_LABEL.fullmatch(fold(str(element.text_content())[:100]).casefold()) is not None


def _is_link(element: HtmlElement, text: str) -> bool:
    return 2 * sum(len(str(link.text_content())) for link in element.iter("a")) > len(text)
