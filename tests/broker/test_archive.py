"""The archive and its site beside a service that runs: what comes out of the topics stands on pages."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import html
from service import PATIENCE, START, Client, Written, fetched, page, paragraphs
from sqlalchemy import select

from agents.archive import tables
from agents.archive.migrations import migrate
from agents.archive.store import Store, open_engine
from agents.detect.url import article_id, canonical_url
from schemas import topics
from schemas.codec import encode
from schemas.fetch import write_fetch
from schemas.schedule import Schedule
from schemas.takedown import Takedown
from streams.archiving import archive
from streams.commands import forget, unhide
from streams.commands.site import address_of_site
from streams.settings import Settings
from streams.supervisor import SITE, WorkerProcesses

pytestmark = pytest.mark.broker

SEED = Path(__file__).parents[3] / "shared" / "data" / "seed" / "article.json"


@pytest.fixture
def site(settings: Settings, tmp_path: Path) -> Settings:
    """The settings of a site of its own, with an archive of its own."""
    url = f"sqlite:///{tmp_path / 'archive.db'}"
    settings = dataclasses.replace(settings, data=tmp_path, database_url=url, site="127.0.0.1:0")
    return dataclasses.replace(settings, site=address_of_site(settings))


@contextlib.contextmanager
def running(site: Settings) -> Iterator[WorkerProcesses]:
    """The site as a process that answers."""
    with WorkerProcesses(site, 1, SITE) as processes:
        until(site, "/", "newest changes")
        yield processes


def asked(site: Settings, path: str) -> tuple[int, str]:
    """The status and the text of a page, whitespace folded; 0 while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://{site.site}{path}", timeout=10) as answer:
            status, body = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, body = error.code, error.read()
    except OSError:
        return 0, ""
    return status, " ".join(html.fromstring(body).text_content().split())


def until(site: Settings, path: str, sentence: str) -> str:
    """Wait until a page says this; all that it says."""
    deadline = time.monotonic() + PATIENCE
    while sentence not in (said := asked(site, path)[1]):
        assert time.monotonic() < deadline, (path, sentence, said[:1000])
        time.sleep(0.1)
    return said


@pytest.mark.skipif(not SEED.exists(), reason=f"the article's two versions are not here: {SEED}")
def test_the_page_of_the_first_article_makes_the_statements_of_its_model(client: Client, site: Settings) -> None:
    """Through the whole stream onto a page: imported, watched, given up; and its two versions side by side."""
    article = json.loads(SEED.read_text())
    key = canonical_url(article["url"])
    path = f"/a/{article_id(key)}"
    seen = datetime(2015, 11, 18, 12, tzinfo=UTC)
    client.write(seed_fetch(article, each, seen + timedelta(hours=5 * n)) for n, each in enumerate(article["versions"]))
    with running(site):
        said = until(site, path, "The article has changed 1 time. There is an RSS feed of changes available.")
        start, _, end = article["page"]["first"].partition("on .")
        assert f"{start}on 18 November 2015, 12:00 UTC." in said
        assert "It is not watched, so that it won't be checked again for changes." in said
        assert f"You can find the current article at its original source at {key}" in said
        due = datetime.now(UTC) + timedelta(hours=1)
        client.write([scheduled(article["url"], state="watched", next_check=due)], topics.SCHEDULE)
        until(site, path, f"The next check for changes will be on {due:%-d %B %Y, %H:%M} UTC.")
        client.write([scheduled(article["url"], state="given_up", next_check=None)], topics.SCHEDULE)
        until(site, path, end.strip())
        compared = until(site, f"{path}/1-2", article["page"]["interval"])
        assert compared.count(article["versions"][1]["title"]) >= 2
        client.write([(key.encode(), None, ())], topics.SCHEDULE)


def seed_fetch(article: dict[str, Any], version: dict[str, Any], when: datetime) -> Written:
    """A version of the article as a crawler that reads pages itself would send it."""
    body = page(version["title"], *version["paragraphs"])
    headers, value = write_fetch(
        url=article["url"], fetched_at=when, status=200, content_type="text/html", body=body, source=article["source"]
    )
    return canonical_url(article["url"]).encode(), value, headers


def scheduled(url: str, **fields: Any) -> Written:
    """A record of the schedule."""
    now = datetime.now(UTC)
    row = Schedule(url=url, kind="article", source=None, added_at=now, last_check=now, **fields)
    return canonical_url(url).encode(), encode(row), ()


def test_a_killed_archive_is_equal_to_one_that_never_was(client: Client, site: Settings, tmp_path: Path) -> None:
    """Killed at any moment, it goes on where its rows end: row by row the same as one that read all at once."""
    urls = [client.url(f"killed-{number}") for number in range(20)]
    random = Random(1)
    with running(site) as processes:
        for edit in range(8):
            body = page("Storm at Eastmere", *paragraphs(str(12 + edit)))
            client.write(fetched(url, body, minutes=60 * edit) for url in urls)
            time.sleep(random.uniform(0, 1))
            if edit % 2:
                processes.kill(0)
            processes.restart_ended()
        client.settle()
        while not all(Path(f"/proc/{pid}").exists() for pid in processes.pids):
            processes.restart_ended()
            time.sleep(0.1)
        until(site, f"/a/{article_id(urls[-1])}", "The article has changed 7 times.")
        until(site, f"/a/{article_id(urls[0])}", "The article has changed 7 times.")
        whole = dataclasses.replace(site, database_url=f"sqlite:///{tmp_path / 'whole.db'}")
        asyncio.run(until_equal(whole, site.database, urls, 7))


