"""`newsdiff site`: the archive and its pages."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import errno
import logging
from collections.abc import AsyncIterator

import click
from aiohttp import web
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from agents.archive.figures import Figures
from agents.archive.migrations import migrate
from agents.archive.queries import Archive
from agents.archive.store import Store, open_engine
from agents.archive.subscriptions import Subscriptions
from agents.fetch.client import Client
from schemas.errors import NewsdiffError, UnavailableError
from streams import health, logs
from streams.archiving import archive
from streams.clock import Clock
from streams.data_directory import locked
from streams.embedded.ports import choose_port
from streams.hubs import Hubs
from streams.settings import Settings
from streams.site.broadcast import Broadcast
from streams.site.server import new_site
from streams.site.watched_metrics import count_watched
from streams.writer import Writer

RETRY_EVERY = 10.0
"""Seconds until Kafka is asked again; the pages are there meanwhile."""

CHECK_TIMEOUT = 5.0
"""Seconds in which what asks how the site is has to be answered."""

STOP_TIMEOUT = 2.0
"""Seconds that visitors have when the site is stopped."""

log = logging.getLogger(__name__)


@click.command("site")
@click.pass_obj
def command(settings: Settings) -> None:
    """Store what the topics tell in a database, and show it: pages, feeds, and an interface for programs."""
    logs.configure(settings)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what is wrong with Kafka is said in one line
    settings = dataclasses.replace(settings, site=address_of_site(settings))
    host, _, port = settings.site.rpartition(":")
    with locked(settings.data, "site"):
        try:
            web.run_app(
                _site(settings),
                host=host,
                port=int(port),
                print=lambda _: click.echo(f"the site is at http://{settings.site}/", err=True),
                access_log=None,
                shutdown_timeout=STOP_TIMEOUT,
            )
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES):
                raise
            raise UnavailableError(f"the site cannot be at {settings.site}: {error}; set NEWSDIFF_SITE") from None


def address_of_site(settings: Settings) -> str:
    """HOST:PORT of the site, with a free port where none is named."""
    host, _, port = settings.site.rpartition(":")
    return settings.site if int(port) else f"{host}:{choose_port(host)}"


async def _site(settings: Settings) -> web.Application:
    engine = open_engine(settings.database)
    try:
        await migrate(engine)
    except (SQLAlchemyError, OSError, CommandError) as error:  # the last: a newer version has made its tables
        await engine.dispose()
        what = str(getattr(error, "orig", None) or error)
        raise UnavailableError(f"the archive's database cannot be used: {what}; see NEWSDIFF_DATABASE_URL") from None
    pages = Archive(engine)
    broadcast = Broadcast(pages)
    clock = Clock.of(settings.clock)
    client, writer = Client(settings.contact, allowed=settings.inside_addresses), Writer(settings)
    hubs = (
        Hubs(Subscriptions(engine), client, settings.public_url, clock, writer.write) if settings.public_url else None
    )
    app = new_site(engine, broadcast, clock, public_url=settings.public_url, known_hubs=hubs)

    async def background(_app: web.Application) -> AsyncIterator[None]:
        health.serve(settings, live=health.gets_on(asyncio.get_running_loop()), ready=_answers(pages))
        running = [
            broadcast.run(),
            _archive(settings, Store(engine), broadcast),
            count_watched(Figures(engine), clock),
            *([hubs.run()] if hubs else []),
        ]
        async with client, writer:
            tasks = [asyncio.create_task(each) for each in running]
            yield
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(SQLAlchemyError, OSError):
            await engine.dispose()

    app.cleanup_ctx.append(background)
    return app


def _answers(pages: Archive) -> health.Check:
    """A check that the database answers: it is asked in this event loop, and told to other threads."""
    loop = asyncio.get_running_loop()

    def wrong() -> str | None:
        try:
            asyncio.run_coroutine_threadsafe(pages.check(), loop).result(CHECK_TIMEOUT)
        except TimeoutError:
            return f"the site has not got on for {CHECK_TIMEOUT:.0f} s"
        except (SQLAlchemyError, OSError) as error:
            return f"the database does not answer: {type(error).__name__}"
        return None

    return wrong


async def _archive(settings: Settings, store: Store, broadcast: Broadcast) -> None:
    while True:
        try:
            async with store.alone() as is_alone:
                if is_alone:
                    await archive(settings, store, broadcast.stored)
        except NewsdiffError as error:
            log.warning("nothing is archived for now: %s", error)
        except Exception:
            log.exception("archiving failed, and begins anew where its rows end")
        await asyncio.sleep(RETRY_EVERY)
