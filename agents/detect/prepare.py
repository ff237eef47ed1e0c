"""What the extractor would not take for a part of the article, put so that it does.

Paragraphs that a page only tells by empty lines, with two `<br>` in a row: it looks for elements that are paragraphs,
and where there are none it takes whatever box has some. Quoted posts of social networks: it drops their boxes.
"""

from __future__ import annotations

from itertools import islice

from lxml.etree import SubElement, strip_elements
from lxml.html import HtmlElement

_BLOCKS = {
    "address", "article", "aside", "blockquote", "center", "details", "div", "dl", "fieldset", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "iframe", "main", "nav", "noscript", "ol", "p", "pre",
    "script", "section", "style", "table", "ul", "video",
}  # fmt: skip
_UNSEEN = (
    "template", "iframe", "textarea", "select", "button", "style", "svg", "link", "meta", "source", "img", "input",
    "picture", "video", "audio", "map", "canvas", "embed",
)  # fmt: skip
_INLINE = ("time", "label", "output", "data", "object", "math", "button")
_HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
_SENTENCES = {*_HEADINGS, "p", "li", "dd", "td", "blockquote", "span", "em", "strong", "b", "i", "a"}
MIN_BESIDE = 20
"""Characters beside an element that make a sentence of what it is in."""

_MAX_BOXES = 4
_MAX_QUOTES = 200
_HOLDERS = {"article", "center", "div", "main", "section", "td"}


def drop_unseen(tree: HtmlElement) -> None:
    """Take out what holds no text to read: `agents.detect.visible` does not look at it either.

    What the extractor would take out of the middle of a sentence is made a part of it. Every search of the extractor is
    the faster for what is gone. JSON-LD stays, where it looks for the text of an empty page.
    """
    for element in [*tree.iter(*_INLINE)]:
        if _is_said(element):
            element.drop_tag()
    strip_elements(tree, *_UNSEEN, with_tail=False)
    for script in [*tree.iter("script")]:
        if "ld+json" not in (script.get("type") or ""):
            script.drop_tree()


def _is_said(element: HtmlElement) -> bool:
    """Whether an element is part of a sentence or a heading; by itself, a `time` is when the page was made."""
    parent = element.getparent()
    if parent is None or element.tag == "button":
        return parent is not None and parent.tag in _HEADINGS
    if parent.tag not in _SENTENCES or next(parent.iterchildren(*_BLOCKS), None) is not None:
        return False
    return len(str(parent.text_content())) - len(str(element.text_content())) >= MIN_BESIDE


def mark_paragraphs(tree: HtmlElement) -> None:
    """Put what stands between empty lines into `p` elements."""
    holders = {
        parent: None
        for line in tree.iter("br")
        if _ends_paragraph(line) and (parent := line.getparent()) is not None and parent.tag in _HOLDERS
    }
    for holder in holders:
        _mark(holder)


def _ends_paragraph(line: HtmlElement) -> bool:
    """Whether another `br` follows, with nothing between."""
    following = line.getnext()
    return following is not None and following.tag == "br" and not (line.tail or "").strip()


def _mark(holder: HtmlElement) -> None:
    """Make each run of text and inline elements that ends with an empty line, or at a block, a `p`."""
    children, text = list(holder), holder.text
    holder.text = None
    for child in children:
        holder.remove(child)
    paragraph = _begin(holder, text)
    for child in children:
        tail, child.tail = child.tail, None
        if child.tag in _BLOCKS:
            holder.append(child)
            paragraph = _begin(holder, tail)
        elif child.tag == "br" and (not _has_text(paragraph) or (paragraph[-1:] and _is_break(paragraph))):
            paragraph = _begin(holder, tail)
        else:
            paragraph.append(child)
            child.tail = tail
    for empty in [p for p in holder if p.tag == "p" and not len(p) and not (p.text or "").strip()]:
        holder.remove(empty)


def _begin(holder: HtmlElement, text: str | None) -> HtmlElement:
    paragraph = SubElement(holder, "p")
    paragraph.text = text
    return paragraph


def _has_text(paragraph: HtmlElement) -> bool:
    return bool(len(paragraph) or (paragraph.text or "").strip())


def _is_break(paragraph: HtmlElement) -> bool:
    """Whether a paragraph ends with one `br`, so that the next one makes an empty line."""
    return paragraph[-1].tag == "br" and not (paragraph[-1].tail or "").strip()


def show_quotes(tree: HtmlElement) -> None:
    """Take the classes off quoted posts and the boxes around them, by which the extractor takes them for widgets."""
    for quote in islice(tree.iter("blockquote"), _MAX_QUOTES):
        text = str(quote.text_content()).strip()
        for element in (quote, *islice(quote.iterancestors("div", "figure", "section"), _MAX_BOXES)):
            if str(element.text_content()).strip() != text:
                break
            for name in ("class", "id"):
                element.attrib.pop(name, None)
