"""Seconds from the writing of a fetch to the moment when its change can be read, by a consumer of what is committed.

The fetches come evenly in time: 10 kB, all of known articles, one in a hundred with a changed text. The clock starts
where the crawler's client takes the fetch, and stops where the consumer has the change: both are in this process, on
the same machine as Kafka and the one worker. The top rate is that of a worker with a backlog and nothing beside it; at
a share of it, the writing takes its part of the same machine.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace

from aiokafka import AIOKafkaConsumer

from schemas import topics
from schemas.change import Change
from schemas.codec import decode
from streams.kafka import committed_consumer
from streams.settings import Settings
from streams.topology import new_producer
from tests.bench.deployment import QUICK, Row, Tables, deployment, settle, write
from tests.bench.pages import Archive
from tests.bench.readers import FetchTopic, workers

SIZE, CHANGED_EVERY = 10_000, 100
ARTICLES, BACKLOG, SECONDS, LEAST_CHANGES = (100, 1_000, 3, 10) if QUICK else (1_000, 30_000, 40, 300)
SHARES = (0.1, 0.5, 0.9)
INTERVALS = (0.05, 0.1, 0.25, 0.5, 1.0)

PATIENCE = 120
"""Seconds after the last fetch until its change has to be there."""

Sent = dict[tuple[bytes | None, int], float]
"""When a version of an article was sent, by key and number."""


def measure() -> Tables:
    """Latency by load, and latency by commit interval at half of the top rate."""
    archive = Archive(SIZE, ARTICLES)
    by_load: list[Row] = []
    by_interval: list[Row] = []
    with deployment() as settings:
        with workers(settings) as worker:
            topic = FetchTopic(settings)
            topic.write(archive.everything())
            settle(settings)
            worker.stop()
            topic.write(archive.fetches(BACKLOG, CHANGED_EVERY))
            top = topic.read_by(worker, changes=True).rate
            worker.go_on()
            for share in SHARES:
                load: Row = {"load": f"{share:.0%} of {top:,.0f} fetches a second"}
                by_load.append(load | asyncio.run(_offer(settings, archive, share * top)))
        for interval in INTERVALS:
            with workers(replace(settings, commit_interval=interval)):
                write(settings, archive.everything())  # a new worker has to read each page once
                settle(settings)
                by_interval.append({"commit interval s": interval} | asyncio.run(_offer(settings, archive, 0.5 * top)))
    mix = f"{SIZE // 1000} kB, {100 // CHANGED_EVERY} % changed"
    return {
        f"latency by load: {mix}, a commit every {settings.commit_interval} s": by_load,
        f"latency by commit interval: {mix}, half of {top:,.0f} fetches a second": by_interval,
    }


async def _offer(settings: Settings, archive: Archive, rate: float) -> Row:
    """Write fetches at a rate, and see when their changes come."""
    count = max(int(rate * SECONDS), LEAST_CHANGES * CHANGED_EVERY)
    sent: Sent = {}
    async with new_producer(settings) as producer, committed_consumer(settings, topics.CHANGE) as consumer:
        await consumer.seek_to_end(*consumer.assignment())
        reading = asyncio.create_task(_read(consumer, sent, count // CHANGED_EVERY))
        began = time.monotonic()
        for turn, (key, value, headers) in enumerate(archive.fetches(count, CHANGED_EVERY), 1):
            if (early := began + turn / rate - time.monotonic()) > 0:
                await asyncio.sleep(early)
            if turn % CHANGED_EVERY == 0:
                sent[key, archive.version(key)] = time.monotonic()
            await producer.send(topics.FETCH, value, key=key, headers=list(headers))
        seconds = time.monotonic() - began
        latencies = sorted(await asyncio.wait_for(reading, PATIENCE))
    return {
        "written a second": count / seconds,
        "changes": len(latencies),
        "p50 ms": latencies[len(latencies) // 2] * 1000,
        "p99 ms": latencies[len(latencies) * 99 // 100] * 1000,
        "longest ms": latencies[-1] * 1000,
    }


async def _read(consumer: AIOKafkaConsumer, sent: Mapping[tuple[bytes | None, int], float], count: int) -> list[float]:
    """The latencies of the next so many changes."""
    found: list[float] = []
    while len(found) < count:
        batches = await consumer.getmany(timeout_ms=1000)
        now = time.monotonic()
        for record in (record for records in batches.values() for record in records):
            change = decode(record.value, Change, f"{record.topic}[{record.partition}]@{record.offset}")
            assert change.current is not None, "no article is removed here"
            found.append(now - sent[record.key, change.current.version])
    return found
