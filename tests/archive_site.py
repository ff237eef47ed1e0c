"""A site over an archive of some records, for tests."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from agents.archive.batch import batch_of
from agents.archive.queries import Archive
from agents.archive.store import Store
from schemas.record import Record
from streams.clock import Clock
from streams.site.broadcast import Broadcast
from streams.site.server import new_site
from tests.archive_database import empty_archive


@contextlib.asynccontextmanager
async def site_of(database: str, records: Sequence[Record], clock: Clock | None = None) -> AsyncIterator[Site]:
    """A site, and what asks and feeds it."""
    async with empty_archive(database) as engine:
        store = Store(engine)
        await store.write(batch_of(records))
        broadcast = _Broadcast(Archive(engine))
        looking = asyncio.create_task(broadcast.run())
        try:
            await broadcast.begun.wait()  # what is stored before is not told
            async with TestClient(_Server(new_site(engine, broadcast, clock or Clock()))) as client:
                yield Site(client, store, broadcast)
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)


class _Broadcast(Broadcast):
    """One that says when it has begun."""

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self.begun = asyncio.Event()

    async def _begin(self) -> None:
        await super()._begin()
        self.begun.set()


class _Server(TestServer):
    """A server that, as that of `newsdiff site`, does not cancel the handlers of visitors who leave."""

    async def _make_runner(self, **options: Any) -> web.AppRunner:
        return web.AppRunner(self.app, **{**options, "handler_cancellation": False})


class Site:
    """A site that runs."""

    def __init__(self, client: TestClient[web.Request, web.Application], store: Store, broadcast: Broadcast) -> None:
        self.client = client
        self.store = store
        self.broadcast = broadcast

    async def page(self, path: str, status: int = 200) -> str:
        """The text at a path, which answers with this status."""
        async with self.client.get(path, allow_redirects=False) as answer:
            text = await answer.text()
            assert answer.status == status, (path, answer.status, text[:2000])
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "Traceback" not in text
            return text

    async def add(self, records: Sequence[Record]) -> None:
        """Store more records, as the archive in the same process does."""
        await self.store.write(batch_of(records))
        self.broadcast.stored()


@contextlib.contextmanager
def site_in_a_thread(path: Path, records: Sequence[Record], clock: Clock | None = None) -> Iterator[Running]:
    """A site beside this thread, for a browser."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    running = site_of(f"sqlite:///{path / 'archive.db'}", records, clock)
    site = asyncio.run_coroutine_threadsafe(running.__aenter__(), loop).result(30)
    try:
        yield Running(str(site.client.make_url("/")).rstrip("/"), site, loop)
    finally:
        asyncio.run_coroutine_threadsafe(running.__aexit__(None, None, None), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@dataclass(frozen=True)
class Running:
    """A site that runs in another thread."""

    address: str
    site: Site
    loop: asyncio.AbstractEventLoop

    def add(self, records: Sequence[Record]) -> None:
        """Store more records."""
        asyncio.run_coroutine_threadsafe(self.site.add(records), self.loop).result(30)
