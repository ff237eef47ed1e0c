"""Whatever a visitor writes into an address, the site answers, and never with a fault of its own."""

from __future__ import annotations

import asyncio
import base64
from random import Random
from urllib.parse import quote

from archive_history import history, url
from archive_site import site_of

from agents.detect.url import article_id

ID = article_id(url(1))
PATHS = ("/", "/changes", "/search", "/charts", "/feed.rss", "/feed.json", "/api/v1/changes", "/api/v1/articles",
         f"/a/{ID}", f"/a/{ID}/1-2", f"/a/{ID}/1-2.svg", f"/api/v1/articles/{ID}/diff/1/2")  # fmt: skip
NAMES = ("source", "label", "day", "article", "kind", "q", "by", "before", "url", "view")
VALUES = (
    *(
        "",
        "0",
        "-1",
        "1e999",
        "NaN",
        "9999-12-31",
        "0001-01-01",
        "2026-02-30",
        "\x00",
        "\ud800",
        "é",
        "漢字",
        "\U0001f600",
        "%",
    ),
    *(
        "'; DROP TABLE change; --",
        '" OR 1=1',
        "*",
        "a*",
        "NEAR(a b)",
        "a:b",
        "&",
        "|",
        "!",
        "<->",
        "\\",
        "''",
        "{title}",
    ),
    *("https://[", "http://x", "javascript:x", "https://eastmere-echo.test/2026/03/story-1", "x" * 300, "x" * 301),
    *("author", "edited", "inline", ID, "lede", "story 1", "story\u2028x", "\u202e", "\ufeff", "ß", "İ", "ﬁ"),
    base64.urlsafe_b64encode(b"9999-12-31T23:59:59-14:00 x").decode(),
    base64.urlsafe_b64encode(b"0001-01-01T00:00:00+14:00 x").decode(),
    base64.urlsafe_b64encode("2026-03-01T00:00:00+00:00 \u00e9".encode()).decode(),
)


def test_no_query_is_a_fault(database: str) -> None:
    """Each name with each value on each page, and many at once: an answer, or what is wrong with the question."""
    chance = Random(1)
    queries = [{name: value} for name in NAMES for value in VALUES]
    queries += [{name: chance.choice(VALUES) for name in chance.sample(NAMES, 4)} for _ in range(200)]

    async def run() -> None:
        async with site_of(database, history(3)) as site:
            for query in queries:
                text = "&".join(f"{name}={quote(value, errors='surrogatepass')}" for name, value in query.items())
                for path in ("/changes", "/search", chance.choice(PATHS)):
                    async with site.client.get(f"{path}?{text}", allow_redirects=False) as answer:
                        assert answer.status in (200, 302, 400, 404), (path, query, answer.status)

    asyncio.run(run())
