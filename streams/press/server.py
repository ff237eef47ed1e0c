"""The press as a web server on loopback."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from schemas.errors import SettingsError, UnavailableError
from streams.clock import Clock
from streams.press import state
from streams.press.conditional import conditional
from streams.press.life import EDIT_EVERY, Article, find, living_articles, page_at, timetable
from streams.press.listing import Listed, feed, sitemap
from streams.press.page import all_papers, article_page, front_page, gone_page
from streams.press.story import PAPERS, slugs

HOST = "127.0.0.1"

PACE = 1200.0
"""Press time starts in the past and goes by at 20 minutes a second, until it is the world's."""

ROBOTS = "User-agent: *\nCrawl-delay: 0.5\n"
"""Once press time is the world's, an edit comes every minute: half a second between two requests is time enough."""

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
    """The local press. Its clock runs and its port is open at once; while it is entered, it answers.

    `directory`: where it keeps its time and its port, so that after a restart it goes on where it was, under the same
    addresses. `pace`: seconds of the press in one of the world. `origin`: when it printed its first story.

    Raises:
        SettingsError: the pace cannot be used.
        UnavailableError: the directory cannot be used, or no port can be opened.
    """

    def __init__(self, directory: Path, *, pace: float = PACE) -> None:
        if not 1 < pace <= 10 * PACE:
            raise SettingsError(f"a press at pace {pace:g}: choose one above 1 and up to {10 * PACE:g}")
        self._path = directory / "press.json"
        kept = state.load(self._path)
        known = kept or _new_state()
        self.origin = known.origin
        begun = datetime.now(UTC) - (UNSAVED if kept else timedelta())
        self.clock = Clock(begun.timestamp(), known.time.timestamp(), pace)
        self._socket = _listening(known.port)
        self._port = int(self._socket.getsockname()[1])
        self.address = f"{HOST}:{self._port}"
        self.url = f"http://{self.address}"
        self._save()

    async def __aenter__(self) -> Self:
        """Begin to answer."""
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()
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
        edit = EDIT_EVERY.total_seconds() / self.clock.factor
        return (
            f"{len(PAPERS)} invented papers ({names}) at {self.url}/, {len(slugs())} stories over and over, "
            f"{self.clock.factor / 60:g} minutes a second, an edit every {edit:g} s"
        )

    def living(self) -> list[Article]:
        """The articles that may still change (see `living_articles`)."""
        return living_articles(self.origin, self.clock.now(), also_brief=self.clock.caught_up)

    def _app(self) -> web.Application:
        app = web.Application()
        papers = "|".join(PAPERS)
        app.router.add_get("/", self._papers)
        app.router.add_get("/robots.txt", self._robots)
        app.router.add_get(f"/{{paper:{papers}}}/", self._front)
        app.router.add_get(f"/{{paper:{papers}}}/feed.xml", self._feed)
        app.router.add_get(f"/{{paper:{papers}}}/sitemap.xml", self._sitemap)
        app.router.add_get("/{paper}/{name:.*}", self._article)
        return app

    def _save(self) -> None:
        state.save(self._path, state.PressState(self.origin, self.clock.now(), self._port))

    async def _keep_saving(self) -> None:
        while True:
            await asyncio.sleep(SAVE_EVERY)
            try:
                self._save()
            except UnavailableError as error:
                log.warning("%s", error)

    async def _papers(self, _request: web.Request) -> web.Response:
        return _html(all_papers())

    async def _robots(self, _request: web.Request) -> web.Response:
        return web.Response(text=ROBOTS)

    async def _front(self, request: web.Request) -> web.Response:
        paper = request.match_info["paper"]
        return conditional(request, _html(front_page(paper, self._listed(paper))))

    async def _feed(self, request: web.Request) -> web.Response:
        paper = request.match_info["paper"]
        text = feed(PAPERS[paper], f"{self.url}{request.path}", self._listed(paper), self.clock.now())
        return conditional(request, web.Response(text=text, content_type="application/atom+xml"))

    async def _sitemap(self, request: web.Request) -> web.Response:
        text = sitemap(self._listed(request.match_info["paper"]))
        return conditional(request, web.Response(text=text, content_type="application/xml"))

    def _listed(self, paper: str) -> list[Listed]:
        """A paper's articles that can be read now, the newest first."""
        time = self.clock.now()
        pages = [(article, page_at(article, time)) for article in self.living() if article.paper == paper]
        return [
            Listed(f"{self.url}{article.path}", page.text.headline, article.published, page.modified)
            for article, page in reversed(pages)
            if page.text
        ]

    async def _article(self, request: web.Request) -> web.Response:
        time = self.clock.now()
        article = find(self.origin, time, request.match_info["paper"], request.match_info["name"])
        if not article:
            return _html(gone_page(404), 404)
        page = page_at(article, time)
        if not page.text:
            return _html(gone_page(page.status), page.status)
        url = f"{self.url}{article.path}"
        text = article_page(article, page.text, url=url, modified=page.modified, time=time)
        return conditional(request, _html(text), f"{article.path} {page.text}".encode())  # not what is around it


def _listening(port: int) -> socket.socket:
    """A socket at a port of loopback: this one, if it is free."""
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        if not port or error.errno != errno.EADDRINUSE:
            raise UnavailableError(f"the press cannot open a port on {HOST}: {error}") from None
        log.warning("Port %d of the press is taken: it moves to another one, where all articles are new.", port)
        return _listening(0)


def _new_state() -> state.PressState:
    start = datetime.now(UTC) - HEAD_START
    return state.PressState(start - timetable().cycle - WARM_UP, start)


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
