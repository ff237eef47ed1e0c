"""The transactions of one input partition: what is written while its records are handled, and how far they are."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Sequence
from concurrent.futures import Executor
from typing import Any

from aiokafka import AIOKafkaProducer, ConsumerRecord, TopicPartition

from agents.step import Keep, Result
from schemas.errors import NewsdiffError
from schemas.record import Output, Record
from streams.kafka import as_record
from streams.stage import Stage
from streams.tables import TablePartition

log = logging.getLogger(__name__)


class SkippedRecordError(NewsdiffError):
    """A record that was fetched did not reach its handler: the worker must start anew from what is committed."""


class OffsetsLostError(NewsdiffError):
    """Kafka does not know how far a partition was handled that was handled before."""

    def __init__(self, tp: TopicPartition, group: str) -> None:
        super().__init__(
            f"{tp.topic}[{tp.partition}] has no committed offset in the group {group}, but its table has rows: Kafka "
            "has forgotten how far the workers were, and to begin anew would repeat outcomes and dead letters. Tell "
            "it where they stopped, with Kafka's `kafka-consumer-groups --reset-offsets --to-datetime`"
        )


class Transaction:
    """The transactions of one input partition, one after the other.

    `position` is the offset after the last record that was handled, `committed` the part of that which is committed.
    `fetched` are the offsets that came from the broker and were not handled yet, in their order; `waiting` the bytes of
    those that wait for `handle`.

    Steps run in `threads`, so that a page that takes seconds holds up nothing but its own partition. The gate is held
    while a record's outputs and row are sent, and while a commit is made: no commit falls between them.
    """

    def __init__(
        self,
        tp: TopicPartition,
        stage: Stage,
        table: TablePartition,
        *,
        group: str,
        producer: AIOKafkaProducer,
        threads: Executor,
    ) -> None:
        self.tp = tp
        self.table = table
        self.ready = asyncio.Event()
        self.gate = asyncio.Lock()
        self.position: int | None = None
        self.committed: int | None = None
        self.opened = False
        self.closed = False
        self.fetched: deque[int] = deque()
        self.waiting = 0
        self._begins_anew = False
        self._stage = stage
        self._group = group
        self._producer = producer
        self._threads = threads
        self._sent: list[Awaitable[Any]] = []
        self._rows_sent: list[Awaitable[Any]] = []

    async def handle(self, records: Sequence[ConsumerRecord]) -> None:
        """Handle records in their order, and none twice."""
        await self.ready.wait()
        if self._begins_anew and not self.closed:
            self._check_new()
        for found in records:
            if self.closed or self.position is None:
                return  # they are read again: by whoever has the partition now, or after the seek to what is committed
            if found.offset < self.position:
                continue
            self._check_order(found.offset)
            row = self.table.get(found.key) if found.key else None
            if (
                row
                and found.value
                and self._stage.is_known(found.key, found.value, found.headers, found.timestamp, row)
            ):
                self.position = found.offset + 1
                continue
            record = as_record(found)
            loop = asyncio.get_running_loop()
            result = await loop.run_in_executor(self._threads, self._stage.handle, record, row)
            async with self.gate:
                await self._write(record, result)

    @property
    def has_news(self) -> bool:
        """Whether anything was written that readers wait for."""
        return bool(self._sent)

    async def _write(self, record: Record, result: Result) -> None:
        if self.closed:
            return  # the partition was taken away meanwhile
        try:
            for output in result.outputs:
                self._sent.append(await self._send(output))
            if record.key and not isinstance(result.row, Keep):
                self.table.stage(record.key, result.row)
                self._rows_sent.append(await self._send_row(record.key, result.row))
        except BaseException:
            self.closed = True  # part of it may be on its way: this transaction must never commit
            raise
        self.position = record.offset + 1
        if log.isEnabledFor(logging.DEBUG):
            log.debug("%s %s: %s", self._stage.name, record.place, result.outcome)

    def _check_order(self, offset: int) -> None:
        """See that no record was passed over: Faust drops what it holds at a rebalance, and must then read it again."""
        assert self.position is not None
        while self.fetched and self.fetched[0] <= offset:
            fetched = self.fetched.popleft()
            if self.position <= fetched < offset:
                raise SkippedRecordError(f"{self.tp.topic}[{self.tp.partition}]@{fetched} was passed over for {offset}")

    def _check_new(self) -> None:
        """See that there is no row yet where there is no committed offset: both come with the first commit."""
        self._begins_anew = False
        if next(self.table.store.items(), None) is not None:
            raise OffsetsLostError(self.tp, self._group)

    async def commit(self) -> None:
        """Commit what was handled. An error leaves open whether it was committed: only a new start can tell."""
        async with self.gate:
            position = self.position  # it moves on meanwhile where records are handled that write nothing
            if self.closed or position == self.committed:
                return
            try:
                await asyncio.gather(*self._sent)
                written = await asyncio.gather(*self._rows_sent)
                await self._producer.send_offsets_to_transaction({self.tp: position}, self._group)
                await self._producer.commit_transaction()
                if written:
                    self.table.committed(max(row.offset for row in written))
                await self._producer.begin_transaction()
            except BaseException:
                self.closed = True
                raise
            self._sent.clear()
            self._rows_sent.clear()
            self.committed = position

    def begin_at(self, committed: int | None) -> None:
        """Set the first offset to handle, unless it is known already; None: Kafka knows of none."""
        if self.position is None:
            self.position = self.committed = committed or 0
            self._begins_anew = committed is None

    async def open(self) -> None:
        """Fence whoever had the partition before, and wait until its last transaction has ended."""
        await self._producer.start()
        await self._producer.begin_transaction()
        self.opened = True

    async def close(self) -> None:
        """Give the partition up. What is not committed is aborted, so that no reader waits for it."""
        self.closed = True
        self.ready.set()
        async with self.gate:
            try:
                if self._sent or self._rows_sent:
                    with contextlib.suppress(Exception):
                        await self._producer.abort_transaction()
                await self._producer.stop()
                await asyncio.gather(*self._sent, *self._rows_sent, return_exceptions=True)
            finally:
                self.table.close()

    async def _send(self, output: Output) -> Awaitable[Any]:
        partition = None
        if output.key is None:  # by the input's partition, so that the same input always gives the same
            partition = self.tp.partition % len(await self._producer.partitions_for(output.topic))
        future: Awaitable[Any] = await self._producer.send(
            output.topic, output.value, key=output.key, partition=partition, headers=list(output.headers)
        )
        return future

    async def _send_row(self, key: bytes, row: bytes | None) -> Awaitable[Any]:
        topic, partition = self.table.changelog
        future: Awaitable[Any] = await self._producer.send(topic, row, key=key, partition=partition)
        return future
