"""A Kafka with the service's topics for one benchmark, and what a benchmark asks of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

from schemas import topics
from streams.commands.topics import ensure_topics
from streams.embedded import EmbeddedKafka
from streams.kafka import admin_client, committed_offsets
from streams.settings import Settings
from streams.topology import new_producer
from tests.bench.pages import Written
from tests.service import Client

QUICK = "BENCH_QUICK" in os.environ
"""Whether the counts are small, to see that a benchmark works: its figures then say little."""

PATIENCE = 400.0
"""Seconds without any progress, or for a takeover of a million articles, after which a benchmark has failed."""

JOIN_TIMEOUT = 90.0
"""Seconds that a process has to join its group, or a group to let go of one that is dead."""

LOOK_EVERY = 0.01
"""Seconds between two looks at what is committed."""

STALL_TIMEOUT = 600.0
"""Seconds until a worker takes itself for hung."""

Row = dict[str, object]
Tables = dict[str, list[Row]]
"""Rows by the title of their table."""


@contextlib.contextmanager
def deployment(session_timeout: float = 120.0) -> Iterator[Settings]:
    """A Kafka of its own with 8 partitions a topic, and nothing in them.

    `session_timeout` and STALL_TIMEOUT are long, for a worker that stands still while others are measured must not lose
    its partitions, and must not end.
    """
    cache = Settings.from_environment(os.environ).cache
    with (
        tempfile.TemporaryDirectory(prefix="newsdiff-bench-") as directory,
        EmbeddedKafka(Path(directory) / "kafka", cache=cache, port=0) as kafka,
    ):
        settings = Settings(
            kafka=kafka.bootstrap,
            data=Path(directory),
            partitions=8,
            session_timeout=session_timeout,
            stall_timeout=STALL_TIMEOUT,
        )
        asyncio.run(ensure_topics(settings))
        yield settings
        buried = Client(settings).read(topics.DEAD_LETTER)
        assert not buried, f"{len(buried)} records were not measured but buried, the first: {buried[0].headers}"


def write(settings: Settings, records: Iterable[Written], topic: str = topics.FETCH) -> int:
    """Write records and wait until Kafka has them; how many there were."""
    return asyncio.run(_write(settings, records, topic))


async def _write(settings: Settings, records: Iterable[Written], topic: str) -> int:
    async with new_producer(settings) as producer:
        sent = [await producer.send(topic, value, key=key, headers=list(headers)) for key, value, headers in records]
        await asyncio.gather(*sent)
    return len(sent)


def settle(settings: Settings) -> None:
    """Wait until the service has handled all that there is, versions and changes too."""
    Client(settings).settle()


async def fetches_committed(admin: AIOKafkaAdminClient, group: str) -> int:
    """How many fetches a group has committed: whoever writes them writes no transactions, so offsets count them."""
    offsets = await committed_offsets(admin, group)
    return sum(max(0, offset) for partition, offset in offsets.items() if partition.topic == topics.FETCH)


async def commits(admin: AIOKafkaAdminClient, group: str, upto: int) -> AsyncIterator[tuple[float, int]]:
    """When a group commits (`time.monotonic`), and how many fetches it then has, until there are so many.

    Raises:
        TimeoutError: it stopped on its way there.
    """
    done, moved = await fetches_committed(admin, group), time.monotonic()
    while done < upto:
        await asyncio.sleep(LOOK_EVERY)
        before, done = done, await fetches_committed(admin, group)
        if done != before:
            moved = time.monotonic()
            yield moved, done
        elif time.monotonic() - moved > PATIENCE:
            raise TimeoutError(f"{group} stands at {done} of {upto} fetches")


async def wait_for_members(settings: Settings, group: str, count: int) -> None:
    """Wait until a group has so many members and each has its partitions.

    Raises:
        TimeoutError: it did not come to that.
    """
    async with asyncio.timeout(JOIN_TIMEOUT), admin_client(settings) as admin:
        await committed_offsets(admin, group)  # which waits for the coordinator
        while True:
            [answer] = await admin.describe_consumer_groups([group])
            [(_error, _group, state, _kind, _protocol, members, *_)] = answer.groups
            if len(members) == count and (state == "Stable" or not count):
                return
            await asyncio.sleep(0.05)
