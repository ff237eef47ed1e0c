"""What the broker says of how far the work is: committed offsets and ends, asked again until it answers."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from schemas import topics
from schemas.errors import UnavailableError
from schemas.record import Record
from streams.kafka import committed_consumer, committed_offsets, records_until_end
from streams.settings import Settings

PATIENCE = 180.0
"""Seconds without progress after which the service is stuck."""

LOOK_EVERY = 0.1
FEW = 20
"""Offsets that may be transaction markers, which nobody handles."""

Offsets = dict[TopicPartition, int]


class StuckError(Exception):
    """The service made no progress in time; the message says where."""


class Evidence:
    """Looks at the committed offsets of the workers' group."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._admin: AIOKafkaAdminClient | None = None
        self._consumer: AIOKafkaConsumer | None = None

    async def close(self) -> None:
        """Close the connections."""
        for client in (self._admin and self._admin.close, self._consumer and self._consumer.stop):
            with contextlib.suppress(KafkaError, OSError, asyncio.TimeoutError):
                await client() if client else None
        self._admin = self._consumer = None

    async def look(self) -> tuple[Offsets, Offsets]:
        """Committed offsets of both input topics, 0 where there are none, and then their ends.

        Raises:
            StuckError: no broker answers.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return await asyncio.wait_for(self._look(), timeout=20)
            except (KafkaError, OSError, TimeoutError, UnavailableError, AssertionError) as error:
                await self.close()
                if time.monotonic() > deadline:
                    raise StuckError(f"Kafka does not answer: {error!r}") from error
                await asyncio.sleep(0.3)

    async def _look(self) -> tuple[Offsets, Offsets]:
        server, timeout = self._settings.bootstrap, 5_000
        if self._admin is None:
            admin = AIOKafkaAdminClient(bootstrap_servers=server, request_timeout_ms=timeout)
            await admin.start()
            self._admin = admin
        if self._consumer is None:
            consumer = AIOKafkaConsumer(bootstrap_servers=server, request_timeout_ms=timeout, enable_auto_commit=False)
            await consumer.start()
            self._consumer = consumer
        inputs = [
            TopicPartition(topic, partition)
            for topic in (topics.FETCH, topics.VERSION)
            for partition in range(self._settings.partitions)
        ]
        committed = await committed_offsets(self._admin, self._settings.app_id)
        # Asked after the commits: a record that a committed one caused is below these ends.
        ends = await self._consumer.end_offsets(inputs)
        return {tp: max(0, committed.get(tp, 0)) for tp in inputs}, ends

    async def backlog(self) -> int:
        """How many fetches are not handled, markers of transactions included."""
        committed, ends = await self.look()
        return sum(ends[tp] - at for tp, at in committed.items() if tp.topic == topics.FETCH)

    async def moved(self, since: Offsets) -> None:
        """Wait until some fetches more are committed.

        Raises:
            StuckError: none are.
        """
        await self._until(lambda committed, _ends: committed != since)

    async def resumed(self, since: Offsets, records: int) -> tuple[float, float]:
        """Wait until work goes on: `records` fetches more are committed, some of every partition that has any.

        One commit of a partition does not count, since it may have been on its way before; the second one does.

        Returns the seconds until the first commit and until all this.

        Raises:
            StuckError: it does not.
        """
        began, first = time.monotonic(), None
        before, commits = since, Counter[TopicPartition]()

        def done(committed: Offsets, ends: Offsets) -> bool:
            nonlocal first, before
            inputs = [tp for tp in committed if tp.topic == topics.FETCH]
            commits.update(tp for tp in inputs if committed[tp] != before[tp])
            before = committed
            if first is None and commits:
                first = time.monotonic() - began
            waiting = [tp for tp in inputs if commits[tp] < 2 and ends[tp] - committed[tp] > FEW]
            return sum(committed[tp] - since[tp] for tp in inputs) >= records and not waiting

        await self._until(done)
        return first or 0.0, time.monotonic() - began

    async def settled(self) -> None:
        """Wait until every record of both inputs is handled.

        Raises:
            StuckError: some partition is not finished, and nothing has moved for `PATIENCE`.
        """

        def near(committed: Offsets, ends: Offsets) -> bool:
            return all(ends[tp] - committed[tp] <= FEW for tp in committed)

        await self._until(near)

        deadline = time.monotonic() + PATIENCE
        while left := await self._left():
            if time.monotonic() > deadline:
                raise StuckError("not handled: " + ", ".join(left[:10]))
            await asyncio.sleep(LOOK_EVERY)

    async def _left(self) -> list[str]:
        """The places of records that are not handled. Offsets alone don't tell, since markers take some too."""
        committed, _ends = await self.look()
        left: list[str] = []
        for topic in (topics.FETCH, topics.VERSION):
            left += [record.place async for record in read_from(self._settings, topic, committed)]
        return left

    async def _until(self, done: Callable[[Offsets, Offsets], bool]) -> None:
        before: Offsets = {}
        quiet_since: dict[TopicPartition, float] = {}
        while True:
            committed, ends = await self.look()
            if done(committed, ends):
                return
            now = time.monotonic()
            for tp, at in committed.items():
                if at != before.get(tp) or ends[tp] - at <= FEW:
                    quiet_since[tp] = now
            before = committed
            stuck = [tp for tp, since in quiet_since.items() if now - since > PATIENCE]
            if stuck:
                where = ", ".join(f"{tp.topic}[{tp.partition}] at {committed[tp]} of {ends[tp]}" for tp in stuck)
                raise StuckError(f"no commit for {PATIENCE:.0f} s: {where}")
            await asyncio.sleep(LOOK_EVERY)


async def read_from(settings: Settings, topic: str, start: Offsets | None = None) -> AsyncIterator[Record]:
    """The committed records of a topic, from its beginning or from these offsets on."""
    async with committed_consumer(settings, topic) as consumer:
        for tp in consumer.assignment():
            consumer.seek(tp, start[tp] if start else 0)
        async for record in records_until_end(consumer):
            yield record


async def ends_of(settings: Settings, topic: str) -> dict[int, tuple[int, int]]:
    """The end of each partition of a topic: for readers of what is committed, and with what is not."""
    async with committed_consumer(settings, topic) as consumer:
        partitions = list(consumer.assignment())
        stable = await consumer.end_offsets(partitions)
    async with AIOKafkaConsumer(bootstrap_servers=settings.bootstrap, enable_auto_commit=False) as consumer:
        ends = await consumer.end_offsets(partitions)
    return {tp.partition: (stable[tp], ends[tp]) for tp in partitions}
