"""Papers on loopback, a host each, that write down how they are asked."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import NamedTuple, Self

from aiohttp import web

from tests.service import page, paragraphs

ADDRESS = "127.0.0.1"


class Visit(NamedTuple):
    """A request: when it began and ended, in seconds of `time.monotonic`, and its path."""

    began: float
    ended: float
    path: str


@dataclass
class Host:
    """A paper."""

    number: int
    articles: int
    port: int = 0
    visits: list[Visit] = field(default_factory=list)

    @property
    def endpoint(self) -> str:
        """Its address and port."""
        return f"{ADDRESS}:{self.port}"

    @property
    def feed(self) -> str:
        """The URL of its feed."""
        return f"http://{self.endpoint}/feed.xml"

    @property
    def stories(self) -> list[str]:
        """The URLs of its articles."""
        return [f"http://{self.endpoint}/2026/03/story-{n}" for n in range(self.articles)]


class Town:
    """A context in which the papers run, in a thread of their own.

    `edit_every`: seconds after which each article has another text. `delay`: seconds until a request is answered.
    """

    def __init__(self, hosts: int, articles: int, *, edit_every: float = 1e9, delay: float = 0.0) -> None:
        self.hosts = [Host(number, articles) for number in range(hosts)]
        self._edit_every = edit_every
        self._delay = delay
        self._began = time.monotonic()
        self._runners: list[web.AppRunner] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def endpoints(self) -> str:
        """All of them, as the setting has them."""
        return ",".join(host.endpoint for host in self.hosts)

    async def _open(self) -> None:
        for host in self.hosts:
            app = web.Application()
            app.router.add_get("/{path:.*}", partial(self._answer, host))
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
            self._runners.append(runner)
            await runner.setup()
            await web.TCPSite(runner, ADDRESS, 0).start()
            host.port = runner.addresses[0][1]

    async def _close(self) -> None:
        await asyncio.gather(*(runner.cleanup() for runner in self._runners))

    async def _answer(self, host: Host, request: web.Request) -> web.Response:
        began = time.monotonic()
        await asyncio.sleep(self._delay)
        response = self._page(host, request.path)
        host.visits.append(Visit(began, time.monotonic(), request.path))
        return response

    def _page(self, host: Host, path: str) -> web.Response:
        if path == "/feed.xml":
            items = "".join(f"<item><link>{url}</link></item>" for url in host.stories)
            text = f'<rss version="2.0"><channel><title>Paper {host.number}</title>{items}</channel></rss>'
            return web.Response(text=text, content_type="application/rss+xml")
        if not path.startswith("/2026/"):
            return web.Response(status=404)
        edit = int((time.monotonic() - self._began) / self._edit_every)
        body = page(f"{path} of {host.number}", *paragraphs(str(12 + edit)))
        return web.Response(body=body, content_type="text/html")
