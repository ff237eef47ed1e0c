"""What a host does not want is not asked for."""

from __future__ import annotations

import pytest

from agents.fetch.answer import Answer, Failure
from agents.fetch.robots import MAX_BYTES, Robots


def robots(text: str = "", status: int | None = 200, failure: Failure | None = None) -> Robots:
    """The rules in such an answer."""
    url = "https://example.org/robots.txt"
    return Robots(Answer(url=url, final_url=url, seconds=0.1, status=status, body=text.encode(), failure=failure))


def test_rules_are_kept() -> None:
    """Those for all and those for this agent, with wildcards, and the delay."""
    rules = robots("User-agent: *\nDisallow: /\n\nUser-agent: newsdiff\nDisallow: /*.pdf$\nCrawl-delay: 7\n")
    assert rules.allows("https://example.org/2026/storm")
    assert not rules.allows("https://example.org/2026/storm.pdf")
    assert rules.crawl_delay == 7
    assert not robots("User-agent: *\nDisallow: /private").allows("https://example.org/private/x")


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(404, True), (403, True), (429, False), (500, False), (503, False), (300, False), (304, False)],
)
def test_a_file_that_is_not_there_allows_all(status: int, *, allowed: bool) -> None:
    """One that is missing has no rules; one that cannot be had now forbids until it can."""
    rules = robots("", status)
    assert (rules.allows("https://example.org/a"), rules.is_known) == (allowed, allowed)


def test_a_host_that_does_not_answer_allows_nothing() -> None:
    """Without an answer nobody knows what it wants."""
    assert not robots(status=None, failure=Failure.TIMEOUT).allows("https://example.org/a")


@pytest.mark.parametrize(
    "text",
    [
        "User-agent: *\nDisallow: /" + "*a" * 5000 + "b\n",
        "User-agent: *\n" + "Disallow: /a*b$\n" * 50_000,
        "\x00" * 100_000,
        "User-agent: *\nCrawl-delay: " + "9" * 5000,
        "User-agent: *\nDisallow: " + "/a" * MAX_BYTES,
    ],
)
@pytest.mark.timeout(20)
def test_hostile_rules_are_outlived(text: str) -> None:
    """Whatever stands in the file, it is read, and leaves no odd delay."""
    rules = robots(text)
    rules.allows("https://example.org/" + "a" * 2000)
    assert rules.crawl_delay is None or rules.crawl_delay >= 0


def test_sitemaps_of_news_are_named() -> None:
    """Those of everything that a site ever published are not: they would be watched for 40 days each."""
    names = [
        f"https://example.org/{name}.xml" for name in ("sitemap", "news-sitemap", *(f"news-{n}" for n in range(9)))
    ]
    found = robots("".join(f"Sitemap: {name}\n" for name in names)).news_sitemaps
    assert found == tuple(names[1:6])
