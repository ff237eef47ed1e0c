"""Articles that are known without having been read: rows in the changelogs of both tables, as a worker writes them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import xxhash
from aiokafka import AIOKafkaConsumer, TopicPartition

from agents.detect.page import read_page
from agents.detect.row import decode_row
from agents.detect.step import Detect
from agents.diff.step import diff_step
from schemas import topics
from schemas.fetch import write_fetch
from schemas.record import Record
from streams.kafka import admin_client, committed_offsets
from streams.settings import Settings
from streams.topics import changelog_name
from streams.topology import stages
from tests.bench.deployment import write
from tests.bench.pages import EDITION, START, Archive, Written


class Rows(NamedTuple):
    """What both steps keep of a page, and the hash of its text, which is in both rows."""

    detect: bytes
    diff: bytes
    hash: bytes


def make_known(settings: Settings, archive: Archive, count: int) -> None:
    """Write rows for articles of an archive, until so many are known; the group knows how far it is: nowhere yet."""
    asyncio.run(_begin(settings))
    numbers = range(archive.articles, count)
    archive.articles = count
    samples = [rows_of(page) for page in archive.pool]
    for table in ("detect", "diff"):
        write(settings, _rows(archive, numbers, samples, table), changelog_name(settings.app_id, table))


async def _begin(settings: Settings) -> None:
    async with admin_client(settings) as admin:
        if await committed_offsets(admin, settings.app_id):
            return
    async with AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap, group_id=settings.app_id, enable_auto_commit=False
    ) as consumer:
        partitions = [
            TopicPartition(topic, partition)
            for stage in stages(settings)
            for topic in stage.reads
            for partition in range(settings.partitions)
        ]
        consumer.assign(partitions)
        await consumer.commit(dict.fromkeys(partitions, 0))


def rows_of(page: bytes) -> Rows:
    """The rows of an article after its first fetch."""
    url = "https://eastmere-echo.test/sample"
    headers, value = write_fetch(url=url, fetched_at=START, body=page)
    fetch = Record(topics.FETCH, 0, 0, START, url.encode(), value, headers)
    detected = Detect(lambda _key: 0, read_page)(fetch, None)
    [version] = detected.outputs
    compared = diff_step(Record(topics.VERSION, 0, 0, START, version.key, version.value, version.headers), None)
    assert isinstance(detected.row, bytes)
    assert isinstance(compared.row, bytes)
    row = decode_row(detected.row)
    assert row is not None
    return Rows(detected.row, compared.row, row.hash.encode())


def _rows(archive: Archive, numbers: Sequence[int], samples: Sequence[Rows], table: str) -> Iterator[Written]:
    for number in numbers:
        sample, edition = samples[number % len(samples)], archive.edition(number)
        row = sample.detect if table == "detect" else sample.diff
        own_hash = xxhash.xxh3_128_hexdigest(edition).encode()
        yield archive.key(number), row.replace(EDITION, edition).replace(sample.hash, own_hash), ()
