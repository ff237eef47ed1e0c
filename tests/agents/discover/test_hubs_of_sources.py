"""The hub that a source names is found, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from agents.discover.hubs import hub_in_feed, hub_in_header
from agents.discover.source import read_source
from schemas.check import Hub

FEED = "https://eastmere-echo.test/feed.xml"
HUB = Hub("https://hub.test/", FEED)

ATOM_LINKS = (
    '<a:link rel="hub" href="https://hub.test/"/><a:link rel="self" href="https://eastmere-echo.test/feed.xml"/>'
)
RSS = f"""<?xml version="1.0"?><rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>Echo</title>
<link>https://eastmere-echo.test/</link>{ATOM_LINKS}<item><link>https://eastmere-echo.test/2026/03/storm</link></item>
</channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Echo</title>{ATOM_LINKS.replace("a:", "")}
<entry><link href="/2026/03/storm"/></entry></feed>"""
JSON = f"""{{"version": "https://jsonfeed.org/version/1.1", "feed_url": "{FEED}",
"hubs": [{{"type": "rssCloud", "url": "https://cloud.test/"}}, {{"type": "WebSub", "url": "https://hub.test/"}}]}}"""


@pytest.mark.parametrize("feed", [RSS, ATOM, JSON])
def test_a_feed_names_its_hub(feed: str) -> None:
    """And what the hub knows it as, wherever it was fetched from."""
    assert hub_in_feed(feed.encode(), "https://mirror.test/feed") == HUB


@pytest.mark.parametrize(
    "links",
    [
        f'<https://hub.test/>; rel="hub", <{FEED}>; rel="self"',
        f"</style.css>; rel=preload; as=style, <https://hub.test/>;rel=hub, <{FEED}>;rel=self",
        f'<{FEED}>; title="a, b; c"; rel="self alternate", <https://hub.test/>; REL="nofollow HUB"',
    ],
)
def test_a_header_names_a_hub(links: str) -> None:
    """As RFC 8288 writes links."""
    assert hub_in_header(links, "https://mirror.test/feed") == HUB


def test_a_source_knows_its_hub() -> None:
    """What is read from a feed has its hub."""
    assert read_source(RSS.encode(), FEED).hub == HUB


@pytest.mark.parametrize(
    "feed",
    [
        RSS.replace("https://hub.test/", "javascript:alert(1)"),
        RSS.replace("https://hub.test/", "file:///etc/passwd"),
        RSS.replace('rel="hub"', 'rel="help"'),
        ATOM.replace("https://hub.test/", "http://["),
        JSON.replace("WebSub", "other"),
        JSON.replace('[{"type"', '{"type"').replace("}]", "}"),
        '{"version": "https://jsonfeed.org/version/1.1", "hubs": [7, null, {"type": 7}]}',
        "[[[[",
        "",
        "<!DOCTYPE rss [<!ENTITY a '&a;'>]><rss>&a;<link rel='hub' href='&a;'/></rss>",
    ],
)
def test_what_is_no_hub_is_none(feed: str) -> None:
    """Nobody is asked for a subscription who cannot be asked over HTTP."""
    assert hub_in_feed(feed.encode(), FEED) is None


@pytest.mark.parametrize(
    "links", [None, "", "<", "<>; rel=hub", "<data:,x>; rel=hub", '<https://h.test/>; rel=""', "x" * 1000, "<;" * 500]
)
def test_a_hostile_header_names_none(links: str | None) -> None:
    """It is no error either."""
    assert hub_in_header(links, FEED) is None
