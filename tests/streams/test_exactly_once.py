"""A transaction handles each record of its partition once, in order, and misses one that is passed over.

What Faust drops at a rebalance cannot be had on demand, so messages are made here, and the producer only collects.
"""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from faust.types import TP, ConsumerMessage
from hypothesis import given
from hypothesis import strategies as st

from agents.step import Result
from schemas import topics
from schemas.record import Record
from streams.exactly_once import SkippedRecordError, Transaction
from streams.stage import Stage
from streams.tables import MemoryStore, TablePartition


def message(offset: int, generation: int = 1) -> ConsumerMessage:
    """A record as Faust hands it on."""
    fields: dict[str, Any] = {"topic": topics.FETCH, "partition": 0, "offset": offset, "timestamp": 0.0}
    return cast(ConsumerMessage, SimpleNamespace(**fields, key=b"k", value=b"v", headers=[], generation_id=generation))


def transaction(handled: list[int]) -> Transaction:
    """A transaction whose step notes what it handles, ready to begin."""

    def step(record: Record, row: bytes | None) -> Result:
        handled.append(record.offset)
        return Result("unchanged")

    table = TablePartition(TopicPartition("changelog", 0), MemoryStore())
    made = Transaction(
        TP(topics.FETCH, 0),
        Stage("detect", topics.FETCH, step),
        table,
        generation=1,
        group="newsdiff",
        producer=cast(AIOKafkaProducer, None),  # nothing is written
    )
    made.ready.set()
    return made


def handle(offsets: list[int], fetched: list[int], start: int | None = 0) -> list[int]:
    """What is handled of messages with these offsets, after these were fetched."""
    handled: list[int] = []

    async def run() -> None:
        made = transaction(handled)
        if start is not None:
            made.begin_at(start)
        made.fetched.extend(fetched)
        for offset in offsets:
            await made.handle(message(offset))

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


def test_a_record_of_another_assignment_is_not_handled() -> None:
    """What was fetched before a rebalance belongs to whoever has the partition now."""
    handled: list[int] = []

    async def run() -> None:
        made = transaction(handled)
        made.begin_at(0)
        await made.handle(message(0, generation=0))

    asyncio.run(run())
    assert handled == []
