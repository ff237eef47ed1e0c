"""The transactions of one input partition: what is written while its records are handled, and how far they are."""

from __future__ import annotations

import asyncio
import contextlib
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Sequence
from concurrent.futures import Executor
from typing import Any

from aiokafka import AIOKafkaProducer, ConsumerRecord, TopicPartition

from agents.step import Keep, Result
from schemas.errors import NewsdiffError
from schemas.record import Output
from streams.handled import tell_handled
from streams.kafka import as_record
from streams.metrics import ABORTS, COMMITS
from streams.stage import Stage
from streams.tables import TablePartition
from streams.tracing import Tracer


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
    """The transactions of a partition, one after the other: of one input topic, or of several that share a table.

    The gate is held while what belongs together is sent, and while a commit is made: no commit falls between its
    pieces. The turn is held while a record is handled, from reading its row to writing it.
    """

    def __init__(self, table: TablePartition, *, group: str, producer: AIOKafkaProducer) -> None:
        self.table = table
        self.group = group
        self.inputs: list[Input] = []
        self.ready = asyncio.Event()
        self.gate = asyncio.Lock()
        self.turn = asyncio.Lock()
        self.opened = False
        self.closed = False
        self._producer = producer
        self._sent: list[Awaitable[Any]] = []
        self._rows_sent: list[Awaitable[Any]] = []

    @property
    def has_news(self) -> bool:
        """Whether anything was written that readers wait for."""
        return bool(self._sent)

    async def write(self, result: Result, key: bytes | None) -> None:
        """Send what a step wants written, with the row of a key, while the gate is held."""
        try:
            for output in result.outputs:
                self._sent.append(await self._send(output))
            if key and not isinstance(result.row, Keep):
                self.table.stage(key, result.row, purge=result.purge)
                self._rows_sent.append(await self._send_row(key, result.row))
        except BaseException:
            self.closed = True  # part of it may be on its way: this transaction must never commit
            raise

    async def commit(self) -> None:
        """Commit what was handled. An error leaves open whether it was committed: only a new start can tell."""
        async with self.gate:
            # Positions move on meanwhile where records are handled that write nothing.
            moved = {one: at for one in self.inputs if (at := one.handled) not in (None, one.committed or 0)}
            is_written = bool(self._sent or self._rows_sent)
            if self.closed or not (moved or is_written):
                return
            if not moved and all(one.committed is None for one in self.inputs):
                moved = dict.fromkeys(self.inputs, 0)  # rows without an offset: it would look as if it were lost
            try:
                await asyncio.gather(*self._sent)
                written = await asyncio.gather(*self._rows_sent)
                if moved:
                    offsets = {one.tp: position for one, position in moved.items()}
                    await self._producer.send_offsets_to_transaction(offsets, self.group)
                await self._producer.commit_transaction()
                if written:
                    self.table.committed(max(row.offset for row in written))
                COMMITS.inc()
                await self._producer.begin_transaction()
            except BaseException:
                self.closed = True
                raise
            self._sent.clear()
            self._rows_sent.clear()
            for one, position in moved.items():
                one.committed = position

    async def open(self) -> None:
        """Fence whoever had the partition before, and wait until its last transaction has ended."""
        await self._producer.start()
        await self._producer.begin_transaction()
        self.opened = True

    async def close(self) -> None:
        """Give the partition up. What is not committed is aborted, so that no reader waits for it."""
        self.closed = True
        self.ready.set()
        await asyncio.gather(*(one.close() for one in self.inputs))
        async with self.gate:
            try:
                if self._sent or self._rows_sent:
                    ABORTS.inc()
                    with contextlib.suppress(Exception):
                        await self._producer.abort_transaction()
                await self._producer.stop()
                await asyncio.gather(*self._sent, *self._rows_sent, return_exceptions=True)
            finally:
                self.table.close()

    async def _send(self, output: Output) -> Awaitable[Any]:
        partition = None
        if output.key is None:  # by the partition of the input and its table, so that the same always gives the same
            partition = self.table.changelog.partition % len(await self._producer.partitions_for(output.topic))
        future: Awaitable[Any] = await self._producer.send(
            output.topic, output.value, key=output.key, partition=partition, headers=list(output.headers)
        )
        return future

    async def _send_row(self, key: bytes, row: bytes | None) -> Awaitable[Any]:
        topic, partition = self.table.changelog
        future: Awaitable[Any] = await self._producer.send(topic, row, key=key, partition=partition)
        return future


