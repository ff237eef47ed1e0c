"""The part of a page that holds most prose: to see whether the extractor took another one, or only a piece of it."""

from __future__ import annotations

from collections import Counter
from itertools import chain, islice

from lxml.html import HtmlElement

MIN_LENGTH = 80
"""Characters of a paragraph that is prose: shorter ones stand in menus and teasers too."""

_MAX_PARAGRAPHS = 5000


def densest(tree: HtmlElement) -> tuple[HtmlElement | None, int]:
    """The element around most prose, and the words of its paragraphs; None and 0 where there is no prose.

    Each paragraph counts for its parent, and half for the parent of that, as in Arc90's Readability.
    """
    scores: Counter[HtmlElement] = Counter()
    words: Counter[HtmlElement] = Counter()
    for paragraph in islice(tree.iter("p"), _MAX_PARAGRAPHS):
        text = str(paragraph.text_content())
        if len(text) < MIN_LENGTH or linked(paragraph) > len(text) / 2:
            continue
        parent = paragraph.getparent()
        around = parent.getparent() if parent is not None else None
        for element, share in ((parent, 2), (around, 1)):
            if element is not None:
                scores[element] += share * len(text)
                words[element] += len(text.split())
    scores = Counter({element: score for element, score in scores.items() if not _is_comment(element)})
    if not scores:
        return None, 0
    best = max(scores, key=scores.__getitem__)  # the first of equals, in the order of the page
    return best, words[best]


def join_pieces(prose: HtmlElement) -> None:
    """Put the pieces of an article into the first one: boxes of one class, one or two levels beneath the same box.

    Advertisements stand between them. What has a linked heading is a list of teasers, and no piece.
    """
    name = prose.get("class")
    for around in islice(prose.iterancestors(), 2):
        pieces = [one for one in around.iter(str(prose.tag)) if name and one.get("class") == name]
        if len(pieces) > 1:
            break
    else:
        return
    first, *others = pieces
    inside = {*pieces}
    nested = any(around in inside for one in others for around in one.iterancestors())
    if nested or any(_is_comment(one) or _leads_elsewhere(one) for one in pieces):
        return
    for other in others:
        if any(len(str(p.text_content())) >= MIN_LENGTH for p in other.iter("p")):
            first.extend(list(other))


def _leads_elsewhere(element: HtmlElement) -> bool:
    """Whether a heading in an element, or beside it, is a link."""
    beside = (one for one in element.itersiblings(preceding=True) if one.tag in ("h1", "h2", "h3", "h4"))
    headings = chain(element.iter("h2", "h3", "h4"), islice(beside, 1))
    return any(heading.find(".//a") is not None for heading in headings)


def _is_comment(element: HtmlElement) -> bool:
    """Whether an element holds what readers wrote."""
    around = (element, *islice(element.iterancestors(), 3))
    return any("comment" in f"{one.get('class')} {one.get('id')}".lower() for one in around)


def linked(paragraph: HtmlElement) -> int:
    """The characters of a paragraph that are links."""
    return sum(len(str(link.text_content())) for link in paragraph.iter("a"))
