"""Papers on loopback, a host each and a hub of its own, that write down how they are asked."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import math
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import NamedTuple, Self

from aiohttp import ClientSession, web

from streams.press.conditional import conditional
from tests.service import page, paragraphs

ADDRESS = "127.0.0.1"


class Visit(NamedTuple):
    """A request: when it began and ended, in seconds of `time.monotonic`, its path, and how it was answered."""

    began: float
    ended: float
    path: str
    status: int


@dataclass
class Host:
    """A paper."""

    number: int
    articles: int
    port: int = 0
    visits: list[Visit] = field(default_factory=list)
    subscriber: dict[str, str] = field(default_factory=dict)

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

    @property
    def links(self) -> str:
        """What its feed calls its hub and itself."""
        links = {"hub": f"http://{self.endpoint}/hub", "self": self.feed}
        return "".join(
            f'<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="{r}" href="{u}"/>' for r, u in links.items()
        )

    async def subscribe(self, request: web.Request) -> web.Response:
        """Take a subscription, if who is called back confirms it."""
        form = {str(name): str(value) for name, value in (await request.post()).items()}
        query = {
            "hub.mode": "subscribe",
            "hub.topic": form["hub.topic"],
            "hub.challenge": "c",
            "hub.lease_seconds": "1",
        }
        async with ClientSession() as session, session.get(form["hub.callback"], params=query) as answer:
            if (answer.status, await answer.text()) != (200, "c"):
                return web.Response(status=409)
        self.subscriber = form
        return web.Response(status=202)

    async def publish(self) -> None:
        """Have one more article, and let the hub tell its subscriber."""
        self.articles += 1
        body = self.links.encode()
        digest = hmac.new(self.subscriber["hub.secret"].encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature": f"sha256={digest}"}
        async with ClientSession(headers=headers, raise_for_status=True) as session:
            await session.post(self.subscriber["hub.callback"], data=body)


class Town:
    """A context in which the papers run, in a thread of their own.

    `edit_every`: seconds after which each article has another text. `delay`: seconds until a request is answered.
    """

    def __init__(self, hosts: int, articles: int, *, edit_every: float = 1e9, delay: float = 0.0) -> None:
        self.hosts = [Host(number, articles) for number in range(hosts)]
        self._edit_every = edit_every
        self.delay = delay
        self._began, self._ended = time.monotonic(), math.inf
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
    def edits(self) -> int:
        """How often each article was edited so far."""
        return int((min(time.monotonic(), self._ended) - self._began) / self._edit_every)

    def freeze(self) -> None:
        """Edit nothing any more."""
        self._ended = time.monotonic()

    @property
    def endpoints(self) -> str:
        """All of them, as the setting has them."""
        return ",".join(host.endpoint for host in self.hosts)

    async def _open(self) -> None:
        for host in self.hosts:
            app = web.Application()
            app.router.add_get("/{path:.*}", partial(self._answer, host))
            app.router.add_post("/hub", host.subscribe)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
            self._runners.append(runner)
            await runner.setup()
            await web.TCPSite(runner, ADDRESS, 0).start()
            host.port = runner.addresses[0][1]

    async def _close(self) -> None:
        await asyncio.gather(*(runner.cleanup() for runner in self._runners))

    async def _answer(self, host: Host, request: web.Request) -> web.Response:
        began = time.monotonic()
        await asyncio.sleep(self.delay)
        response = conditional(request, self._page(host, request.path))
        host.visits.append(Visit(began, time.monotonic(), request.path, response.status))
        return response

    def _page(self, host: Host, path: str) -> web.Response:
        if path == "/feed.xml":
            items = "".join(f"<item><link>{url}</link></item>" for url in host.stories)
            text = f'<rss version="2.0"><channel><title>Paper {host.number}</title>{host.links}{items}</channel></rss>'
            return web.Response(text=text, content_type="application/rss+xml")
        if not path.startswith("/2026/"):
            return web.Response(status=404)
        edit = self.edits
        body = page(f"{path} of {host.number}", *paragraphs(str(12 + edit)))
        return web.Response(body=body, content_type="text/html")
