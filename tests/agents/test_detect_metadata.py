"""What pages say about themselves."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
from lxml.html import document_fromstring

from agents.detect.metadata import Metadata, read_metadata
from agents.detect.reading import MAX_FIELD


def metadata(head: str = "", body: str = "", lang: str = "") -> Metadata:
    """The metadata of a page with these parts."""
    page = f"<html lang='{lang}'><head>{head}</head><body>{body or '<p>x</p>'}</body></html>"
    return read_metadata(document_fromstring(page))


def linked(*things: Any) -> str:
    """JSON-LD blocks."""
    return "".join(f"<script type='application/ld+json'>{json.dumps(thing)}</script>" for thing in things)


ARTICLE = {
    "@type": "NewsArticle",
    "headline": "Storm &amp; flood",
    "author": [{"@type": "Person", "name": "Ada Quill"}, {"name": "Ben Oar"}, {"name": "Ada Quill"}],
    "datePublished": "2026-03-01T12:00:00Z",
    "dateModified": "2026-03-02T12:00:00Z",
    "inLanguage": "en-GB",
    "articleSection": ["Harbour", "News"],
    "isAccessibleForFree": "False",
}


@pytest.mark.parametrize(
    "blocks",
    [
        linked(ARTICLE),
        linked([{"@type": "WebSite"}, ARTICLE]),
        linked({"@type": "WebSite"}, {"@graph": [{"@type": "Person"}, ARTICLE]}),
        linked(ARTICLE | {"@type": ["Thing", "ReportageNewsArticle"]}),
        "<script type='application/ld+json'>{broken</script>" + linked(ARTICLE),
        linked(ARTICLE).replace("Storm &amp; flood", "Storm &amp;\n flood"),
    ],
)
def test_json_ld_says_most(blocks: str) -> None:
    """The article in the JSON-LD is found wherever it stands, behind broken blocks too."""
    found = metadata(blocks)
    assert (found.headline, found.byline, found.section) == ("Storm & flood", "Ada Quill, Ben Oar", "Harbour")
    assert (found.published, found.modified) == ("2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z")
    assert (found.language, found.flags) == ("en-GB", ("paywalled",))


def test_meta_tags_say_the_rest() -> None:
    """Without JSON-LD, the meta tags are read, the first of each name."""
    head = "".join(
        f"<meta {name} content='{html.escape(text)}'>"
        for name, text in [
            ("property=og:title", "Storm"), ("property=og:title", "Other"), ("name=Author", "By Ada Quill"),
            ("property=article:published_time", "2026-03-01"), ("itemprop=dateModified", "2026-03-02"),
            ("property=article:section", "Harbour"),
        ]
    )  # fmt: skip
    found = metadata(head, lang="de")
    assert (found.headline, found.byline, found.section) == ("Storm", "Ada Quill", "Harbour")
    assert (found.published, found.modified, found.language) == ("2026-03-01", "2026-03-02", "de")


def test_an_address_is_no_author() -> None:
    """The URL of a profile in the author's place is passed over for the byline that the page shows."""
    found = metadata("<meta name=author content='https://social.test/ada'>", "<p class='story byline'>By Ada Quill</p>")
    assert found.byline == "Ada Quill"


def test_the_page_shows_byline_and_standfirst() -> None:
    """What is marked as such by its whole class is taken, teasers and biographies are not."""
    body = (
        "<a class=author-teaser>Someone Else</a><p class=teaser__standfirst>Other news</p>"
        f"<div class=author>{'Ada Quill has written for years. ' * 9}</div><a rel=author>Ada Quill</a>"
        "<p class='intro standfirst'>The harbour\n counts its boats.</p>"
    )
    found = metadata(body=body)
    assert (found.byline, found.standfirst) == ("Ada Quill", "The harbour counts its boats.")


@pytest.mark.parametrize(
    ("title", "headline", "headings", "expected"),
    [
        ("Storm over Eastmere - Echo", None, ["Echo", "Storm over Eastmere"], "Storm over Eastmere"),
        ("Storm | Echo", "Storm \u201cover\u201d Eastmere", ['Storm "over" Eastmere'], 'Storm "over" Eastmere'),
        ("Echo", "Storm over Eastmere", ["Most read"], "Storm over Eastmere"),
        ("Echo", None, ["Storm over Eastmere"], "Storm over Eastmere"),
        ("Storm over Eastmere", None, [], "Storm over Eastmere"),
        ("", None, ["", " "], ""),
    ],
)
def test_the_title_is_what_a_reader_sees(title: str, headline: str | None, headings: list[str], expected: str) -> None:
    """The h1 that the metadata confirm, else their headline, else an h1, else the title tag, else nothing."""
    head = f"<title>{title}</title>" + (f"<meta property=og:title content='{headline}'>" if headline else "")
    assert metadata(head, "".join(f"<h1>{text}</h1>" for text in headings)).title == expected


def test_the_name_of_the_site_is_no_title() -> None:
    """A site whose only h1 is its own name has the headline elsewhere."""
    head = "<meta property=og:site_name content='Eastmere Daily Echo'><meta property=og:title content='Storm'>"
    assert metadata(head, "<h1>Eastmere Daily Echo</h1><h2>Storm</h2>").title == "Storm"


