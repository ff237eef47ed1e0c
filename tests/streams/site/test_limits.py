"""Nobody gets more than a share of the site, and nobody pays for another."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request
from archive_history import history
from archive_site import site_of
from hypothesis import given
from hypothesis import strategies as st

from streams.site.limits import BURST, MAX_VISITORS, RATE, Limits, visitor_of


@given(st.lists(st.floats(0, 5), max_size=300))
def test_no_visitor_gets_more_than_the_rate(gaps: list[float]) -> None:
    """In any time no more than a burst and what the rate allows, and after the wait that is told, it is allowed."""
    limits, now, allowed = Limits(), 0.0, 0
    for gap in gaps:
        now += gap
        wait = limits.wait("198.51.100.1", now)
        allowed += wait == 0
        assert allowed <= BURST + RATE * now + 1e-6
    for _ in range(int(BURST) + 1):
        wait = limits.wait("198.51.100.1", now)
    assert wait > 0
    assert limits.wait("198.51.100.2", now) == 0
    assert limits.wait("198.51.100.1", now + wait + 1e-6) == 0


def test_the_visitors_that_are_remembered_are_bounded() -> None:
    """Whoever comes from many addresses takes no memory without end."""
    limits = Limits()
    for number in range(MAX_VISITORS + 10):
        limits.wait(str(number), 0.0)
    assert len(limits._visitors) == MAX_VISITORS


@pytest.mark.parametrize(
    ("remote", "forwarded", "visitor"),
    [
        ("127.0.0.1", None, None),
        ("8.8.8.7", None, "8.8.8.7"),
        ("8.8.8.7", "203.0.113.9", "8.8.8.7"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.2", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.2", None, "10.0.0.2"),
        ("127.0.0.1", "2a02:1:2:3:4::5", "2a02:1:2:3::/64"),
        ("127.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "<script>", "unknown"),
        ("", None, "unknown"),
    ],
)
def test_a_visitor_is_told_by_address(remote: str, forwarded: str | None, visitor: str | None) -> None:
    """By that which a proxy nearby tells last, and by nothing that a visitor can write."""
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=remote)
    assert visitor_of(request) == visitor


def test_who_asks_for_too_much_is_told_to_wait(tmp_path: Path) -> None:
    """With the time after which it is answered again; others are answered meanwhile."""

    async def run() -> None:
        async with site_of(f"sqlite:///{tmp_path / 'archive.db'}", history(1)) as site:
            told = []
            for _ in range(int(BURST) + 40):
                async with site.client.get("/robots.txt", headers={"X-Forwarded-For": "203.0.113.9"}) as answer:
                    told.append((answer.status, answer.headers.get("Retry-After")))
            assert told[0] == (200, None)
            assert (429, "1") in told
            await site.page("/")

    asyncio.run(run())