def test_what_an_older_site_has_stored_is_completed_by_the_next(client: Client, site: Settings, tmp_path: Path) -> None:
    """An older one knows nothing of the source and kind beside a label, and may have stored until now."""
    url = client.url("older")
    client.write([fetched(url, page("Storm at Eastmere", *paragraphs("12")))])
    client.write([fetched(url, page("Storm at Westmere", *paragraphs("13")), minutes=1)])
    client.settle()
    whole = dataclasses.replace(site, database_url=f"sqlite:///{tmp_path / 'whole.db'}")
    with running(site):
        asyncio.run(until_equal(whole, site.database, [url], 1))
    before = asyncio.run(rows(site.database))
    assert before["change_label"]
    asyncio.run(forget_sources(site.database))
    assert asyncio.run(rows(site.database)) != before
    deadline = time.monotonic() + PATIENCE
    with running(site):
        while asyncio.run(rows(site.database)) != before:
            assert time.monotonic() < deadline
            time.sleep(0.1)


async def forget_sources(database: str) -> None:
    """Leave the rows of labels as an older site writes them."""
    engine = open_engine(database)
    async with engine.begin() as connection:
        await connection.execute(tables.change_label.update().values(source="", kind=""))
    await engine.dispose()


async def until_equal(settings: Settings, other: str, urls: Sequence[str], edits: int) -> None:
    """Wait until an archive that begins now is equal to another one, which has so many edits of each of the URLs."""
    ids = {article_id(url) for url in urls}
    engine = open_engine(settings.database)
    await migrate(engine)
    reading = asyncio.create_task(archive(settings, Store(engine), lambda: None))
    deadline = time.monotonic() + PATIENCE
    try:
        while True:
            new, old = await rows(settings.database), await rows(other)
            different = [name for name in new if new[name] != old[name]]
            # Two that have not read all yet may be equal too.
            count = sum(article in ids for _, article, *_ in old["change"])
            if not different and count == edits * len(urls):
                return
            assert time.monotonic() < deadline, (different, count)
            await asyncio.sleep(0.2)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await engine.dispose()


async def rows(database: str) -> dict[str, list[Any]]:
    """All rows but how far they go."""
    engine = open_engine(database)
    async with engine.connect() as connection:
        found = {
            table.name: sorted((tuple(row) for row in await connection.execute(select(table))), key=repr)
            for table in tables.metadata.sorted_tables
            if table not in (tables.progress, tables.about)
        }
    await engine.dispose()
    return found


def test_what_is_forgotten_is_read_no_more(client: Client, site: Settings) -> None:
    """It goes from archive and tables, later fetches make nothing, and after its release it begins anew."""
    url = client.url("forgotten")
    body = [page("Storm at Eastmere", *paragraphs(number)) for number in ("12", "13", "14", "15")]
    client.write([fetched(url, body[0]), fetched(url, body[1], minutes=1)])
    path = f"/a/{article_id(url)}"
    with running(site):
        until(site, path, "The article has changed 1 time.")
        told = CliRunner().invoke(forget.command, [url, "--why", "by order of a court", "--yes"], obj=site)
        assert (told.exit_code, "article.version.v1 keeps its records for ever" in told.output) == (0, True)
        client.settle()
        until(site, path, "by order of a court")
        client.write([fetched(url, body[2], minutes=2)])
        client.settle()
        assert [version.kind for version in client.versions(url)] == ["first", "edited"]
        assert CliRunner().invoke(unhide.command, [url], obj=site).exit_code == 0
        client.settle()
        now = (datetime.now(UTC) - START) / timedelta(minutes=1)
        client.write([fetched(url, body[3], minutes=now)])
        client.settle()
        assert [version.kind for version in client.versions(url)] == ["first", "edited", "first"]
        assert client.outcomes(url) == []
        until(site, path, "It has not changed yet.")


def test_what_is_hidden_is_hidden_at_once_and_after_a_rebuild(client: Client, site: Settings, tmp_path: Path) -> None:
    """The takedown is read before anything else, so that a new archive never shows it."""
    url = client.url("hidden")
    client.write([fetched(url, page("Storm at Eastmere", *paragraphs("12")))])
    path = f"/a/{article_id(url)}"
    with running(site):
        until(site, path, "It has not changed yet.")
        wish = Takedown(url=url, state="hidden", why="by order of a court", at=datetime.now(UTC))
        client.write([(url.encode(), encode(wish), ())], topics.TAKEDOWN)
        until(site, path, "by order of a court")
        assert asked(site, path)[0] == 451
    rebuilt = dataclasses.replace(site, database_url=f"sqlite:///{tmp_path / 'rebuilt.db'}")
    with running(rebuilt):
        statuses = [404]
        while statuses[-1] == 404:  # it has not read anything yet
            statuses.append(asked(rebuilt, path)[0])
        assert statuses[-1] == 451
        client.write([(url.encode(), None, ())], topics.TAKEDOWN)
        until(rebuilt, path, "It has not changed yet.")
