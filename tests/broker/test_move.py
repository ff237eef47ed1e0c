"""A service moves to a Kafka with more partitions, and goes on there as if nothing had been."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from service import PATIENCE, Client, fetched, page, paragraphs
from test_commands import newsdiff

from agents.detect.url import canonical_url
from schemas import topics
from schemas.change import Change
from schemas.codec import decode
from schemas.record import Record
from streams import moving
from streams.client import changes
from streams.commands.watch import watch
from streams.embedded import EmbeddedKafka
from streams.settings import Settings
from streams.source_files import NamedSource
from streams.supervisor import WATCHER, WorkerProcesses
from streams.topics import all_topics
from streams.topology import partitioner
from tests.town import Town

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]

PARTITIONS, MORE = 2, 5
WEBHOOK = "newsdiff-webhook-desk"


@pytest.fixture
def town() -> Iterator[Town]:
    """A paper whose three articles are edited every eight seconds."""
    with Town(1, 3, edit_every=8.0) as made:
        yield made


def told(record: Record) -> tuple[object, ...]:
    """What a record says, wherever it stands; the time of a fetch is that at which its broker took it."""
    timestamp = None if record.topic == topics.FETCH else record.timestamp
    return record.key, record.value, record.headers, timestamp


def test_a_service_goes_on_with_more_partitions(tmp_path: Path, town: Town) -> None:
    """Every record is there, where its key belongs; versions are numbered on, and nothing is told twice.

    A webhook is told what it was not told yet.
    """
    now = time.time()
    with EmbeddedKafka(tmp_path / "old") as old, EmbeddedKafka(tmp_path / "new") as new:
        settings = Settings(
            kafka=old.bootstrap,
            data=tmp_path / "data",
            partitions=PARTITIONS,
            session_timeout=6,
            inside=town.endpoints,
            clock=f"{now},{now - 30 * 86400},600",
        )
        assert newsdiff(settings, "topics").returncode == 0
        before = Client(settings)
        urls = [before.url(f"moved-{n}") for n in range(8)]
        watch(settings, [NamedSource(town.hosts[0].feed)])
        before.write(fetched(url, page("Storm", *paragraphs(str(n))), minutes=n) for url in urls for n in (12, 13))
        with WorkerProcesses(settings, 1):
            with WorkerProcesses(settings, 1, WATCHER):
                wait_for_changes(before, town, 2)
                running = newsdiff(settings, "move", new.bootstrap, "--partitions", str(MORE))
                assert (running.returncode, "stop them all first" in running.stderr) == (1, True)
            before.settle()
        with changes(old.bootstrap, group=WEBHOOK) as found:
            handled = {next(found).meta.id for _ in range(3)}
        moved = newsdiff(settings, "move", new.bootstrap, "--partitions", str(MORE))
        assert moved.returncode == 0, moved.stderr
        target = dataclasses.replace(settings, kafka=new.bootstrap, partitions=MORE)
        after = Client(target)
        partition_of = partitioner(MORE)
        for topic in all_topics(settings):
            there, here = after.read(topic.name), before.read(topic.name)
            assert f"{len(there):10}\t{topic.name}\n" in moved.stdout
            if topic.name.endswith("changelog"):  # rows say nothing of offsets that are no more
                assert Counter(record.key for record in there) == Counter(record.key for record in here)
            else:
                assert Counter(map(told, there)) == Counter(map(told, here))
            assert all(record.partition == partition_of(record.key or b"") for record in there)
        waiting = {str(record.header("ce_id")) for record in before.read(topics.CHANGE)} - handled
        with changes(new.bootstrap, group=WEBHOOK, start="latest") as found:
            while waiting:
                waiting.discard(next(found).meta.id)
        outcomes = len(after.read(topics.OUTCOME))
        after.write(fetched(url, page("Storm", *paragraphs(str(n))), minutes=n) for url in urls for n in (13, 14, 15))
        with WorkerProcesses(target, 2):
            after.settle()
            assert len(after.read(topics.OUTCOME)) == outcomes  # 13 is known, by its bytes
            with WorkerProcesses(target, 1, WATCHER):
                wait_for_changes(after, town, 5)
        for url in urls:
            assert [version.version for version in after.versions(url)] == [1, 2, 3, 4]
            assert [change.prior.version for change in after.changes(url)] == [1, 2, 3]
        again = newsdiff(settings, "move", new.bootstrap, "--partitions", str(MORE))
        assert (again.returncode, "move to a Kafka that has none" in again.stderr) == (1, True)
        other = newsdiff(settings, "move", new.bootstrap, "--partitions", str(MORE + 1))
        assert (other.returncode, f"has {MORE} partitions at {new.bootstrap}" in other.stderr) == (1, True)


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_is_written_meanwhile_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    """A move during which somebody fetches on is refused, and nobody begins anew at the half of it that is there."""
    with EmbeddedKafka(tmp_path / "old") as old:
        settings = Settings(kafka=old.bootstrap, data=tmp_path / "data", partitions=PARTITIONS, session_timeout=6)
        assert newsdiff(settings, "topics").returncode == 0
        client = Client(settings)
        url = client.url("late")
        client.write(fetched(url, page("Storm", *paragraphs(str(n))), minutes=n) for n in (12, 13))
        with WorkerProcesses(settings, 1):
            client.settle()
        run = moving._Copy.run

        async def run_while_somebody_writes(copy: moving._Copy, **places: Any) -> None:
            late = [fetched(url, page("Storm", *paragraphs("14")), minutes=14)]
            if copy.topic == topics.FETCH and when == "before":
                await client._write(late, topics.FETCH)
            await run(copy, **places)
            if copy.topic == topics.FETCH and when == "after":
                await client._write(late, topics.FETCH)

        monkeypatch.setattr(moving._Copy, "run", run_while_somebody_writes)
        with EmbeddedKafka(tmp_path / "new") as new:
            target = moving.target_of(settings, new.bootstrap, MORE)
            with pytest.raises(moving.CannotMoveError, match=r"1 records of article.fetch.v1 are not handled yet"):
                asyncio.run(moving.move(settings, target))
            refused = newsdiff(dataclasses.replace(target, data=tmp_path / "other"), "worker")
            assert refused.returncode == 1
            assert "has no committed offset in the group newsdiff, but its table has rows" in refused.stderr
            assert len(Client(target).read(topics.CHANGE)) == 1


def wait_for_changes(client: Client, town: Town, count: int) -> None:
    """Wait until each of the town's articles has changed so often, each time from the version before."""
    deadline = time.monotonic() + PATIENCE
    urls = {canonical_url(url) for url in town.hosts[0].stories}
    while True:
        changes = [decode(record.value, Change, record.place) for record in client.read(topics.CHANGE)]
        made = {url: [change.prior.version for change in changes if change.article.url == url] for url in urls}
        assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in made.values())
        if all(len(numbers) >= count for numbers in made.values()):
            return
        assert time.monotonic() < deadline, made
        time.sleep(0.5)
