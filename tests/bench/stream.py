"""Fetches a second on the path that most of them take: the page is known, and its bytes are the same.

The peer is the limit of the client: an aiokafka loop that reads the same topic and hashes each value, without a table,
without a transaction. Both run alone, one after the other, each in a process of its own.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import xxhash
from aiokafka import AIOKafkaConsumer

from schemas import topics
from schemas.fetch import write_fetch
from streams.commands.topics import ensure_topics
from streams.embedded import EmbeddedKafka
from streams.kafka import admin_client, committed_offsets
from streams.settings import Settings
from streams.supervisor import WorkerProcesses
from streams.topology import new_producer

ARTICLES, FETCHES, BODY = 200, 20_000, 10_000
START = datetime(2026, 3, 1, tzinfo=UTC)


def measure() -> list[dict[str, object]]:
    """A row for each way to read the topic: fetches a second, and the ratio to the first row."""
    with tempfile.TemporaryDirectory() as directory, EmbeddedKafka(Path(directory) / "kafka", port=0) as kafka:
        settings = Settings(kafka=kafka.bootstrap, data=Path(directory), partitions=8)
        asyncio.run(ensure_topics(settings))
        asyncio.run(_write(settings))
        peer = float(subprocess.check_output([sys.executable, "-m", "tests.bench.stream", kafka.bootstrap]))
        ours = asyncio.run(_ours(settings))
    return [
        {"10 kB, all unchanged": "aiokafka loop, hash only", "fetches a second": peer, "ratio": 1.0},
        {"10 kB, all unchanged": "newsdiff, one worker, exactly once", "fetches a second": ours, "ratio": ours / peer},
    ]


async def _write(settings: Settings) -> None:
    sentence = "The harbour board met and counted the boats that had broken loose. "
    async with new_producer(settings) as producer:
        for number in range(FETCHES):
            url = f"https://eastmere-echo.test/{number % ARTICLES}"
            noise = random.Random(url).randbytes(BODY // 2).hex()  # pages compress, but not to nothing
            text = f"<p>{sentence}</p>" * 20 + f"<!-- {noise} -->"
            body = f"<html><body><article><h1>Storm</h1>{text}</article></body></html>".encode()[:BODY]
            when = START + timedelta(minutes=number // ARTICLES)
            headers, value = write_fetch(url=url, fetched_at=when, body=body)
            await producer.send(topics.FETCH, value, key=url.encode(), headers=list(headers))


async def _ours(settings: Settings) -> float:
    """Fetches a second between the first commit and the last, as the broker has them."""
    began, before = 0.0, 0
    async with admin_client(settings) as admin:
        with WorkerProcesses(settings, 1):
            while True:
                offsets = await committed_offsets(admin, settings.app_id)
                done = sum(offset for partition, offset in offsets.items() if partition.topic == topics.FETCH)
                if done >= FETCHES:
                    return (done - before) / (time.monotonic() - began)
                if not began and done >= FETCHES // 20:
                    began, before = time.monotonic(), done
                await asyncio.sleep(0.02)


async def _peer(bootstrap: str) -> float:
    consumer = AIOKafkaConsumer(topics.FETCH, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    async with consumer:
        done, began = 0, time.monotonic()
        while done < FETCHES:
            for records in (await consumer.getmany(timeout_ms=1000, max_records=500)).values():
                for record in records:
                    xxhash.xxh3_64_intdigest(record.value)
                done += len(records)
        return done / (time.monotonic() - began)


if __name__ == "__main__":
    print(asyncio.run(_peer(sys.argv[1])))  # noqa: T201 - the answer to the process that started this one
