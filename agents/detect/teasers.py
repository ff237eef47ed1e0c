"""Teasers of other articles: boxes in a row, each with a heading that is a link, and hardly more than that."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, islice

from lxml.html import HtmlElement

from agents.detect.folding import clean
from agents.detect.paragraphs import is_link
from agents.detect.url import split
from schemas.article import Paragraph

MAX_BESIDE = 300
"""Characters that stand beside the heading of a teaser."""

IN_A_ROW = 2
_MAX_HEADINGS = 1000
_MAX_BOXES = 6
"""Boxes around a heading that may be those of its teaser."""


def drop_teasers(tree: HtmlElement, canonical: str | None) -> None:
    """Take the teasers out of a page.

    `canonical`: its own address, beneath which the posts of a live blog have theirs.
    """
    own = _path(canonical or "").rstrip("/")
    rows: defaultdict[HtmlElement, list[HtmlElement]] = defaultdict(list)
    for heading in islice(tree.iter("h2", "h3", "h4", "h5", "h6"), _MAX_HEADINGS):
        if _leads_away(heading, own) and (teaser := _teaser(heading)) is not None:
            rows[teaser.getparent()].append(teaser)
    for teasers in rows.values():
        if len(teasers) >= IN_A_ROW:
            for teaser in teasers:
                teaser.drop_tree()


def drop_links(tree: HtmlElement) -> list[Paragraph]:
    """Take the paragraphs out of a page that are nothing but a link to another page, and return them.

    From a short page, the extractor returns paragraphs without their links.
    """
    dropped = []
    for paragraph in [*tree.iter("p")]:
        links = [*paragraph.iter("a")]
        if len(links) != 1 or not _leads_away(paragraph, ""):
            continue
        text = clean(str(paragraph.text_content()))
        if text and text == clean(str(links[0].text_content())) and is_link(len(text), len(text)):
            dropped.append(Paragraph("text", text))
            paragraph.drop_tree()
    return dropped


def _leads_away(heading: HtmlElement, own: str) -> bool:
    """Whether a heading is a link to another page, or stands in one."""
    link = next(chain(heading.iterancestors("a"), heading.iter("a")), None)
    href = "#" if link is None else link.get("href") or "#"
    return not href.startswith("#") and not (own and _path(href).startswith(own))


def _path(url: str) -> str:
    parts = split(url)
    return parts.path if parts else ""


def _teaser(heading: HtmlElement) -> HtmlElement | None:
    """The largest box around a heading that holds no other heading and little text; None where there is no box."""
    most = len(str(heading.text_content())) + MAX_BESIDE
    found = None
    for box in islice(heading.iterancestors(), _MAX_BOXES):
        headings = sum(1 for _ in box.iter("h1", "h2", "h3", "h4", "h5", "h6"))
        if box.tag == "body" or headings > 1 or len(str(box.text_content())) > most:
            break
        found = box
    return found
