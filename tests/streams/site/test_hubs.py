"""Hubs are subscribed to, and what they say lets sources be looked at; nobody else can do that."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from io import BytesIO
from urllib.parse import parse_qs

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from archive_database import archived
from archive_history import NOON
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents.archive.batch import batch_of
from agents.archive.queries import Archive
from agents.archive.store import Store
from agents.archive.subscriptions import Subscriptions
from agents.archive.tables import subscription
from agents.fetch.client import Client
from schemas import topics
from schemas.check import Hub
from schemas.codec import decode, encode
from schemas.errors import WriteError
from schemas.record import Record
from schemas.schedule import Schedule
from schemas.watch import Watch
from streams.clock import Clock
from streams.hubs import Hubs
from streams.site.broadcast import Broadcast
from streams.site.server import new_site

FEED = "https://eastmere-echo.test/feed.xml"


class Town:
    """A site that watches a feed with a hub, and the hub, which says what a test lets it say."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.asked: list[dict[str, str]] = []
        self.status = 202
        self.confirms = True
        self.written: list[Watch] = []
        self.now = NOON.timestamp()
        self.kafka_is_there = True

    def time(self) -> float:
        """The time, which a test sets."""
        return self.now

    async def subscribe(self, request: web.Request) -> web.Response:
        """Answer as a hub does: confirm that the subscription is wanted, then accept it."""
        form = {name: values[0] for name, values in parse_qs(await request.text()).items()}
        self.asked.append(form)
        if self.confirms:
            query = {"hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": "a7<b>"}
            async with self.site.get(self.path(form), params={**query, "hub.lease_seconds": "864000"}) as answer:
                assert (answer.status, await answer.text()) == (200, "a7<b>")
                assert answer.content_type == "text/plain"
        return web.Response(status=self.status)

    def path(self, form: dict[str, str]) -> str:
        """The path of a callback."""
        assert form["hub.callback"].startswith("https://edits.test/websub/")
        return form["hub.callback"].removeprefix("https://edits.test")

    async def tell(self, form: dict[str, str], body: bytes = b"<rss/>", *, secret: str | None = None) -> int:
        """The status of an answer to news."""
        digest = hmac.new((secret or form["hub.secret"]).encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature": f"sha256={digest}", "Content-Type": "application/rss+xml"}
        async with self.site.post(self.path(form), data=BytesIO(body), headers=headers) as answer:
            return answer.status

    async def write(self, topic: str, key: bytes, value: bytes) -> None:
        """Keep a record."""
        if not self.kafka_is_there:
            raise WriteError("no Kafka")
        assert (topic, key) == (topics.WATCH, FEED.encode())
        self.written.append(decode(value, Watch, "it"))

    async def watch(self, hub: str | None) -> None:
        """Let the archive hear that the feed is watched, and names a hub."""
        event = Schedule(
            url=FEED, kind="feed", source=None, state="watched", added_at=NOON, next_check=NOON,
            hub=Hub(hub, FEED) if hub else None,
        )  # fmt: skip
        record = Record(topics.SCHEDULE, 0, 0, NOON, FEED.encode(), encode(event))
        await Store(self.engine).write(batch_of([record]))

    async def look(self, times: int = 1) -> None:
        """Let the site ask the hubs that it has to ask."""
        for _ in range(times):
            await self.hubs.subscriptions.drop_unwanted()
            for row in await self.hubs.subscriptions.due(self.clock.now(), 10):
                await self.hubs.subscribe(row)

    @property
    def clock(self) -> Clock:
        """The clock, at the time that a test has set."""
        return Clock(1e10, self.now, 1.0)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """The address of the hub, while all of it runs."""
        app = web.Application()
        app.router.add_post("/", self.subscribe)
        async with TestServer(app) as hub, Client(allowed=frozenset([f"127.0.0.1:{hub.port}"])) as client:
            self.hubs = Hubs(Subscriptions(self.engine), client, "https://edits.test", self.clock, self.write)
            broadcast = Broadcast(Archive(self.engine))
            pages = new_site(self.engine, broadcast, self.clock, public_url="https://edits.test", known_hubs=self.hubs)
            async with TestClient(TestServer(pages)) as self.site:
                yield f"http://127.0.0.1:{hub.port}/"


def run(database: str, use: Callable[[Town, str], Awaitable[None]]) -> None:
    """Do something in a town that watches a feed with a hub."""

    async def work(engine: AsyncEngine) -> None:
        town = Town(engine)
        async with town.running() as hub:
            await town.watch(hub)
            await use(town, hub)

    archived(database, work)


def at(town: Town, hours: float) -> None:
    """Let it be so many hours after noon."""
    town.now = (NOON + timedelta(hours=hours)).timestamp()
    town.hubs.clock = town.clock


def test_a_hub_is_asked_once_and_again_before_its_lease_ends(database: str) -> None:
    """It is asked for the feed by the name that it knows it by, and confirms it by its challenge."""

    async def use(town: Town, _hub: str) -> None:
        await town.look(3)
        (form,) = town.asked
        assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", FEED)
        at(town, 24 * 7)
        await town.look()
        assert len(town.asked) == 1
        at(town, 24 * 8 + 1)
        await town.look()
        assert town.asked[1] == form

    run(database, use)


def test_news_let_the_feed_be_looked_at(database: str) -> None:
    """At once; what comes within a minute after that, a minute later, and once."""

    async def use(town: Town, hub: str) -> None:
        await town.look()
        for _ in range(4):
            assert await town.tell(town.asked[0]) == 202
        now = town.clock.now()
        assert [each.added_at for each in town.written] == [now, now + timedelta(minutes=1)]
        assert all(each.is_news and each.found_in == hub and each.modified == now for each in town.written)
        at(town, 1)
        await town.tell(town.asked[0])
        assert town.written[2].added_at == town.clock.now()

    run(database, use)


def test_only_the_hub_is_heard(database: str) -> None:
    """Without its secret nobody lets the site do anything, and nobody is told so."""

    async def use(town: Town, _hub: str) -> None:
        await town.look()
        assert await town.tell(town.asked[0], secret="guessed") == 202
        path = town.path(town.asked[0])
        for given in ("", "sha256=", "md5=0", "sha256=é", "=", "new=1"):
            async with town.site.post(path, data=b"x", headers={"X-Hub-Signature": given}) as answer:
                assert answer.status == 202
        async with town.site.post(f"/websub/{'0' * 32}", data=b"x") as answer:
            assert answer.status == 410
        assert town.written == []

    run(database, use)


def test_a_subscription_that_nobody_wants_is_not_confirmed(database: str) -> None:
    """Neither another topic, nor the end of it, nor one that is unknown."""

    async def use(town: Town, _hub: str) -> None:
        await town.look()
        path = town.path(town.asked[0])
        wrong = (
            {"hub.mode": "subscribe", "hub.topic": "https://other.test/", "hub.challenge": "x"},
            {"hub.mode": "unsubscribe", "hub.topic": FEED, "hub.challenge": "x"},
            {"hub.mode": "subscribe", "hub.topic": FEED},
            {"hub.mode": "subscribe", "hub.topic": FEED, "hub.challenge": "x" * 1000},
            {},
        )
        for query in wrong:
            async with town.site.get(path, params=query) as answer:
                assert answer.status == 404, query
        async with town.site.get(f"/websub/{'0' * 32}", params=wrong[0]) as answer:
            assert answer.status == 410

    run(database, use)


def test_a_hub_that_does_not_grant_it_is_asked_less_and_less(database: str) -> None:
    """Whether it answers with an error, says no, or confirms nothing."""

    async def use(town: Town, _hub: str) -> None:
        town.confirms, town.status = False, 500
        for hour in range(40):
            at(town, hour + 0.5)
            await town.look()
        assert len(town.asked) == 6  # after 1, 2, 4, 8, 16 hours
        async with town.engine.connect() as connection:
            assert (await connection.execute(select(subscription.c.error))).scalar() == "status 500"

    run(database, use)


def test_what_is_watched_no_longer_has_no_subscription(database: str) -> None:
    """Nor has a feed that names another hub; the old one is told that it is gone."""

    async def use(town: Town, hub: str) -> None:
        await town.look()
        await town.watch(f"{hub}?2")
        await town.look()
        assert len(town.asked) == 2
        assert [await town.tell(form) for form in town.asked] == [410, 202]
        await town.watch(None)
        await town.look()
        assert await town.tell(town.asked[1]) == 410

    run(database, use)


def test_news_that_cannot_be_passed_on_are_told_again(database: str) -> None:
    """A hub tells them later where Kafka does not answer."""

    async def use(town: Town, _hub: str) -> None:
        await town.look()
        town.kafka_is_there = False
        assert await town.tell(town.asked[0]) == 503
        town.kafka_is_there = True
        assert await town.tell(town.asked[0]) == 202
        assert len(town.written) == 1

    run(database, use)


def test_endless_news_are_not_taken(database: str) -> None:
    """No more is read than an article may have."""

    async def use(town: Town, _hub: str) -> None:
        await town.look()
        assert await town.tell(town.asked[0], b"x" * (11 * 2**20)) == 413

    run(database, use)
