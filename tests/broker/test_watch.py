"""What is watched is found, looked at again, and its edits come out; hosts are asked politely, whatever is killed."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from agents.detect.url import canonical_url
from schemas import topics
from schemas.change import Change
from schemas.codec import decode
from schemas.schedule import Schedule
from streams.commands import unwatch
from streams.commands.site import address_of_site
from streams.commands.topics import ensure_topics
from streams.commands.watch import watch
from streams.commands.watching import schedules
from streams.embedded import EmbeddedKafka
from streams.settings import Settings
from streams.source_files import NamedSource
from streams.supervisor import SITE, WATCHER, WorkerProcesses
from streams.topics import changelog_name, watch_app_id
from tests.service import Client
from tests.soak import TOLERANCE, Soak, soak
from tests.town import Town

pytestmark = pytest.mark.broker

FACTOR = 600.0
PATIENCE = 120.0


@pytest.fixture
def town() -> Iterator[Town]:
    """Two papers with three articles each, which are edited every eight seconds."""
    with Town(2, 3, edit_every=8.0) as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path, town: Town) -> Iterator[Settings]:
    """A Kafka of its own, a clock that runs ten minutes a second, and leave to ask the papers."""
    now = time.time()
    made = Settings(
        data=tmp_path,
        partitions=2,
        inside=town.endpoints,
        clock=f"{now},{now - 30 * 86400},{FACTOR}",
        session_timeout=10.0,
    )
    with EmbeddedKafka(tmp_path / "kafka", port=0, cache=None) as kafka:
        made = dataclasses.replace(made, kafka=kafka.bootstrap)
        asyncio.run(ensure_topics(made))
        yield made


def known_urls(settings: Settings) -> dict[str, Schedule]:
    """What is known of each watched URL."""
    return asyncio.run(schedules(settings))


def test_a_feed_is_all_that_a_user_needs(settings: Settings, town: Town) -> None:
    """Its articles are found, and read again and again: every one of their edits comes out as a change."""
    watch(settings, [NamedSource(host.feed) for host in town.hosts])
    client = Client(settings)

    def unchanged() -> int:  # nothing is sent again that is known
        visits = [visit for host in town.hosts for visit in host.visits if visit.path.startswith("/2026/")]
        return sum(visit.status == 304 for visit in visits)

    with WorkerProcesses(settings, 1), WorkerProcesses(settings, 1, WATCHER):
        deadline = time.monotonic() + PATIENCE
        counts: dict[str, int] = {}
        while len(counts) < 6 or min(counts.values()) < 3 or unchanged() <= 10:
            assert time.monotonic() < deadline, (counts, unchanged(), known_urls(settings))
            time.sleep(1)
            changes = [decode(record.value, Change, record.place) for record in client.read(topics.CHANGE)]
            counts = {url: sum(c.article.url == url for c in changes) for url in {c.article.url for c in changes}}
    known = known_urls(settings)
    assert sorted(row.kind or "" for row in known.values()) == ["article"] * 6 + ["feed"] * 2
    assert {row.source for row in known.values()} == {"Paper 0", "Paper 1"}
    assert all(row.changes >= 2 for row in known.values() if row.kind == "article")
    wanted = [change.current.version for change in changes if change.article.url == changes[0].article.url]  # type: ignore[union-attr]
    assert wanted == list(range(2, len(wanted) + 2))


def test_what_is_watched_no_longer_is_not_asked_for(settings: Settings, town: Town) -> None:
    """After a tombstone, an article has no row, and its host is not asked for it."""
    host = town.hosts[0]
    url = f"http://{host.endpoint}/2026/03/story-1"
    watch(settings, [NamedSource(url)])
    with WorkerProcesses(settings, 1, WATCHER):
        deadline = time.monotonic() + PATIENCE
        while not any(visit.path == "/2026/03/story-1" for visit in host.visits):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        told = CliRunner().invoke(unwatch.command, [url, "nothing.test"], obj=settings)
        assert (told.exit_code, told.output) == (0, "https://nothing.test/ is not watched\n1 watched no longer\n")
        while canonical_url(url) in known_urls(settings):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        asked = len(host.visits)
        time.sleep(5)  # 50 minutes of the clock, in which it would have been asked for three times
        assert len(host.visits) <= asked + 1


def test_the_hub_of_a_feed_tells_of_its_articles(settings: Settings, town: Town) -> None:
    """The site subscribes there; what it is told of is found at once, in a feed that is looked at once a week."""
    address = address_of_site(dataclasses.replace(settings, site="127.0.0.1:0"))
    settings = dataclasses.replace(settings, site=address, public_url=f"http://{address}")
    host = town.hosts[0]
    watch(settings, [NamedSource(host.feed, every=7 * 24 * 60)])
    with WorkerProcesses(settings, 1, WATCHER), WorkerProcesses(settings, 1, SITE):
        deadline = time.monotonic() + PATIENCE
        while len(known_urls(settings)) < 4 or not host.subscriber:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        asyncio.run(host.publish())
        while canonical_url(host.stories[-1]) not in known_urls(settings):
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert [visit.path for visit in host.visits].count("/feed.xml") == 2


def test_a_watcher_that_is_killed_before_its_first_answer_is_followed_by_another(
    settings: Settings, town: Town
) -> None:
    """That nothing was answered yet is no offset that was lost: the next one begins with the first request."""
    host, client = town.hosts[0], Client(settings)
    town.delay = 60.0
    watch(settings, [NamedSource(host.feed)])
    with WorkerProcesses(settings, 1, WATCHER) as watchers:
        deadline = time.monotonic() + PATIENCE
        while not client.read(changelog_name(watch_app_id(settings), "fetch")):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        watchers.kill(0)
        town.delay = 0.0
        while not any(visit.path == "/feed.xml" for visit in host.visits):  # a minute later: it may still be asked
            assert time.monotonic() < deadline
            watchers.restart_ended()
            time.sleep(0.2)


def test_hosts_are_asked_politely_though_a_watcher_is_killed(tmp_path: Path) -> None:
    """No host sees two requests at once or before its gap is over, and all articles are read."""
    report = soak(Soak(hosts=20, articles=10, factor=6000.0, seconds=100.0, patience=PATIENCE), tmp_path)
    assert (report.at_once, report.too_soon, report.overdue) == (0, 0, 0)
    assert report.read == 200
    assert len(report.late) > 100
    assert report.late[-1] < TOLERANCE
