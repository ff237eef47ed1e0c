"""Reading pages and extracted articles."""

from __future__ import annotations

import contextlib

import pytest
import trafilatura
from detect_fetches import page, prose
from hypothesis import given
from hypothesis import strategies as st

from agents.detect.page import read_page
from agents.detect.reading import BINARY, MAX_PARAGRAPHS, PRODUCER, read_extracted
from schemas.article import Paragraph
from schemas.errors import BadRecordError, Reason
from schemas.fetch import Extracted

PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<div class='x'>", "</div>", "<table><tr><td>", "<li>", "<h1>", "<br>", "<!--", "-->", "<pre>",
        "<![CDATA[", "&#0;", "&lt", "<script>", "</script>", "<?xml version='1.0' encoding='x'?>", "\x00", "<a href='",
        "<title>", "<script type='application/ld+json'>{\"@type\":\"Article\"}", "'>", "\ufffe", "<svg>",
        "<blockquote>", "Some words of text. ",
    ]
)  # fmt: skip


def test_an_article_is_read_whole() -> None:
    """Title, byline and standfirst stand in their fields, the text in paragraphs, and each of them once."""
    above = "<p class='standfirst'>Twelve boats broke loose.</p><p class='byline'>By Ada Quill</p>"
    head = "<meta property='article:published_time' content='2026-03-01'>"
    reading = read_page(page(*prose(), head=head, above=above))
    assert (reading.title, reading.byline, reading.standfirst) == (
        "Storm over Eastmere", "Ada Quill", "Twelve boats broke loose.",
    )  # fmt: skip
    assert reading.paragraphs == tuple(Paragraph("text", text) for text in prose())
    assert (reading.published, reading.language) == ("2026-03-01", "en")
    assert reading.extractor.startswith(f"trafilatura/{trafilatura.__version__} ")


def test_links_elsewhere_are_furniture() -> None:
    """A paragraph that only leads to another article is kept apart from the text."""
    reading = read_page(page(*prose(), "<a href='/b'>The other story about the boats of Eastmere</a>"))
    assert [paragraph.text for paragraph in reading.paragraphs] == list(prose())


@pytest.mark.parametrize(
    "body",
    [
        page(*prose()).replace(b"</p><p>", b"</p>\n\n\t<p  class='x1'>"),
        page(*prose()).replace(b"boats", b"bo\x00\x01ats"),
        page(*prose()).replace(b"boats", "bo\u00adats\u200b".encode()),
        page(*prose()).decode().encode("utf-16"),
        b"\xef\xbb\xbf" + page(*prose()),
        page(*prose(), head="<meta charset='utf-16'>"),
        b"<?xml version='1.0' encoding='iso-8859-1'?>" + page(*prose()),
        page(*prose(), head="<script>" + "a<b;" * 1000 + "</script><!-- " + "x" * 1_000_000 + " -->"),
    ],
)
def test_what_a_reader_does_not_see_makes_no_other_text(body: bytes) -> None:
    """Markup, whitespace, controls, charset and comments leave the hash as it is."""
    assert read_page(body).hash == read_page(page(*prose())).hash


@pytest.mark.parametrize("body", [page(*prose(13)), page(*prose()[:3]), page(*prose(), title="Flood over Eastmere")])
def test_what_a_reader_sees_makes_another_text(body: bytes) -> None:
    """A number, a paragraph or the title make another hash."""
    assert read_page(body).hash != read_page(page(*prose())).hash


@pytest.mark.parametrize("body", [b"", b" \n", b"<!-- x -->", b"<html></html>", b"\x00\x00", b"<?xml version='1.0'?>"])
def test_a_page_without_text_has_no_paragraphs(body: bytes) -> None:
    """Nothing to read is no error."""
    assert read_page(body).paragraphs == ()


@pytest.mark.parametrize(
    "body", [bytes(range(256)) * 100, b"%PDF-1.7\n" + bytes(range(255, -1, -1)) * 100, b"PK\x03\x04" * 99]
)
def test_binary_data_is_no_text(body: bytes) -> None:
    """What is not text is not read as such, and is flagged."""
    reading = read_page(body)
    assert (reading.paragraphs, reading.flags) == ((), (BINARY,))


@given(st.binary(max_size=200) | st.lists(PIECES, max_size=30).map(lambda pieces: "".join(pieces).encode()))
def test_any_bytes_are_read_or_told(body: bytes) -> None:
    """Whatever the bytes, a reading comes out, always the same one, whose texts can be written as UTF-8."""
    with contextlib.suppress(BadRecordError):
        reading = read_page(body)
        assert read_page(body) == reading
        assert all(paragraph.text.encode() for paragraph in reading.paragraphs)
        assert len(reading.hash) == 32


