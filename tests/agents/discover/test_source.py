"""A document is known by its content, and what it shows is found, however hostile it is."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime

import pytest

from agents.discover.addresses import looks_like_article
from agents.discover.feeds import MAX_ENTRIES
from agents.discover.link import MAX_LINKS, found_link
from agents.discover.same_article import article_url
from agents.discover.source import MAX_OTHERS, Source, read_source

SITE = "https://eastmere-echo.test"
WHEN = datetime(2026, 3, 2, 6, 15, tzinfo=UTC)

RSS = f"""<?xml version="1.0"?>
<rss version="2.0"><channel><title>The Eastmere Echo</title>
<item><title>Storm</title><link>{SITE}/2026/03/storm?utm_source=rss</link>
<pubDate>Mon, 02 Mar 2026 06:15:00 GMT</pubDate></item>
<item><title>Pier</title><link>/2026/03/pier</link></item>
<item><title>Mail</title><link>mailto:a@b.example</link></item>
</channel></rss>"""

ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>The Eastmere Echo</title>
<entry><title>Storm</title><link href="{SITE}/2026/03/storm"/><updated>2026-03-02T06:15:00Z</updated></entry></feed>"""

JSON_FEED = f"""{{"version": "https://jsonfeed.org/version/1.1", "title": "The Eastmere Echo",
"items": [{{"id": "1", "url": "{SITE}/2026/03/storm", "date_modified": "2026-03-02T06:15:00Z"}}]}}"""

