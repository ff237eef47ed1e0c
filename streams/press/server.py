"""The press as a web server on loopback."""

from __future__ import annotations

import asyncio
import errno
import logging
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from schemas.errors import UnavailableError
from streams.press import state
from streams.press.clock import PACE, PressClock, world_time
from streams.press.life import EDIT_EVERY, find, living_articles, page_at, timetable
from streams.press.page import all_papers, article_page, front_page, gone_page
from streams.press.story import PAPERS, slugs

HOST = "127.0.0.1"

HEAD_START = timedelta(days=30)
"""How far behind the world a new press starts: 36 minutes at the usual pace."""

WARM_UP = timedelta(days=1) + EDIT_EVERY / 2
"""How far a new press is in its second cycle: articles of every age are there, the next edit is half a turn away, and
few turns of the next two days are free."""

SAVE_EVERY = 1.0
"""Seconds between two writes of the state."""

UNSAVED = timedelta(seconds=2 * SAVE_EVERY)
"""How old the state may be after a crash: a restart skips as much, since press time must not repeat itself."""

log = logging.getLogger(__name__)


class Press:
    """The local press: `async with Press(directory) as press`; `press.url` and `press.clock` are for `crawl`.

    `directory`: where it keeps its time and its port, so that after a restart it goes on where it was, under the same
    addresses. `pace`: seconds of the press in one of the world.

    Raises on entry:
        SettingsError: the pace cannot be used.
        UnavailableError: the directory cannot be used, or no port can be opened.
    """

    url: str
    clock: PressClock

    def __init__(self, directory: Path, *, pace: float = PACE) -> None:
        self._path = directory / "press.json"
        self._pace = pace

    async def __aenter__(self) -> Self:
        """Open the port and start the clock."""
        kept = state.load(self._path)
        known = kept or _new_state()
        self.clock = PressClock(known.origin, known.time, pace=self._pace, skip=UNSAVED if kept else timedelta())
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            self._port = await self._open(known.port)
            self._save()
        except BaseException:
            await self._runner.cleanup()
            raise
        self.url = f"http://{HOST}:{self._port}"
        self._saver = asyncio.create_task(self._keep_saving())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Write the state and close the port."""
        self._saver.cancel()
        await asyncio.gather(self._saver, return_exceptions=True)
        await self._runner.cleanup()
        self._save()

    @property
    def summary(self) -> str:
        """One line about the press, for a terminal."""
        names = ", ".join(PAPERS.values())
        edit = EDIT_EVERY.total_seconds() / self._pace
        return (
            f"{len(PAPERS)} invented papers ({names}) at {self.url}/, {len(slugs())} stories over and over, "
            f"{self._pace / 60:g} minutes a second, an edit every {edit:g} s"
        )

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/", self._papers)
        app.router.add_get("/{paper}/", self._front)
        app.router.add_get("/{paper}/{name:.+}", self._article)
        return app

    async def _open(self, port: int) -> int:
        try:
            await web.TCPSite(self._runner, HOST, port).start()
        except OSError as error:
            if not port or error.errno != errno.EADDRINUSE:
                raise UnavailableError(f"the press cannot open a port on {HOST}: {error}") from None
            log.warning("Port %d of the press is taken: it moves to another one, where all articles are new.", port)
            return await self._open(0)
        address = self._runner.addresses[0]
        return int(address[1])

    def _save(self) -> None:
        state.save(self._path, state.PressState(self.clock.origin, self.clock.time(), self._port))

    async def _keep_saving(self) -> None:
        while True:
            await asyncio.sleep(SAVE_EVERY)
            try:
                self._save()
            except UnavailableError as error:
                log.warning("%s", error)

    async def _papers(self, _request: web.Request) -> web.Response:
        return _html(all_papers())

    async def _front(self, request: web.Request) -> web.Response:
        paper = request.match_info["paper"]
        if paper not in PAPERS:
            return _html(gone_page(404), 404)
        time = self.clock.time()
        articles = living_articles(self.clock.origin, time, also_brief=self.clock.caught_up)
        return _html(front_page(paper, articles, time))

    async def _article(self, request: web.Request) -> web.Response:
        time = self.clock.time()
        article = find(self.clock.origin, time, request.match_info["paper"], request.match_info["name"])
        if not article:
            return _html(gone_page(404), 404)
        page = page_at(article, time)
        if not page.text:
            return _html(gone_page(page.status), page.status)
        url = f"{self.url}{article.path}"
        return _html(article_page(article, page.text, url=url, modified=page.modified, time=time))


def _new_state() -> state.PressState:
    start = world_time() - HEAD_START
    return state.PressState(start - timetable().cycle - WARM_UP, start)


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
