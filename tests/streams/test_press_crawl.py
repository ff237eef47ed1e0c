"""The crawler of the press."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from schemas.errors import WriteError
from streams.press import crawl as crawl_module
from streams.press.clock import PressClock, world_time
from streams.press.crawl import PAGES_A_ROUND, crawl
from streams.press.life import living_articles, timetable
from streams.press.server import HOST, Press
from streams.press.state import PressState, save
from streams.press.story import PAPERS


@dataclass
class Fetches:
    """Keeps all that is written."""

    pages: dict[str, list[tuple[datetime, int, bytes]]] = field(default_factory=lambda: defaultdict(list))
    sources: Counter[str] = field(default_factory=Counter)

    async def __call__(
        self,
        url: str,
        *,
        source: str,
        fetched_at: datetime,
        status: int,
        headers: Mapping[str, str],
        body: bytes,
        content_type: str,
    ) -> None:
        """Keep one."""
        assert headers["Content-Length"] == str(len(body))
        assert content_type == "text/html; charset=utf-8"
        self.pages[url].append((fetched_at, status, body))
        self.sources[source] += 1


async def run_for(seconds: float, press_url: str, clock: PressClock, write: Any) -> None:
    """Crawl for some time, then cancel, which must not take long."""
    task = asyncio.create_task(crawl(press_url, clock, write))
    done, _ = await asyncio.wait([task], timeout=seconds)
    if done:
        await task
    task.cancel()
    async with asyncio.timeout(0.5):
        await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()


def test_crawl_sees_edits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a real press every living page is fetched in each round, in order of press time, and edits show."""
    monkeypatch.setattr(crawl_module, "ROUND_SECONDS", 0.3)
    fetches = Fetches()

    async def run() -> None:
        async with Press(tmp_path, pace=12000) as press:
            living = living_articles(press.clock.origin, press.clock.time(), also_brief=False)
            await run_for(2.0, press.url, press.clock, fetches)
            assert {f"{press.url}{article.path}" for article in living} <= fetches.pages.keys()

    asyncio.run(run())
    assert set(fetches.sources) <= set(PAPERS.values())
    titles = defaultdict(set)
    for url, pages in fetches.pages.items():
        assert all(before[0] < after[0] <= world_time() for before, after in pairwise(pages))
        for _, status, body in pages:
            titles[url].add((status, body.partition(b'"dateModified"')[2][:30]))
    assert sum(len(seen) - 1 for seen in titles.values()) >= 3
    assert max(len(pages) for pages in fetches.pages.values()) >= 4


def test_one_bad_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that breaks the connection is left out of its round; the others, and the rounds after it, go on."""
    monkeypatch.setattr(crawl_module, "ROUND_SECONDS", 0.1)
    fetches = Fetches()
    tries = Counter[str]()
    time = world_time() - timedelta(days=30)
    clock = PressClock(time - timetable().cycle - timedelta(hours=1), time, pace=2)
    bad, *good = [article.path for article in living_articles(clock.origin, time, also_brief=False)]

    async def answer(request: web.Request) -> web.Response:
        tries[request.path] += 1
        if request.path == bad and request.transport:
            request.transport.close()
        return web.Response(text="page", content_type="text/html", charset="utf-8")

    async def run() -> None:
        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, HOST, 0).start()
        try:
            url = f"http://{HOST}:{runner.addresses[0][1]}"
            await run_for(0.6, url, clock, fetches)
            assert fetches.pages.keys() == {f"{url}{path}" for path in good}
        finally:
            await runner.cleanup()

    asyncio.run(run())
    assert tries[bad] >= 2
    assert min(map(len, fetches.pages.values())) >= 2


def test_nobody_answers(tmp_path: Path) -> None:
    """Where no press answers, nothing is written, nothing is raised, and the crawl can still be cancelled."""
    fetches = Fetches()

    async def run() -> None:
        async with Press(tmp_path) as press:
            pass
        await run_for(0.3, press.url, press.clock, fetches)

    asyncio.run(run())
    assert not fetches.pages


def test_write_fails(tmp_path: Path) -> None:
    """An error of the writer ends the crawl and is the caller's to handle."""

    async def refuse(*_args: Any, **_keywords: Any) -> None:
        raise WriteError("no broker")

    async def run() -> None:
        async with Press(tmp_path) as press:
            await run_for(2, press.url, press.clock, refuse)

    with pytest.raises(WriteError):
        asyncio.run(run())


def test_rounds_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A press that has caught up has more articles than fit a round: they take turns, and none is left out."""
    monkeypatch.setattr(crawl_module, "CALM_ROUND_SECONDS", 0.3)
    fetches = Fetches()

    async def run() -> None:
        now = world_time()
        save(tmp_path / "press.json", PressState(now - 2 * timetable().cycle, now))
        async with Press(tmp_path) as press:
            await run_for(1.0, press.url, press.clock, fetches)

    asyncio.run(run())
    counts = [len(pages) for pages in fetches.pages.values()]
    assert sum(counts) <= 4 * PAGES_A_ROUND
    assert max(counts) - min(counts) <= 1
    assert any("/today/" in url for url in fetches.pages)
