"""A client of a running service, for tests: it writes, waits on evidence and never on time, and reads what came out."""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from aiokafka import AIOKafkaProducer

from schemas import topics
from schemas.change import Change
from schemas.codec import decode
from schemas.fetch import write_fetch
from schemas.outcome import Outcome
from schemas.record import Headers, Record
from schemas.version import Version
from streams.kafka import committed_consumer, records_until_end
from streams.lag import lag
from streams.settings import Settings
from streams.topology import new_producer, stages

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
PATIENCE = 120.0
"""Seconds after which a service that has not caught up has failed."""

Written = tuple[bytes | None, bytes | None, Headers]
"""Key, value and headers of a record."""


def page(title: str, *paragraphs: str) -> bytes:
    """A page as a small paper has it."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    head = f"<head><meta charset='utf-8'><title>{title}</title></head>"
    return (
        f"<!doctype html><html lang='en'>{head}<body><article><h1>{title}</h1>{body}</article></body></html>".encode()
    )


def paragraphs(number: str) -> tuple[str, ...]:
    """Prose that is long enough to be taken for an article; `number` makes it different."""
    return (
        f"The harbour board of Eastmere met on Tuesday and counted {number} boats that had broken loose in the storm.",
        "Nobody was hurt, the chair told reporters, although two fishermen spent the night on a lifeboat until dawn.",
        "Repairs to the northern pier begin in spring, and the ferry will use the old landing stage until then.",
    )


def fetched(url: str, body: bytes, minutes: float = 0, status: int = 200, content_type: str = "text/html") -> Written:
    """A fetch, `minutes` after START."""
    when = START + timedelta(minutes=minutes)
    headers, value = write_fetch(url=url, fetched_at=when, status=status, content_type=content_type, body=body)
    return url.encode(), value, headers


class Client:
    """What a test needs of a deployment: to write records, to wait until all are handled, to read what came out."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._numbers = itertools.count(1)

    def url(self, name: str = "story") -> str:
        """The canonical URL of an article that no test has seen yet."""
        return f"https://eastmere-echo.test/{name}-{time.time_ns()}-{next(self._numbers)}"

    def write(self, records: Iterable[Written], topic: str = topics.FETCH) -> None:
        """Write records and wait until Kafka has them."""
        asyncio.run(self._write(list(records), topic))

    async def _write(self, records: Sequence[Written], topic: str) -> None:
        producer: AIOKafkaProducer = new_producer(self.settings)
        await producer.start()
        try:
            sent = [
                await producer.send(topic, value, key=key, headers=list(headers)) for key, value, headers in records
            ]
            await asyncio.gather(*sent)
        finally:
            await producer.stop()

    def settle(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Wait until every record of every input topic is handled, and the handling committed."""
        for stage in stages(self.settings):
            for topic in stage.reads:
                self.wait_until_left(topic, 0, meanwhile)

    def wait_until_left(self, topic: str, left: int, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Wait until `left` records of a topic, or fewer, are not handled yet, as long as they become fewer."""
        deadline, fewest = time.monotonic() + PATIENCE, math.inf
        while (behind := asyncio.run(lag(self.settings, topic))) > left:
            if behind < fewest:
                deadline, fewest = time.monotonic() + PATIENCE, behind
            assert time.monotonic() < deadline, f"{behind} records of {topic} are not handled"
            meanwhile()
            time.sleep(0.05)

    def read(self, topic: str) -> list[Record]:
        """All committed records of a topic, each partition in order."""
        return asyncio.run(self.read_async(topic))

    async def read_async(self, topic: str) -> list[Record]:
        """The same, in an event loop."""
        async with committed_consumer(self.settings, topic) as consumer:
            await consumer.seek_to_beginning(*consumer.assignment())
            return [record async for record in records_until_end(consumer)]

    def changes(self, url: str) -> list[Change]:
        """The change events of an article."""
        return [decode(r.value, Change, r.place) for r in self.read(topics.CHANGE) if r.key == url.encode()]

    def versions(self, url: str) -> list[Version]:
        """The version events of an article."""
        return [
            decode(r.value, Version, r.place) for r in self.read(topics.VERSION) if r.key == url.encode() and r.value
        ]

    def outcomes(self, url: str) -> list[Outcome]:
        """The outcome events of an article."""
        return [decode(r.value, Outcome, r.place) for r in self.read(topics.OUTCOME) if r.key == url.encode()]
