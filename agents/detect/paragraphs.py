"""The paragraphs of an article in the tree that trafilatura makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile

from lxml.etree import _Element, iterwalk

from agents.detect.folding import clean
from agents.detect.furniture import is_furniture
from schemas.article import Kind, Paragraph

_KINDS: dict[str, Kind] = {"head": "heading", "p": "text", "quote": "quote", "item": "item", "row": "text"}
_BREAKS = {*_KINDS, "list", "table", "lb", "body"}

MAX_LINK_TEXT = 200
MAX_LINK_SHARE = 0.6
MAX_OWN_WORDS = 3
"""A paragraph of at most so many characters, with more than this share of link text and hardly a word beside it, leads
elsewhere."""


MANY_HEADINGS = 3
"""Headings with nothing beneath them, at the end of an article, are those of other articles."""


def is_link(length: int, linked: int) -> bool:
    """Whether a text of so many characters, so many of them in links, is a link by and large."""
    return length <= MAX_LINK_TEXT and linked > MAX_LINK_SHARE * length


@dataclass(slots=True)
class _Line:
    """What stands between two breaks."""

    pieces: list[str] = field(default_factory=list)
    linked: int = 0
    own_words: int = 0

    def add(self, text: str | None, *, in_link: bool) -> None:
        if text:
            self.pieces.append(text)
            if in_link:
                self.linked += len(text.strip())
            else:
                self.own_words += len(text.split())

    def leads_away(self, text: str) -> bool:
        """Whether this text, which is what the pieces make, leads elsewhere."""
        return is_link(len(text), self.linked) and self.own_words <= MAX_OWN_WORDS


def read_paragraphs(body: _Element) -> tuple[tuple[Paragraph, ...], tuple[Paragraph, ...]]:
    """The paragraphs of an article, and those that were left out because they only lead to other articles."""
    kept: list[Paragraph] = []
    left_out: list[Paragraph] = []
    kinds: list[Kind] = ["text"]
    links = 0
    line = _Line()

    def end_line() -> None:
        nonlocal line
        if text := clean("".join(line.pieces)):
            kind = kinds[-1]
            is_link = 2 * line.linked >= len(text)
            beside = line.leads_away(text) or is_furniture(text, linked=is_link, kind=kind)
            (left_out if beside else kept).append(Paragraph(kind, text))
        line = _Line()

    for event, element in iterwalk(body, events=("start", "end")):
        tag = element.tag
        if tag in _BREAKS:
            end_line()
        if event == "start":
            if tag in _KINDS:
                kinds.append(_kind(tag, kinds[-1]))
            elif tag == "cell" and line.pieces:
                line.add(" | ", in_link=False)
            links += _leads_away(element)
            line.add(element.text, in_link=links > 0)
        else:
            if tag in _KINDS:
                kinds.pop()
            links -= _leads_away(element)
            line.add(element.tail, in_link=links > 0)
    beside = _headings_at_the_end(kept)
    return tuple(kept[: len(kept) - beside]), (*kept[len(kept) - beside :], *left_out)


def _headings_at_the_end(paragraphs: list[Paragraph]) -> int:
    """How many headings stand at the end, if they are too many to be of this article."""
    count = sum(1 for _ in takewhile(lambda paragraph: paragraph.kind == "heading", reversed(paragraphs)))
    return count if MANY_HEADINGS <= count < len(paragraphs) else 0


def _leads_away(element: _Element) -> bool:
    """Whether an element is a link to another page: headings link to themselves, tables of contents to headings."""
    return element.tag == "ref" and not (element.get("target") or "").startswith("#")


def _kind(tag: str, around: Kind) -> Kind:
    """The kind of a paragraph: a p within a quotation or a list item is part of that."""
    return around if tag == "p" else _KINDS[tag]
