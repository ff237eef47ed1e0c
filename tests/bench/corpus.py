"""Real article pages with their true text, where the workplace has them, and where in a page its article stands."""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lxml.html import HtmlElement, HTMLParser, document_fromstring, tostring

from agents.detect.charset import decode
from agents.detect.folding import fold

SHARED = Path(__file__).parents[3] / "shared"
EXTRACTION = SHARED / "data" / "extraction"
SCORE_TEXT = SHARED / "tools" / "score_text.py"

LONG_ENOUGH = 60
"""Characters of a paragraph by which it is found in a page."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its bytes, and the true text of its article."""

    name: str
    body: bytes
    text: str


def pages(every: int = 1) -> list[Page]:
    """All pages, or one of so many."""
    if not EXTRACTION.exists():
        sys.exit(f"{EXTRACTION} is not here: it belongs to the workplace, not to the project")
    truth = json.loads((EXTRACTION / "ground-truth.json").read_text())
    names = sorted(truth)[::every]
    return [
        Page(name, gzip.decompress((EXTRACTION / "html" / f"{name}.html.gz").read_bytes()), truth[name]["articleBody"])
        for name in names
    ]


def parse(body: bytes) -> HtmlElement:
    """A page as a tree that can be changed."""
    return document_fromstring(decode(body).encode(), parser=HTMLParser(encoding="utf-8"))


def serialize(tree: HtmlElement) -> bytes:
    """The page of a tree."""
    return tostring(tree, encoding="utf-8", doctype="<!doctype html>")


def paragraphs(tree: HtmlElement, page: Page) -> list[HtmlElement]:
    """The `p` elements of a page's tree that are true paragraphs of its article, and have plain text of some length."""
    return list(_paragraphs(tree, fold(page.text)))


def _paragraphs(tree: HtmlElement, truth: str) -> Iterator[HtmlElement]:
    texts = {element: fold(str(element.text_content())) for element in tree.iter("p")}
    often = Counter(texts.values())
    for element, text in texts.items():
        # What stands there twice, or under a picture, is a copy.
        if len(text) >= LONG_ENOUGH and text in truth and often[text] == 1 and not _is_caption(element):
            yield element


def _is_caption(element: HtmlElement) -> bool:
    boxes = islice(element.iterancestors(), 3)
    return any(box.tag in ("figure", "figcaption") or "caption" in (box.get("class") or "") for box in boxes)