SITEMAP = f"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>{SITE}/2026/03/pier</loc><lastmod>2026-03-01</lastmod></url>
<url><loc>{SITE}/2026/03/storm</loc><news:news><news:publication_date>2026-03-02T06:15:00Z</news:publication_date>
</news:news></url></urlset>"""

INDEX = f"""<sitemapindex><sitemap><loc>{SITE}/old.xml</loc><lastmod>2020-01-01</lastmod></sitemap>
<sitemap><loc>{SITE}/new.xml.gz</loc><lastmod>2026-03-01</lastmod></sitemap></sitemapindex>"""


def front(count: int = 6, head: str = "") -> str:
    """A front page with links to articles, and to what is none."""
    stories = "".join(
        f"<h2><a href='/2026/03/storm-{n}-hits-the-coast'>Storm number {n} has hit the coast again</a></h2>"
        for n in range(count)
    )
    others = """<a href="/tag/storms-and-other-weather-of-old">Everything about storms, and other weather</a>
    <a href="/login">Log in to read all that we have for you</a>
    <a href="https://other.test/2026/03/a-story-of-somebody-else">A story that somebody else has written</a>
    <a href="javascript:alert(1)">A link that does something and leads nowhere</a>
    <a href="/2026/03/short-one-is-no-headline">Short</a>"""
    return f"<html><head><title>The Eastmere Echo</title>{head}</head><body>{stories}{others}</body></html>"


def read(text: str, url: str = f"{SITE}/", kind: str = "text/html") -> Source:
    """What a text is, as the answer of a URL."""
    return read_source(text.encode(), url, kind)


@pytest.mark.parametrize(
    ("text", "kind", "links"),
    [
        (RSS, "feed", [f"{SITE}/2026/03/storm", f"{SITE}/2026/03/pier"]),
        (ATOM, "feed", [f"{SITE}/2026/03/storm"]),
        (JSON_FEED, "feed", [f"{SITE}/2026/03/storm"]),
        (SITEMAP, "sitemap", [f"{SITE}/2026/03/storm", f"{SITE}/2026/03/pier"]),
        (front(), "front", [f"{SITE}/2026/03/storm-{n}-hits-the-coast" for n in range(6)]),
    ],
)
@pytest.mark.parametrize("served_as", ["text/html", "text/xml; charset=utf-8", "application/octet-stream"])
def test_a_source_is_known_by_its_content(text: str, kind: str, links: list[str], served_as: str) -> None:
    """Whatever it is served as; it shows the articles of its site, in its order, the newest first in a sitemap."""
    found = read(text, kind=served_as)
    assert (found.kind, [link.key for link in found.links]) == (kind, links)


@pytest.mark.parametrize("text", [RSS, ATOM, JSON_FEED, SITEMAP])
def test_the_time_of_an_article_is_kept(text: str) -> None:
    """It brings the next look at the article forward."""
    assert {link.key: link.modified for link in read(text).links}[f"{SITE}/2026/03/storm"] == WHEN


def test_the_name_of_a_source_is_told() -> None:
    """That of the feed or of the site, else the host."""
    assert [read(text).name for text in (RSS, ATOM, JSON_FEED)] == ["The Eastmere Echo"] * 3
    named = front(head='<meta property="og:site_name" content="The Eastmere Echo">')
    assert (read(named).name, read(SITEMAP).name) == ("The Eastmere Echo", "eastmere-echo.test")


def test_a_page_names_its_feeds_and_an_index_its_sitemaps() -> None:
    """The newest sitemap comes first; a compressed one is read as well."""
    head = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    assert read(front(head=head)).feeds == (f"{SITE}/feed.xml",)
    assert read(INDEX).feeds == (f"{SITE}/new.xml.gz", f"{SITE}/old.xml")
    assert read_source(gzip.compress(SITEMAP.encode()), f"{SITE}/new.xml.gz").kind == "sitemap"


def test_an_article_is_no_front_page() -> None:
    """A page that says so, or has paragraphs and shows few others, is an article; one of few links is not."""
    marked = front(head='<meta property="og:type" content="article">')
    assert read(marked, f"{SITE}/2026/03/storm-1-hits-the-coast").kind == "article"
    assert read(front(2), f"{SITE}/local").kind == "front"
    prose = "".join(f"<p>The harbour board counted {n} boats that had broken loose.</p>" for n in range(20))
    assert read(front(2) + prose, f"{SITE}/local").kind == "article"
    assert read(front(6) + prose, f"{SITE}/local").kind == "front"
    assert read("<p>It.</p>", f"{SITE}/local").kind == "article"
    feed = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    assert read(f"{feed}<h1>Nothing yet</h1>", f"{SITE}/local").kind == "front"
    assert read(feed + prose, f"{SITE}/local").kind == "article"


def test_a_headline_leads_to_an_article() -> None:
    """An address of two words is an article's where a headline leads to it, and not where a menu does."""
    story = '<a href="/news/coast-storm">A storm has hit the coast again</a>'
    section = '<a href="/news/middle-east">News from the Middle East</a>'
    for text, keys in {
        story: [f"{SITE}/news/coast-storm"],
        section.replace("News from the", "All that is new about the"): [f"{SITE}/news/middle-east"],
        section: [],
        f"<nav>{story}</nav>": [],
        f"<footer><ul><li>{story}</ul></footer>": [],
    }.items():
        assert [link.key for link in read(text + front(6)).links[:-6]] == keys


@pytest.mark.parametrize(
    ("path", "is_article"),
    [
        ("/2026/03/02/storm", True),
        ("/news/storm-hits-the-coast-again", True),
        ("/news/articles/c4g7xk1lz9o-68123456", True),
        ("/politik/sturm-an-der-kueste-a-1234567.html", True),
        ("/story.php?id=1234567", True),
        ("/", False),
        ("/us-politics", False),
        ("/2026/03/", False),
        ("/2026/03/02", False),
        ("/tag/storm-hits-the-coast-again", False),
        ("/author/ann-lee-of-the-echo", False),
        ("/2026/03/storm-hits-the-coast.jpg", False),
        ("/news/page/12345", False),
    ],
)
def test_addresses_of_articles_are_told(path: str, *, is_article: bool) -> None:
    """By a date, a number or a title in them; those of sections, tags, authors and files are none."""
    assert looks_like_article(f"{SITE}{path}") == is_article