class Input(ABC):
    """One partition of one topic, and how far it is read.

    `position` is the offset after the last record that was taken, `committed` the part of that which is committed.
    `fetched` are the offsets that came from the broker and were not handled yet, in their order; `waiting` the bytes of
    those that wait for `handle`.
    """

    may_stall = False
    """Whether records may wait for hours without anything being wrong."""

    def __init__(self, tp: TopicPartition, transaction: Transaction) -> None:
        self.tp = tp
        self.transaction = transaction
        self.position: int | None = None
        self.committed: int | None = None
        self.fetched: deque[int] = deque()
        self.waiting = 0
        self.begins_anew = False
        transaction.inputs.append(self)

    @property
    def handled(self) -> int | None:
        """The offset before which every record is handled: what is committed next."""
        return self.position

    @abstractmethod
    async def handle(self, records: Sequence[ConsumerRecord]) -> None:
        """Handle records in their order, and none twice."""

    async def close(self) -> None:  # noqa: B027 - most have nothing at work beside `handle`
        """End what is still at work; nothing of it can be written any more."""

    def begin_at(self, committed: int | None) -> None:
        """Set the first offset to handle, unless it is known already; None: Kafka knows of none."""
        if self.position is None:
            self.position, self.committed = committed or 0, committed
            self.begins_anew = committed is None

    async def next_records(self, records: Sequence[ConsumerRecord]) -> AsyncIterator[ConsumerRecord]:
        """Those of some records that were not handled yet, in their order, for as long as the partition is held."""
        await self.transaction.ready.wait()
        if self.begins_anew and not self.transaction.closed:
            self._check_new()
        for found in records:
            if self.transaction.closed or self.position is None:
                return  # they are read again: by whoever has the partition now, or after the seek to what is committed
            if found.offset >= self.position:
                self._check_order(found.offset)
                yield found

    def _check_order(self, offset: int) -> None:
        """See that no record was passed over: Faust drops what it holds at a rebalance, and must then read it again."""
        assert self.position is not None
        while self.fetched and self.fetched[0] <= offset:
            fetched = self.fetched.popleft()
            if self.position <= fetched < offset:
                raise SkippedRecordError(f"{self.tp.topic}[{self.tp.partition}]@{fetched} was passed over for {offset}")

    def _check_new(self) -> None:
        """See that there is no row yet where no input has a committed offset: both come with the first commit."""
        is_all = all(one.begins_anew for one in self.transaction.inputs)
        self.begins_anew = False
        if is_all and next(self.transaction.table.store.items(), None) is not None:
            raise OffsetsLostError(self.tp, self.transaction.group)


class StepInput(Input):
    """An input whose records a step handles, one after the other.

    Steps run in `threads`, so that a page that takes seconds holds up nothing but its own partition.
    """

    def __init__(
        self,
        tp: TopicPartition,
        transaction: Transaction,
        stage: Stage,
        threads: Executor,
        tracer: Tracer | None = None,
    ) -> None:
        super().__init__(tp, transaction)
        self._stage = stage
        self._threads = threads
        self._tracer = tracer

    async def handle(self, records: Sequence[ConsumerRecord]) -> None:
        """Handle records in their order, and none twice."""
        stage, transaction = self._stage, self.transaction
        async for found in self.next_records(records):
            async with transaction.turn:
                row = transaction.table.get(found.key) if found.key else None
                if row and found.value and stage.is_known(found.key, found.value, found.headers, found.timestamp, row):
                    self.position = found.offset + 1
                    continue
                record = as_record(found)
                loop, began = asyncio.get_running_loop(), time.perf_counter()
                result = await loop.run_in_executor(self._threads, stage.handle, record, row)
                async with transaction.gate:
                    if transaction.closed:
                        return  # the partition was taken away meanwhile
                    await transaction.write(result, record.key)
                    seconds = time.perf_counter() - began
                    self.position = record.offset + 1
            tell_handled(stage.name, record, result, seconds, self._tracer)
