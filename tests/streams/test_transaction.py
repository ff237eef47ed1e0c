"""A transaction handles each record of its partition once, in order, and misses one that is passed over.

What Faust drops at a rebalance cannot be had on demand, so records are made here, and the producer only collects.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord, TopicPartition
from collecting_producer import Producer
from hypothesis import given
from hypothesis import strategies as st

from agents.step import Result
from schemas import topics
from schemas.record import Output, Record
from streams.stage import Stage
from streams.tables import MemoryStore, TablePartition
from streams.transaction import SkippedRecordError, StepInput, Transaction

THREADS = ThreadPoolExecutor(2)


def record(offset: int) -> ConsumerRecord[bytes, bytes]:
    """A record as aiokafka hands it on."""
    return ConsumerRecord(topics.FETCH, 0, offset, 0, 0, b"k", b"v", None, 1, 1, ())


def read_by(step: Callable[[Record, bytes | None], Result], producer: object = None) -> StepInput:
    """An input with this step, ready to begin."""
    table = TablePartition(TopicPartition("changelog", 0), MemoryStore())
    transaction = Transaction(table, group="newsdiff", producer=cast(AIOKafkaProducer, producer))
    transaction.ready.set()
    return StepInput(TopicPartition(topics.FETCH, 0), transaction, Stage("detect", (topics.FETCH,), step), THREADS)


def handle(offsets: list[int], fetched: list[int], start: int | None = 0) -> list[int]:
    """What is handled of records with these offsets, after these were fetched."""
    handled: list[int] = []

    def step(found: Record, row: bytes | None) -> Result:
        handled.append(found.offset)
        return Result("unchanged")

    async def run() -> None:
        made = read_by(step)
        if start is not None:
            made.begin_at(start)
        made.fetched.extend(fetched)
        await made.handle([record(offset) for offset in offsets])

    asyncio.run(run())
    return handled


def test_records_are_handled_in_order() -> None:
    """Gaps that no fetch ever had, such as transaction markers, are none."""
    assert handle([5, 6, 9], fetched=[5, 6, 9], start=5) == [5, 6, 9]


def test_a_record_that_was_fetched_and_passed_over_is_missed() -> None:
    """A later record is refused, so that the worker starts anew from what is committed."""
    with pytest.raises(SkippedRecordError, match="@6 was passed over for 7"):
        handle([5, 7], fetched=[5, 6, 7], start=5)


@given(st.integers(1, 20), st.data())
def test_what_is_read_again_is_handled_once(count: int, data: st.DataObject) -> None:
    """Whatever part of the records is fetched and delivered again, each is handled once and none is missed."""
    first = list(range(count))
    again = list(range(data.draw(st.integers(0, count - 1)), count + 3))
    assert handle(first + again, fetched=first + again) == list(range(count + 3))


def test_before_the_beginning_is_known_nothing_is_handled() -> None:
    """A record that comes before the seek to what is committed comes again after it."""
    assert handle([5], fetched=[5], start=None) == []


def test_no_commit_falls_between_the_pieces_of_a_record() -> None:
    """However often a commit is tried, what it holds of a record is all or nothing: outputs, row, offset."""
    producer = Producer()

    def step(found: Record, row: bytes | None) -> Result:
        return Result("new", (Output("version", b"k", b"v"), Output("outcome", b"k", b"v")), b"row")

    async def run() -> None:
        made = read_by(step, producer)
        made.begin_at(0)
        handling = asyncio.create_task(made.handle([record(offset) for offset in range(20)]))
        while not handling.done():
            await made.transaction.commit()
            await asyncio.sleep(0)
        await made.transaction.commit()

    asyncio.run(run())
    committed: list[list[object]] = [[]]
    for told in producer.told:
        if told == "commit":
            committed.append([])
        else:
            committed[-1].append(told)
    assert committed.pop() == []
    assert len(committed) > 1
    handled = 0
    for pieces in committed:
        *records, offset = pieces
        assert records == ["version", "outcome", "changelog"] * (cast(int, offset) - handled)
        handled = cast(int, offset)
    assert handled == 20


def test_no_row_is_committed_without_an_offset() -> None:
    """Where a partition begins anew, its first commit says so: rows without an offset would look as if it were lost."""
    producer = Producer()

    async def run() -> None:
        made = read_by(lambda found, row: Result("unchanged"), producer)
        made.begin_at(None)
        for row in (b"1", b"2"):  # something beside reading writes, while the first record is still at work
            async with made.transaction.gate:
                await made.transaction.write(Result("asked", row=row), b"k")
            await made.transaction.commit()

    asyncio.run(run())
    assert producer.told == ["changelog", 0, "commit", "changelog", "commit"]


def told_around_a_slow_page(offset: int, meanwhile: Callable[[StepInput, Producer], Awaitable[None]]) -> list[object]:
    """What a producer is told of the records up to this one, if something is done while a step is at work on it."""
    producer, at_work, go_on = Producer(), threading.Event(), threading.Event()

    def step(found: Record, row: bytes | None) -> Result:
        if found.offset == offset:
            at_work.set()
            assert go_on.wait(10)
        return Result("new", (Output("version", b"k", b"v"),))

    async def run() -> None:
        made = read_by(step, producer)
        made.begin_at(0)
        handling = asyncio.create_task(made.handle([record(number) for number in range(offset + 1)]))
        assert await asyncio.to_thread(at_work.wait, 10)
        await meanwhile(made, producer)
        go_on.set()
        await handling
        await made.transaction.commit()

    asyncio.run(run())
    return producer.told


def test_a_commit_does_not_wait_for_a_slow_page() -> None:
    """What was handled before it is committed while the step is still at work."""

    async def commit(made: StepInput, producer: Producer) -> None:
        await made.transaction.commit()
        assert producer.told == ["version", 1, "commit"]

    assert told_around_a_slow_page(1, commit) == ["version", 1, "commit", "version", 2, "commit"]


def test_a_partition_that_is_taken_away_writes_nothing_more() -> None:
    """The result of a step that was at work when its transaction was closed is dropped."""

    async def take_away(made: StepInput, _producer: Producer) -> None:
        made.transaction.closed = True

    assert told_around_a_slow_page(0, take_away) == []