@pytest.mark.parametrize(
    ("final", "named", "url"),
    [
        ("/2026/03/storm?utm_source=x", "", "/2026/03/storm"),
        ("/amp/2026/03/storm", "/2026/03/storm", "/2026/03/storm"),
        ("/2026/03/storm", "https://m.eastmere-echo.test/2026/03/storm-m", "https://m.eastmere-echo.test/2026/03/storm-m"),
        ("/2026/03/storm", "/", "/2026/03/storm"),
        ("/2026/03/storm", "/news/", "/2026/03/storm"),
        ("/news/storm", "/local/storm", "/local/storm"),
        ("/2026/03/storm", "https://other.test/2026/03/storm", "/2026/03/storm"),
        ("/2026/03/storm", "javascript:alert(1)", "/2026/03/storm"),
    ],
)  # fmt: skip
def test_variants_are_one_article(final: str, named: str, url: str) -> None:
    """What a page names as its own address counts on its own site, and never makes it the front page or a section."""
    body = f"<html><head><link rel='canonical' href='{named}'></head><body><p>It.</p></body></html>" if named else ""
    wanted = url if url.startswith("https") else f"{SITE}{url}"
    assert article_url(f"{SITE}{final}", body.encode()) == wanted


HOSTILE = {
    "entities": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    + "".join(f'<!ENTITY c{n} "{"&b;" * 50}">' for n in range(20))
    + f"]><rss><channel><title>&c1;</title><item><link>{SITE}/2026/03/&c2;</link></item></channel></rss>",
    "files": '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><urlset><url><loc>&f;</loc></url></urlset>',
    "depth": "<urlset>" + "<url>" * 100_000,
    "many": "<urlset>" + f"<url><loc>{SITE}/2026/03/storm-</loc></url>" * 60_000 + "</urlset>",
    "zeros": "<rss>" + "\x00" * 1_000_000,
    "broken": "<rss><channel><item><link>" + "a" * 1_000_000,
    "dates": "<urlset>"
    + "".join(
        f"<url><loc>{SITE}/2026/03/storm-{n}</loc><lastmod>{date}</lastmod></url>"
        for n, date in enumerate(["0000-00-00", "9999-12-31T23:59:59-12:00", "1e30", "2026-13-45", "0001-01-01T00:00Z"])
    )
    + "</urlset>",
    "json": '{"version": "https://jsonfeed.org/version/1.1", "items": ' + "[" * 100_000,
    "items": '{"version": "https://jsonfeed.org/version/1.1", "items": [1, null, {"url": 5}, {"url": ["a"]}]}',
    "base": f"<html><head><base href='javascript:x'></head>{front()}</html>",
    "tags": "<a href=/2026/03/x>" * 70_000,
    "links": "<feed>" + '<link rel="hub" href="//hub.test/"/>' * 250_000,
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_sources_are_outlived(name: str) -> None:
    """They show no more than is allowed, no local file, and no link that is none of a page."""
    found = read(HOSTILE[name])
    assert len(found.links) <= MAX_LINKS
    assert all(link.url.startswith("https://") and "root:" not in link.url for link in found.links)


def test_a_link_keeps_no_secret_and_leads_to_a_page() -> None:
    """Credentials are no part of a key, and what is no http address is no link."""
    link = found_link("https://root:secret@eastmere-echo.test/2026/03/storm#top", SITE)
    assert link is not None
    assert (link.key, link.url) == (f"{SITE}/2026/03/storm", f"{SITE}/2026/03/storm")
    assert found_link("data:text/html,x", SITE) is None
    assert found_link("http://[::::/", SITE) is None


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("http://eastmere-echo.test/2026/03/storm", "http://eastmere-echo.test/2026/03/storm"),
        ("https://eastmere-echo.test:80/2026/03/storm", f"{SITE}/2026/03/storm"),
        ("http://eastmere-echo.test:443/2026/03/storm", f"{SITE}/2026/03/storm"),
        ("http://eastmere-echo.test:80/2026/03/storm", "http://eastmere-echo.test:80/2026/03/storm"),
        ("http://eastmere-echo.test:8080/2026/03/storm", "http://eastmere-echo.test:8080/2026/03/storm"),
    ],
)
def test_a_link_to_a_port_of_another_scheme_is_made_right(href: str, url: str) -> None:
    """It has the key of an article that nobody could read under this address."""
    link = found_link(href, SITE)
    assert link is not None
    assert link.url == url


