"""Whatever changes around an article, and whatever changes in it: each kind, on a page of an invented paper."""

from __future__ import annotations

import random

import pytest
from bench.page_noise import EDITS, KINDS, Change
from detect_fetches import page, prose
from lxml.html import HtmlElement, HTMLParser, document_fromstring, tostring

from agents.detect.folding import fold
from agents.detect.page import read_page

TEXT = (
    *prose(),
    *prose("many"),
    "The ferry's owner said \u201cnever again\u201d on Friday - and meant it, she added...",
)
AROUND = """
<header><a href='/'>Eastmere Echo</a> <span>21 degrees</span></header>
<ul class='menu'><li><a href='/a'>News of the day</a></li><li><a href='/b'>Sport and play</a></li>
<li><a href='/c'>The weather at sea</a></li></ul>
<div class='sidebar'><a href='/n/1'>Council votes for a new tunnel to the harbour</a> 12 comments</div>
"""
PAGE = page(*TEXT).replace(b"</nav>", b"</nav>" + AROUND.encode())


def changed(change: Change | None, seed: int) -> str:
    """The hash of the article in the page after a change."""
    tree = document_fromstring(PAGE, parser=HTMLParser(encoding="utf-8"))
    if change is not None:
        change(tree, article_of(tree), random.Random(seed))
    return read_page(tostring(tree, encoding="utf-8", doctype="<!doctype html>")).hash


def article_of(tree: HtmlElement) -> list[HtmlElement]:
    """The paragraphs of the article in a tree."""
    wanted = {fold(text) for text in TEXT}
    return [element for element in tree.iter("p") if fold(str(element.text_content())) in wanted]


@pytest.mark.parametrize("kind", KINDS)
def test_noise_is_never_a_version(kind: str) -> None:
    """Ads, counts, times, boxes, banners, nonces, class hashes, whitespace, typography, the order of links: none."""
    plain = changed(None, 0)
    assert {changed(KINDS[kind], seed) for seed in range(8)} == {plain}


@pytest.mark.parametrize("kind", EDITS)
def test_an_edit_is_always_a_version(kind: str) -> None:
    """A word, a number, a negation, a name, the lede, the headline, a correction, a paragraph, a short last line."""
    plain = changed(None, 0)
    assert plain not in {changed(EDITS[kind], seed) for seed in range(8)}
