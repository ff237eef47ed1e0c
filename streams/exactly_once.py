"""Exactly-once on Faust: one Kafka transaction at a time for each input partition.

Everything that is written while a record is handled (outputs, table rows, dead letters) and that record's offset go
into one transaction of the record's partition, whatever topic is written to. What is not committed never happened.

What Faust 0.15 does with `processing_guarantee="exactly_once"`, why it is wrong, and what is done here instead:

1. It picks a transaction by the *output*: a topic that the app does not consume gets none, and its records leave at
   once. Here a `Transaction` belongs to an input partition (or to those of several topics that share a table), and a
   handler has no other way to write.
2. Its commit runs whenever its timer fires, also between an input's output and that input's table row, which goes out
   later from a buffer. Here handling one record and committing exclude each other (`Transaction.gate`), and rows are
   sent where they are put.
3. It writes to RocksDB at once, so that rows of an aborted transaction stay. Here they are staged (`streams.tables`).
4. Its recovery believes the consumer's cached end of a changelog, and waits for a record at the last offset, which is a
   transaction marker. Here `streams.tables.restore` asks the broker, and goes by position.
5. It commits what its list of acknowledged offsets says, in which transaction markers look like gaps. Here the offset
   after the last handled record is committed (`Input.position`).

Faust numbers its transactional ids by the sorted subscriptions, so that a new topic would shift them under a running
deployment; here an id is made of the app's id, the topic and the partition.

A zombie is fenced by the transactional id: whoever opens a partition's transaction first waits until the one before it
has ended, and from then on the zombie cannot commit. Only then are committed offsets and changelogs read.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import faust
from aiokafka import AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.errors import IllegalStateError
from faust.transport.consumer import TransactionManager
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage

from schemas.errors import WriteError
from streams.membership import note_member
from streams.metrics import REBALANCES, RESTORED
from streams.settings import Settings
from streams.stage import Reader, Stage
from streams.tables import TablePartition, restore
from streams.tracing import new_tracer
from streams.transaction import Input, StepInput, Transaction

STEPS_AT_ONCE = 4
"""Records of different partitions that are handled at a time: several, so that a slow page does not hold up all."""

MAX_WAITING = 8 * 1024 * 1024
"""Bytes of a partition that wait for their handler, and one batch more: then no more are fetched for it."""

RECORD_BYTES = 2048
"""What a record takes in memory beside its value, amply: its key, its headers, its object."""

LOOK_AGAIN = 0.01
"""Seconds until it is looked again whether a partition has room."""


NewInput = Callable[[TopicPartition, Transaction, Reader], Input]
Beside = Callable[[Reader, Transaction], Coroutine[Any, Any, None] | None]


class Batch(ConsumerMessage):
    """What Faust takes for one message: the records that one fetch brought from one partition.

    Faust spends some 200 microseconds on each message that it hands to an agent.
    """

    def __init__(self, read_by: Input, records: Sequence[ConsumerRecord], tp: TP, generation: int) -> None:
        last = records[-1]
        super().__init__(
            tp.topic, tp.partition, last.offset, last.timestamp / 1000, last.timestamp_type,
            headers=None, key=None, value=None, checksum=None, tp=tp, generation_id=generation,
        )  # fmt: skip
        self.input = read_by
        self.records = records
        self.bytes = sum(len(record.value or b"") + RECORD_BYTES for record in records)


class Transactions(TransactionManager):
    """The transactions of the partitions that this worker holds, in place of Faust's transaction manager."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partitions = cast(App, self.app).partitions
        self._restoring: asyncio.Task[None] | None = None

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:  # noqa: ARG002 - Faust takes all away, always
        """Commit and close: from here on the partitions may be another worker's."""
        cast(App, self.app).is_assigned = False
        patience = cast(App, self.app).settings.stall_timeout  # the whole group waits meanwhile
        try:
            async with asyncio.timeout(patience):
                await self.commit_all()
        finally:
            async with asyncio.timeout(patience):
                await self.close_all()

    async def on_rebalance(self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP]) -> None:  # noqa: ARG002
        """Open a transaction for each partition, then bring its table up to date in the background."""
        await self.close_all()
        self.partitions.update(cast(App, self.app).new_inputs(assigned))
        transactions = self._transactions()
        await asyncio.gather(*(transaction.open() for transaction in transactions))
        self._restoring = asyncio.create_task(self._restore({one.table: one for one in transactions}))
        cast(App, self.app).is_assigned = True
        REBALANCES.inc()

    def _transactions(self) -> list[Transaction]:
        return list(dict.fromkeys(one.transaction for one in self.partitions.values()))

    async def _restore(self, transactions: dict[TablePartition, Transaction]) -> None:
        try:
            with RESTORED.time():
                await restore(cast(App, self.app).settings, transactions, lambda table: transactions[table].ready.set())
        except Exception as error:  # noqa: BLE001 - whatever it was, the worker must not go on without its tables
            await self.app.crash(error)

    async def commit_all(self) -> None:
        """Commit every partition; they don't wait for each other."""
        await asyncio.gather(*(transaction.commit() for transaction in self._transactions()))

    async def close_all(self) -> None:
        """Close every partition."""
        if self._restoring is not None:
            self._restoring.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._restoring
        transactions = self._transactions()
        self.partitions.clear()
        closed = await asyncio.gather(*(one.close() for one in transactions), return_exceptions=True)
        for error in closed:
            if isinstance(error, BaseException):
                raise error

    async def on_stop(self) -> None:
        """Call when the worker stops."""
        await self.close_all()

    async def send(self, topic: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - Faust's signature
        """Refuse what does not belong to a transaction."""
        raise WriteError(f"a record for {topic} was sent past the transaction of an input partition")


class Consumer(driver.Consumer):
    """Faust's consumer, committing through `Transactions`."""

    async def force_commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:  # noqa: ARG002, FBT001, FBT002
        """Commit what was handled."""
        try:
            await cast(Transactions, self.transactions).commit_all()
        except Exception as error:  # noqa: BLE001 - fenced, or unknown whether committed: start anew from the log
            await self.app.crash(error)
            return False
        return True

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109 - Faust's signature
        """Fetch for the partitions that have room, a batch for each.

        What was asked for before a rebalance is dropped, since Faust would count it to the assignment after it. It may
        be of that assignment all the same, so it is read again.
        """
        generation, opened = self.app.consumer_generation_id, cast(App, self.app).partitions
        wanted = active_partitions or set()
        room = {tp for tp in wanted if tp not in opened or opened[tp].waiting < MAX_WAITING}
        if not room:
            await asyncio.sleep(LOOK_AGAIN)
            return {}
        records = await super()._getmany(room, timeout if len(room) == len(wanted) else LOOK_AGAIN)
        if generation == self.app.consumer_generation_id:
            return {tp: [self._batch(opened[tp], found, tp)] for tp, found in records.items() if tp in opened}
        for tp, one in opened.items():
            if tp in records and one.position is not None:
                with contextlib.suppress(IllegalStateError):  # it is taken away again
                    await self.seek(tp, one.position)
        return {}

    def _batch(self, read_by: Input, records: Sequence[ConsumerRecord], tp: TP) -> Batch:
        batch = Batch(read_by, records, tp, self.app.consumer_generation_id)
        read_by.waiting += batch.bytes
        return batch

    def _to_message(self, tp: TP, record: Any) -> ConsumerMessage:  # noqa: ARG002 - Faust's signature
        return cast(Batch, record)

    def on_buffer_full(self, tp: TP) -> None:
        """Leave the partition in: Faust would look at it again only when another one has news, or after a second."""

    def on_buffer_drop(self, tp: TP) -> None:
        """See `on_buffer_full`."""

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Write down which member this worker is, before it is given anything."""
        note_member(cast(App, self.app).settings, self._thread._ensure_consumer()._coordinator.member_id)  # noqa: SLF001 - Faust keeps both to itself
        await super().on_partitions_assigned(assigned, generation_id)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Begin at the committed offsets; until then a partition's position is not known.

        Faust also seeks in the middle of a rebalance, where a predecessor that is not fenced yet may still commit.
        """
        opened = {tp: one for tp, one in cast(App, self.app).partitions.items() if one.transaction.opened}
        if not opened:
            return {}
        committed: Mapping[TP, int] = await super().seek_to_committed()
        for tp, one in opened.items():
            if tp in committed:  # else it is taken away again
                one.begin_at(committed[tp])  # None where there is no offset
        return committed

    async def perform_seek(self) -> None:
        """See `seek_to_committed`."""
        await super().perform_seek()
        for tp, one in cast(App, self.app).partitions.items():
            if one.position is not None:
                with contextlib.suppress(IllegalStateError):  # it is taken away again
                    # Once more: `_getmany` may have dropped what came between the two.
                    await self.seek(tp, one.position)

    def note_fetched(self, records: Mapping[TP, list[Any]]) -> None:
        """Remember what came from the broker, so that a record that gets lost on its way to a handler is missed."""
        inputs = cast(App, self.app).partitions
        for tp, found in records.items():
            if (one := inputs.get(tp)) is not None:
                one.fetched.extend(record.offset for record in found)

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Keep no list of gaps: only Faust's own commit reads it, and it would grow with every transaction marker."""

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Skip Faust's look at commits that it does not make."""


class ConsumerThread(driver.AIOKafkaConsumerThread):
    """Faust's thread around aiokafka's consumer, which tells what it fetched."""

    async def _keepalive2(self) -> None:
        """Skip mode's complaint about a busy loop: `streams.liveness` looks at what is done."""

    async def _fetch_records(self, *args: Any, **kwargs: Any) -> Any:
        records = await super()._fetch_records(*args, **kwargs)
        cast(Consumer, self.consumer).note_fetched(records)
        return records


class Transport(driver.Transport):
    """Faust's transport with the two classes above."""

    Consumer = Consumer
    TransactionManager = Transactions


class App(faust.App):
    """A Faust app whose agents handle records in transactions.

    `stages`: what is done with the topics that are read. `open_table`: makes a stage's table for one partition.
    `new_producer`: makes a producer with a transactional id. `new_input`: makes what reads a partition of a stage's
    topic, if it is no `StepInput`. `beside`: what a stage does beside reading, for as long as a partition is held.
    """

    def __init__(
        self,
        *args: Any,
        settings: Settings,
        stages: Iterable[Reader],
        open_table: Callable[[Reader, int], TablePartition],
        new_producer: Callable[[str], AIOKafkaProducer],
        new_input: NewInput | None = None,
        beside: Beside | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, processing_guarantee="exactly_once", **kwargs)
        self.settings = settings
        self.partitions: dict[TP, Input] = {}
        self._stages = {topic: stage for stage in stages for topic in stage.reads}
        self._open_table = open_table
        self._new_transactional_producer = new_producer
        self._new_input = new_input or self.step_input
        self._beside = beside
        self.is_assigned = False
        self.spans = new_tracer()
        self._beside_tasks: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(STEPS_AT_ONCE, thread_name_prefix="step")
        for stage in dict.fromkeys(self._stages.values()):
            # Raw bytes: an error in one of Faust's codecs would acknowledge the record and stop the agent.
            topic = self.topic(
                *stage.reads, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
            )
            self.agent(topic, name=stage.name, isolated_partitions=True)(self._consume)

    def _new_transport(self) -> Transport:
        return Transport(self.conf.broker_consumer, self)

    def held(self) -> dict[TopicPartition, int | None]:
        """The partitions that must get on; for those whose tables are not restored yet, how far all of these are."""
        held = [one for one in self.partitions.values() if not one.may_stall]
        restored = sum(one.transaction.table.store.next_offset for one in held if not one.transaction.ready.is_set())
        return {one.tp: None if one.transaction.ready.is_set() else restored for one in held}

    def unready(self) -> str | None:
        """Why it does not handle records yet; None: it does, or would if there were partitions for it."""
        if not self.is_assigned:
            return "it waits for its partitions"
        restoring = sum(not one.transaction.ready.is_set() for one in list(self.partitions.values()))
        return f"the tables of {restoring} partitions are being restored" if restoring else None

    def new_inputs(self, assigned: Iterable[TP]) -> dict[TP, Input]:
        """The inputs that were assigned just now; those of one stage and partition share a transaction."""
        transactions: dict[tuple[str, int], Transaction] = {}
        inputs = {}
        for tp in sorted(assigned):
            stage = self._stages[tp.topic]
            if (stage.name, tp.partition) not in transactions:
                transactions[stage.name, tp.partition] = Transaction(
                    self._open_table(stage, tp.partition),
                    group=self.conf.id,
                    producer=self._new_transactional_producer(f"{self.conf.id}-{stage.reads[0]}-{tp.partition}"),
                )
                self._do_beside(stage, transactions[stage.name, tp.partition])
            transaction = transactions[stage.name, tp.partition]
            inputs[tp] = self._new_input(TopicPartition(tp.topic, tp.partition), transaction, stage)
        return inputs

    def step_input(self, tp: TopicPartition, transaction: Transaction, stage: Reader) -> Input:
        """What reads a partition of a topic whose records a step handles one after the other."""
        assert isinstance(stage, Stage)
        return StepInput(tp, transaction, stage, self._threads, self.spans)

    def _do_beside(self, stage: Reader, transaction: Transaction) -> None:
        """Start what a stage does beside reading; it ends when the transaction is closed."""
        if self._beside is None or (work := self._beside(stage, transaction)) is None:
            return

        async def run() -> None:
            try:
                await work
            except Exception as error:  # noqa: BLE001 - a write failed: nothing of it may be committed
                if not transaction.closed:
                    await self.crash(error)

        task = asyncio.create_task(run())
        self._beside_tasks.add(task)
        task.add_done_callback(self._beside_tasks.discard)

    async def _consume(self, stream: Any) -> None:
        """Read one partition, the body of every agent: each record, in order, through the partition's transaction."""
        async for event in stream.noack().events():
            batch = cast(Batch, event.message)
            read_by = batch.input
            try:
                await read_by.handle(batch.records)
                if read_by.transaction.has_news:  # what changed nothing can wait for the commit interval
                    await read_by.transaction.commit()
            except Exception as error:  # noqa: BLE001 - a write failed: nothing of it may be committed
                await self.crash(error)
            finally:
                read_by.waiting -= batch.bytes