def test_a_sitemap_speaks_for_its_own_site() -> None:
    """What it lists of another is left out, be it a page or a sitemap; its own subdomains are no other site."""
    own = SITEMAP.replace(f"{SITE}/2026/03/pier", "https://m.eastmere-echo.test/2026/03/pier")
    assert [link.key for link in read(own).links] == [
        f"{SITE}/2026/03/storm",
        "https://m.eastmere-echo.test/2026/03/pier",
    ]
    other = SITEMAP.replace(f"{SITE}/2026/03/pier", "https://other.test/2026/03/pier")
    assert [link.key for link in read(other).links] == [f"{SITE}/2026/03/storm"]
    assert read(INDEX.replace(f"{SITE}/old", "https://other.test/old")).feeds == (f"{SITE}/new.xml.gz",)


def test_a_feed_shows_few_articles_of_other_sites() -> None:
    """The first hundred, beside all of its own: their hosts are asked for what it wants."""
    items = [f"https://{host}.test/2026/03/storm-{n}" for n in range(150) for host in ("other", "eastmere-echo")]
    links = read(f"<rss><channel>{''.join(f'<item><link>{url}</link></item>' for url in items)}</channel></rss>").links
    assert sum(link.key.startswith(SITE) for link in links) == 150
    assert len(links) == 150 + MAX_OTHERS


SLOW_DATES = {
    "rss": "<rss><channel>{}</channel></rss>".format(
        "".join(f"<item><link>/2026/03/{n}</link><pubDate>{n} years ago</pubDate></item>" for n in range(20_000))
    ),
    "prefixes": '<a.b:rss xmlns:a.b="x">{}</a.b:rss>'.format(
        "".join(f"<a.b:item><a.b:pubDate>{n} years ago</a.b:pubDate></a.b:item>" for n in range(20_000))
    ),
    "json": '{{"version": "https://jsonfeed.org/version/1.1", "items": [{}]}}'.format(
        ",".join(f'{{"url": "/2026/03/{n}", "date_published": "zzz {n}"}}' for n in range(100_000))
    ),
    "utf-7": '<?xml version="1.0" encoding="UTF-7"?><rss><channel>{}</channel></rss>'.format(
        "".join(f"+ADw-item+AD4-+ADw-pubDate+AD4-{n} years ago+ADw-/pubDate+AD4-+ADw-/item+AD4-" for n in range(20_000))
    ),
}


@pytest.mark.parametrize("name", SLOW_DATES)
def test_dates_that_take_long_are_few(name: str) -> None:
    """Thousands that are written in no usual way would hold up a worker for minutes, at each look."""
    began = time.process_time()
    found = read(SLOW_DATES[name])
    assert time.process_time() - began < 10
    assert len(found.links) <= MAX_ENTRIES


def test_a_feed_in_another_charset_is_read() -> None:
    """By the parser that is patient, too, which otherwise believes what the feed declares."""
    for end in ("</channel></rss>", ""):
        rss = RSS.replace('<?xml version="1.0"?>', '<?xml version="1.0" encoding="iso-8859-1"?>')
        rss = rss.replace("The Eastmere", "Östermere").replace("</channel></rss>", end)
        found = read_source(rss.encode("iso-8859-1"), SITE, "application/rss+xml")
        assert (found.name, len(found.links)) == ("Östermere Echo", 2)
