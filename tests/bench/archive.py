"""How many changes the archive stores a second, and how long its pages take once it is large.

Articles are made, not read: a few hundred histories, each many times over under other addresses and times.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.ext.asyncio import AsyncEngine

from agents.archive.batch import batch_of
from agents.archive.migrations import migrate
from agents.archive.queries import Archive
from agents.archive.store import Store, open_engine
from agents.detect.url import article_id
from schemas import topics
from schemas.record import Record
from streams.archiving import AT_ONCE
from streams.clock import Clock
from streams.site.broadcast import Broadcast
from streams.site.keys import KEPT
from streams.site.server import new_site
from tests.archive_history import history
from tests.postgres import postgres, programs

ARTICLES, VERSIONS = 100_000, 5
HISTORIES = 200
SOURCES = 40
VISITS = 100
"""Of each kind of page."""

ANEW = ", found out anew"

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ARTICLE_EVERY = timedelta(minutes=2)

Table = list[dict[str, object]]


def measure() -> dict[str, Table]:
    """A table of what is stored a second, and one of the pages, each for both databases."""
    articles = 2_000 if "BENCH_QUICK" in os.environ else ARTICLES
    stored: Table = []
    pages: dict[str, dict[str, object]] = {}
    for name, database in _databases():
        with database as url:
            rate, times = asyncio.run(_measure(url, articles))
            stored.append({"database": name, "articles": articles, "versions": articles * VERSIONS, **rate})
            for page, each in times.items():
                pages.setdefault(page, {"page": page})[f"{name}, p50 ms"] = each[len(each) // 2]
                pages[page][f"{name}, p95 ms"] = each[int(len(each) * 0.95)]
    return {"The archive stores": stored, "Pages of the archive": list(pages.values())}


def _databases() -> Iterator[tuple[str, contextlib.AbstractContextManager[str]]]:
    yield "SQLite", _sqlite()
    if programs() is not None:
        yield "PostgreSQL", _postgres()


@contextlib.contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as directory:
        yield f"sqlite:///{directory}/archive.db"


@contextlib.contextmanager
def _postgres() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as directory, postgres(Path(directory) / "postgres") as url:
        yield url


async def _measure(url: str, articles: int) -> tuple[dict[str, object], dict[str, list[float]]]:
    engine = open_engine(url)
    try:
        await migrate(engine)
        store, seconds, changes = Store(engine), 0.0, 0
        for records in _batches(_records(articles)):
            began = time.perf_counter()
            await store.write(batch_of(records))
            seconds += time.perf_counter() - began
            changes += sum(record.topic == topics.CHANGE for record in records)
        rate = {"changes": changes, "changes a second": changes / seconds}
        async with _site(engine) as client:
            return rate, {
                name: await _times(client, paths, anew=name.endswith(ANEW)) for name, paths in _paths(articles).items()
            }
    finally:
        await engine.dispose()


def _records(articles: int) -> Iterator[Record]:
    """Version, change and schedule records, article by article."""
    originals = history(HISTORIES, VERSIONS)
    by_article = [
        [each for each in originals if each.key == key] for key in dict.fromkeys(each.key for each in originals)
    ]
    offset = 0
    for number in range(articles):
        for original in by_article[number % HISTORIES]:
            offset += 1
            yield _moved(original, number, offset)


def _moved(record: Record, number: int, offset: int) -> Record:
    """The record of another article."""
    event = orjson.loads(record.value or b"")
    url = _url(number)
    later = BEGIN + number * ARTICLE_EVERY
    if "article" in event and "meta" in event:
        event["meta"]["id"] = f"{event['meta']['id'][:20]}{number:016x}"
        shift = later - datetime.fromisoformat(event["article"]["first_seen"])
        event["meta"]["dt"] = datetime.fromisoformat(event["meta"]["dt"]) + shift
        event["article"].update(id=article_id(url), url=url, source=f"Paper {number % SOURCES}", first_seen=later)
        if "fetched_at" in event:
            event["fetched_at"] = event["meta"]["dt"]
    value = orjson.dumps(event, option=orjson.OPT_UTC_Z)
    return replace(record, key=url.encode(), value=value, offset=offset)


def _url(number: int) -> str:
    return f"https://paper-{number % SOURCES}.test/2026/story-{number}"


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    yield batch


@contextlib.asynccontextmanager
async def _site(engine: AsyncEngine) -> AsyncIterator[TestClient[Any, Any]]:
    site = new_site(engine, Broadcast(Archive(engine)), Clock())
    async with TestClient(TestServer(site)) as client:
        yield client


def _paths(articles: int) -> dict[str, list[str]]:
    """The addresses that are visited, by the kind of page."""
    chance = Random(1)
    some = [article_id(_url(chance.randrange(articles))) for _ in range(VISITS)]
    days = [(BEGIN + chance.randrange(articles) * ARTICLE_EVERY).date() for _ in range(VISITS)]
    sources = [f"Paper+{n % SOURCES}" for n in range(VISITS)]
    return {
        "newest changes": ["/"] * VISITS,
        "of a source": [f"/changes?source={source}" for source in sources],
        "of a label": ["/changes?label=lede"] * VISITS,
        "of a source, with a label": [f"/changes?source={source}&label=lede" for source in sources],
        "of a day": [f"/changes?day={day}" for day in days],
        "article": [f"/a/{one}" for one in some],
        "compare neighbours": [f"/a/{one}/2-3" for one in some],
        "compare others": [f"/a/{one}/1-4" for one in some],
        "search, a common word": ["/search?q=harbour"] * VISITS,
        "search, an author": [f"/search?q=ann{n}&by=author" for n in range(VISITS)],
        "search, an address": [f"/search?q={_url(n)}" for n in range(VISITS)],
        "sources": ["/sources"] * VISITS,
        "charts": ["/charts"] * VISITS,
        "charts of a source": [f"/charts?source={source}" for source in sources],
        "what is watched": ["/watched"] * VISITS,
        f"sources{ANEW}": ["/sources"] * VISITS,
        f"charts{ANEW}": ["/charts"] * VISITS,
        f"what is watched{ANEW}": ["/watched"] * VISITS,
        "feed": ["/feed.rss"] * VISITS,
        "feed of a source": [f"/feed.atom?source={source}" for source in sources],
        "API, changes": ["/api/v1/changes"] * VISITS,
    }


async def _times(client: TestClient[Any, Any], paths: Sequence[str], *, anew: bool) -> list[float]:
    """Milliseconds, sorted. `anew`: what is kept between visits is found out again for each."""
    times = []
    for path in paths:
        if anew:
            client.app[KEPT].forget()
        began = time.perf_counter()
        async with client.get(path, allow_redirects=False) as answer:
            await answer.read()
            assert answer.status in (200, 302), (path, answer.status)
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)
