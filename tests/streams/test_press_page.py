"""The pages of the press."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import trafilatura
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from streams.press.life import _article, page_at
from streams.press.listing import Listed
from streams.press.page import all_papers, article_page, front_page, gone_page
from streams.press.story import PAPERS, Text, slugs

ORIGIN = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
URL = "http://127.0.0.1:8123"


def read(page: str) -> tuple[str, str]:
    """The headline and the article's text as the extractor sees them."""
    document = trafilatura.bare_extraction(page, fast=True, include_comments=False, include_links=True)
    return html.fromstring(page).findtext(".//h1"), document.text


@pytest.mark.parametrize("place", range(len(slugs())))
def test_only_edits_are_read(place: int) -> None:
    """Between two edits pages differ and what is read from them does not; after an edit it does; nothing is lost."""
    article = _article(ORIGIN, place, brief=False)
    seen = []
    for begin, end in pairwise([article.published, *article.edited, article.edited[-1] + timedelta(hours=6)]):
        times = [begin, begin + (end - begin) * 0.4, end - timedelta(milliseconds=1)]
        text, _, modified = page_at(article, begin)
        if not text:
            continue
        pages = [article_page(article, text, url=URL, modified=modified, time=time) for time in times]
        assert len(set(pages)) == len(pages)
        first, *others = [read(page) for page in pages]
        assert others == [first] * len(others)
        assert all(paragraph in first[1].split("\n") for paragraph in text.paragraphs)
        assert first[0] == text.headline
        if not seen or seen[-1][0] != text:
            assert first not in [reading for other, reading in seen if other != text]
        seen.append((text, first))


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30), min_size=3, max_size=3)
)
def test_hostile_text(words: list[str]) -> None:
    """Whatever an article says stands on its page as text and in its linked data as a string, never as markup."""
    headline, standfirst, paragraph = (f"{word}</script><script>x('&quot;\"</p><!--$" for word in words)
    text = Text(headline, standfirst, (paragraph,))
    for place in range(6):
        article = _article(ORIGIN, place, brief=False)
        page = article_page(article, text, url=URL, modified=article.published, time=article.published)
        tree = html.fromstring(page)
        assert not [script for script in tree.iter("script") if (script.text or "").startswith("x(")]
        assert tree.findtext(".//h1") == headline
        assert paragraph in [element.text for element in tree.iter("p")]
        (data,) = [script.text for script in tree.iter("script") if script.get("type") == "application/ld+json"]
        assert (json.loads(data)["headline"], json.loads(data)["description"]) == (headline, standfirst)


@pytest.mark.parametrize("place", range(len(slugs())))
def test_metadata(place: int) -> None:
    """A page states title, language, canonical address, author and both dates the way that papers do."""
    article = _article(ORIGIN, place, brief=False)
    text, _, modified = page_at(article, article.edited[0])
    assert text
    tree = html.fromstring(article_page(article, text, url=f"{URL}{article.path}", modified=modified, time=modified))
    data = json.loads(tree.findtext(".//script[@type='application/ld+json']"))
    assert tree.xpath("string(//link[@rel='canonical']/@href)") == data["mainEntityOfPage"] == f"{URL}{article.path}"
    assert tree.xpath("string(//meta[@property='og:title']/@content)") == data["headline"] == text.headline
    assert tree.get("lang") == data["inLanguage"]
    assert tree.findtext(".//title").startswith(text.headline)
    assert data["author"][0]["name"] in tree.text_content()
    assert datetime.fromisoformat(data["datePublished"]) == article.published.replace(microsecond=0)
    assert datetime.fromisoformat(data["dateModified"]) == modified


def test_front_pages() -> None:
    """A paper's front page links to the stories that it is given, in their order, under their headlines."""
    stories = [Listed(f"{URL}/lantern/story-{n}", f"Story <{n}> & more", ORIGIN, ORIGIN) for n in range(3)]
    links = html.fromstring(front_page("lantern", stories)).xpath("//a")
    assert [link.get("href") for link in links] == [story.url for story in stories]
    assert [link.text for link in links] == [story.headline for story in stories]


def test_other_pages() -> None:
    """The first page links to every paper, and a page that is gone says so."""
    assert html.fromstring(all_papers()).xpath("//a/@href") == [f"/{paper}/" for paper in PAPERS]
    assert "gone" in gone_page(410)
    assert "no such page" in gone_page(404)
