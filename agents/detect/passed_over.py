"""Prose of a page that is not in the article as it was read: kept, so that a wrong drop can be seen and undone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from lxml.html import HtmlElement

from agents.detect.densest import linked
from agents.detect.folding import clean
from schemas.article import Kind, Paragraph

MIN_LENGTH = 30
"""Characters of a paragraph that may be missed; captions are always kept."""

MAX_PARAGRAPHS = 100
MAX_CHARACTERS = 20_000
"""Of all of them together: a page is not written down twice."""

_KINDS: dict[str, Kind] = {
    "figcaption": "caption", "blockquote": "quote", "li": "item", "p": "text",
    "h2": "heading", "h3": "heading", "h4": "heading",
}  # fmt: skip
_AROUND = {"nav", "header", "footer", "form"}
_MAX_BLOCKS = 5000


def passed_over(prose: Iterable[Paragraph], read: Collection[Paragraph]) -> tuple[Paragraph, ...]:
    """Those paragraphs of a page that are not among the ones that were read, each once."""
    known = {paragraph.text for paragraph in read}
    together = " ".join(paragraph.text for paragraph in read)  # several may be one on the page, with line breaks
    characters = 0
    missed: list[Paragraph] = []
    for paragraph in prose:
        if paragraph.text in known or paragraph.text in together:
            continue
        known.add(paragraph.text)
        characters += len(paragraph.text)
        if len(missed) == MAX_PARAGRAPHS or characters > MAX_CHARACTERS:
            break
        missed.append(paragraph)
    return tuple(missed)


def all_prose(tree: HtmlElement) -> Iterator[Paragraph]:
    """The captions and paragraphs of a page, outside menus and forms."""
    for element in islice(tree.iter(*_KINDS), _MAX_BLOCKS):
        kind = _KINDS[element.tag]
        if kind in ("quote", "item") and next(element.iter("p", "li"), element) is not element:
            continue  # its paragraphs come by themselves
        text = clean(str(element.text_content()))
        is_long = len(text) >= MIN_LENGTH or (kind == "caption" and text)
        if is_long and 2 * linked(element) <= len(text) and not _is_around(element):
            yield Paragraph(kind, text)


def _is_around(element: HtmlElement) -> bool:
    return any(one.tag in _AROUND for one in element.iterancestors())