@pytest.mark.parametrize("error", [ValueError("x"), RecursionError(), KeyError("x"), AssertionError()])
def test_a_failing_extractor_is_told(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Whatever the extractor raises, the page is unreadable, and the message says with what."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(trafilatura, "bare_extraction", fail)
    with pytest.raises(BadRecordError, match=type(error).__name__) as raised:
        read_page(page(*prose()))
    assert raised.value.reason == Reason.UNREADABLE


def test_a_lack_of_memory_is_not_the_pages_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Running out of memory is passed on: another try may read the page."""

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(trafilatura, "bare_extraction", fail)
    with pytest.raises(MemoryError):
        read_page(page(*prose()))


def test_an_extracted_article_is_cleaned() -> None:
    """Each text is one line, and empty paragraphs go."""
    article = Extracted(
        title=" Storm\n over\tEastmere ",
        byline=" ",
        published="2026",
        paragraphs=(Paragraph("quote", "One\n\ntwo"), Paragraph("text", "\u200b "), Paragraph("text", "Three\x00")),
    )
    reading = read_extracted(article)
    assert (reading.title, reading.byline, reading.published) == ("Storm over Eastmere", None, "2026")
    assert reading.paragraphs == (Paragraph("quote", "One two"), Paragraph("text", "Three"))
    assert reading.extractor == PRODUCER


def test_an_extracted_article_is_bounded() -> None:
    """An article of endless paragraphs is too complex, like a page of endless tags."""
    article = Extracted(paragraphs=(Paragraph("text", "x"),) * (MAX_PARAGRAPHS + 1))
    with pytest.raises(BadRecordError) as raised:
        read_extracted(article)
    assert raised.value.reason == Reason.TOO_COMPLEX


SHORT = ("A storm has hit Eastmere.", "More follows.")


@pytest.mark.parametrize(
    "above",
    ["", "<div class='share'>Share this</div>", "<div>By Ada Quill</div>", "<div><time>3 May 2026</time></div>"],
)
@pytest.mark.parametrize("box", ["article", "div"])
def test_a_short_article_is_read_without_the_page_around_it(above: str, box: str) -> None:
    """Breaking news has two lines: headline, byline, navigation and furniture do not run into them."""
    around = b"<header><a href='/'>Home</a> <a href='/news'>News</a></header>"
    body = (
        page(*SHORT, above=above).replace(b"<article>", around + b"<article>") + b"<footer>Eastmere Echo Ltd</footer>"
    )
    reading = read_page(body.replace(b"article>", f"{box}>".encode()))
    assert tuple(paragraph.text for paragraph in reading.paragraphs) == SHORT


@pytest.mark.parametrize("box", ["article", "div"])
@pytest.mark.parametrize("name", ["post", "entry", "card"])
def test_the_posts_of_a_live_blog_are_read_in_their_order(box: str, name: str) -> None:
    """Each with its heading, behind what is said at the top, whatever class its box has."""
    posts = [(f"Ferry {n} turns back", f"Ferry {n} has turned back to Eastmere, said its captain.") for n in range(4)]
    boxes = "".join(f"<{box} class='{name}'><h2>{title}</h2><p>{text}</p></{box}>" for title, text in posts)
    intro = "A storm has hit Eastmere, and the ferries turn back."
    body = page(intro).replace(b"</article>", f"{boxes}</article>".encode())
    expected = [intro, *(text for post in posts for text in post)]
    assert [paragraph.text for paragraph in read_page(body).paragraphs] == expected


@pytest.mark.parametrize("line", ["By Ada Quill", "Ada Quill", "By Ada Quill, 3 March 2026"])
def test_the_byline_is_no_paragraph(line: str) -> None:
    """Where it is known who wrote the article, the line that says so is not part of the text."""
    reading = read_page(page(line, *prose(), head="<meta name='author' content='Ada Quill'>"))
    assert reading.byline == "Ada Quill"
    assert [paragraph.text for paragraph in reading.paragraphs] == list(prose())


@pytest.mark.parametrize(
    "part",
    [
        "<time>4 May</time>",
        "<label>4 May</label>",
        "<output>4 May</output>",
        "<data value='1'>4 May</data>",
        "<b>4 May</b>",
    ],
)
def test_no_part_of_a_sentence_is_left_out(part: str) -> None:
    """A date or a number in an element of its own is read with its sentence, and an edit of it is seen."""
    before, after = (
        page(*prose(), f"The board of the harbour meets on {text}, it said.") for text in (part, part.replace("4", "5"))
    )
    assert read_page(before).paragraphs[-1].text == "The board of the harbour meets on 4 May, it said."
    assert read_page(before).hash != read_page(after).hash
    assert read_page(before).visible != read_page(after).visible


def test_a_heading_that_is_a_button_is_read() -> None:
    """Questions that open their answers are buttons."""
    before, after = (
        page(*prose()).replace(b"</p><p>", f"</p><h3><button>Will {who} pay?</button></h3><p>".encode(), 1)
        for who in ("savers", "nobody")
    )
    assert "Will savers pay?" in [paragraph.text for paragraph in read_page(before).paragraphs]
    assert read_page(before).hash != read_page(after).hash
    assert read_page(before).visible != read_page(after).visible


@pytest.mark.parametrize("odd", ["\x0c", "&#1;", "&#12;", "&#x1f", "&#xFFFE;", "&#0011;"])
def test_control_characters_cost_no_page(odd: str) -> None:
    """Written as they are or by their numbers, they are taken out."""
    text = "<br><br>".join((*prose(), f"It {odd}rained."))
    body = f"<html><head><title>Storm</title></head><body><div><h1>Storm</h1>{text}</div></body></html>"
    assert [paragraph.text for paragraph in read_page(body.encode()).paragraphs] == [*prose(), "It rained."]


def test_one_sentence_is_read_without_its_headline() -> None:
    """The shortest of articles has one."""
    body = (
        b"<html><head><title>Fire</title></head><body><h1>Fire in Harrow</h1><p>Two died on Monday.</p></body></html>"
    )
    assert [paragraph.text for paragraph in read_page(body).paragraphs] == ["Two died on Monday."]