def test_the_title_may_differ_from_the_headline() -> None:
    """The h1 in the article is what a reader sees, whatever machines are told."""
    head = "<meta property=og:title content='Everything changed when the boats came back'>"
    headings = "<article><h1>Storm over Eastmere pier</h1></article><h1>More from our archive</h1>"
    assert metadata(head, headings).title == "Storm over Eastmere pier"


def test_a_live_page_is_marked() -> None:
    """A live blog says so, to machines or in its headline."""
    assert metadata(linked({"@type": "LiveBlogPosting", "headline": "Storm"})).flags == ("live",)
    for title in (
        "Storm live updates: ferries stand still",
        "Storm in Eastmere - as it happened",
        "Sturm im Liveticker",
    ):
        assert metadata(body=f"<h1>{title}</h1>").flags == ("live",)
    for title in ("They live on the pier", "Live music returns to Eastmere", "Where sailors live: a visit"):
        assert metadata(body=f"<h1>{title}</h1>").flags == ()


@pytest.mark.parametrize(
    "block",
    [
        "[" * 100_000,
        '{"@type": "Article", "headline": {"a": 1}, "author": 7, "datePublished": ["", 1], "articleSection": []}',
        '{"@type": {"a": 1}, "@graph": {"@type": "Article"}}',
        '{"@type": "Article", "author": [[], null, {"name": {}}, {"name": []}]}',
        '"text"',
        "7",
        "null",
        "",
    ],
)
def test_odd_json_ld_says_nothing(block: str) -> None:
    """Deep, wrongly typed or empty blocks give no field and no error."""
    found = metadata(f"<script type='application/ld+json'>{block}</script>")
    assert (found.headline, found.byline, found.published, found.section) == (None, None, None, None)


def test_fields_are_bounded() -> None:
    """No field grows beyond its limit, whatever the page puts into it."""
    found = metadata(
        linked({"@type": "Article", "headline": "x " * 9999, "author": ["y" * 99] * 99}), "<h1>" + "z" * 9999
    )
    texts = (found.headline, found.byline, found.title)
    assert all(text is not None and len(text) <= MAX_FIELD for text in texts)


@pytest.mark.parametrize(
    ("shown", "byline"),
    [
        ("By Ada Quill March 3, 2026", "Ada Quill"),
        ("By Ada Quill <time>2 hours ago</time>", "Ada Quill"),
        ("Ada Quill 2 hours ago", "Ada Quill"),
        ("Ada Quill<br>Monday, 3 March 2026", "Ada Quill"),
        ("Von Ada Quill", "Ada Quill"),
        ("Par Ada Quill, publié le 3 mars", "Ada Quill"),
        ("By Ada Quill and Ben Oar | 5 min read", "Ada Quill and Ben Oar"),
        ("By Ada Quill<style>p{}</style><script>x()</script>", "Ada Quill"),
        ("Byron Oar, Harbour editor", "Byron Oar, Harbour editor"),
        ("By Ada Quill | Ben Oar", "Ada Quill | Ben Oar"),
        ("By Ada Quill · 3 March 2026", "Ada Quill"),
    ],
)
def test_a_byline_is_the_names(shown: str, byline: str) -> None:
    """Without the word before them, and without the dates and times behind them, which change."""
    assert metadata(body=f"<p class=byline>{shown}</p>").byline == byline


@pytest.mark.parametrize("box", ["<div id=comments>{}</div>", "<aside>{}</aside>", "<div class=related-list>{}</div>"])
def test_whoever_comments_is_no_author(box: str) -> None:
    """What stands in comments, beside the article or in other ones is not said of it."""
    body = box.format("<p class=byline>By Someone Else</p><p class=standfirst>Other news</p>")
    assert (metadata(body=body).byline, metadata(body=body).standfirst) == (None, None)
    assert metadata(body=f"{body}<p class=article__byline>By Ada Quill</p>").byline == "Ada Quill"


def test_the_paper_is_no_author() -> None:
    """Where the metadata name the site as the author, the byline that the page shows says more."""
    head = "<meta name=author content='Eastmere Echo'><meta property=og:site_name content='Eastmere Echo'>"
    assert metadata(head, "<p class=byline>By Ada Quill</p>").byline == "Ada Quill"
    assert metadata(head).byline == "Eastmere Echo"


@pytest.mark.parametrize(
    ("head", "body", "published"),
    [
        (linked({"@type": "Article", "datePublished": "0001-01-01T00:00:00Z"}), "", None),
        ("<meta property=article:published_time content='1970-01-01'>", "<time>3 March 2026</time>", "2026-03-03"),
        ("", "<p class=date>Published on 3 March 2026</p>", "2026-03-03"),
        ("<link rel=canonical href='https://eastmere-echo.test/2026/03/04/storm'>", "", "2026-03-04"),
    ],
)
def test_the_date_is_stated_or_shown(head: str, body: str, published: str | None) -> None:
    """Where no date is stated, or one that was never set, it is what the page shows or what stands in its address."""
    assert metadata(head, body).published == published


def test_the_lead_image_is_known() -> None:
    """Open Graph says it, or the JSON-LD in one of its three forms."""
    assert metadata("<meta property=og:image content='https://x.test/a.jpg'>").image == "https://x.test/a.jpg"
    for image in ("https://x.test/a.jpg", ["https://x.test/a.jpg"], {"url": "https://x.test/a.jpg"}):
        assert metadata(linked({"@type": "Article", "image": image})).image == "https://x.test/a.jpg"
