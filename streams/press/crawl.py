"""A simple crawler for the press: it fetches every living article in rounds and hands the answers on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar

from streams.press.clock import PressClock
from streams.press.life import Article, living_articles
from streams.press.story import PAPERS

ROUND_SECONDS = 2.0
"""From one round to the next while the press is in the past: less than the 3 s from edit to edit."""

CALM_ROUND_SECONDS = 10.0
"""The same once the press has caught up, where an edit comes every minute."""

PAGES_A_ROUND = 15
"""Where more articles live, those wait that were fetched last."""

TIMEOUT = ClientTimeout(total=5)

log = logging.getLogger(__name__)


class Write(Protocol):
    """Takes one fetched page on. `source`: the paper's name. `fetched_at`: press time. `body`: as it was sent."""

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
        """Write it; what this raises ends the crawl."""


async def crawl(press_url: str, clock: PressClock, write: Write) -> None:
    """Fetch until cancelled.

    Pages that are gone are fetched too; a page that cannot be fetched in 5 s waits for the next round. All pages come
    from `Press`, which bounds their size (some 10 kB).
    """
    loop = asyncio.get_running_loop()
    fetched: dict[str, float] = {}
    async with ClientSession(timeout=TIMEOUT, cookie_jar=DummyCookieJar()) as session:
        while True:
            began = loop.time()
            living = living_articles(clock.origin, clock.time(), also_brief=clock.caught_up)
            fetched = {article.path: fetched.get(article.path, 0.0) for article in living}
            for article in sorted(living, key=lambda article: fetched[article.path])[:PAGES_A_ROUND]:
                fetched[article.path] = loop.time()
                await _fetch(session, press_url, article, clock, write)
            pause = CALM_ROUND_SECONDS if clock.caught_up else ROUND_SECONDS
            await asyncio.sleep(began + pause - loop.time())


async def _fetch(session: ClientSession, press_url: str, article: Article, clock: PressClock, write: Write) -> None:
    url = f"{press_url}{article.path}"
    try:
        async with session.get(url, allow_redirects=False) as response:
            body = await response.read()
    except (ClientError, TimeoutError) as error:
        log.warning("%s cannot be fetched: %s", url, error or type(error).__name__)
        return
    await write(
        url,
        source=PAPERS[article.paper],
        fetched_at=clock.time(),
        status=response.status,
        headers=response.headers,
        body=body,
        content_type=response.headers.get("Content-Type", ""),
    )
