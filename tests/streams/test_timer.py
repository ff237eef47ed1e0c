"""The timer handles rows when their time has come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import cast

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from collecting_producer import Producer

from agents.step import Result
from streams import timer
from streams.clock import Clock
from streams.tables import MemoryStore, TablePartition
from streams.timer import Timer
from streams.transaction import Transaction

KEY = b"https://eastmere-echo.test/storm"


class Alarm:
    """A step whose rows are the seconds since 1970 at which they are due; it puts each off for an hour."""

    def __init__(self) -> None:
        self.rang: list[float] = []

    def due(self, row: bytes, now: float) -> float | None:
        """See `TimedStep`."""
        return float(row) if row != b"never" else None

    def on_time(self, key: bytes, row: bytes, now: float) -> Result:
        """See `TimedStep`."""
        if key != KEY:
            raise ValueError(key)
        self.rang.append(now)
        return Result("rang", row=str(now + 3600).encode())


def run(
    seconds: float,
    *,
    stored: float | None = None,
    meanwhile: Callable[[Transaction], None] | None = None,
    alarm: Alarm | None = None,
    clock: Clock | None = None,
) -> Alarm:
    """Run a timer for some time; the producer collects what is written."""
    alarm, producer = alarm or Alarm(), Producer()
    store = MemoryStore()
    if stored is not None:
        store.write({KEY: str(stored).encode()}, 1)

    async def work() -> None:
        table = TablePartition(TopicPartition("changelog", 0), store)
        transaction = Transaction(table, group="newsdiff", producer=cast(AIOKafkaProducer, producer))
        transaction.ready.set()
        task = asyncio.create_task(Timer(transaction, alarm, clock or Clock()).run())
        await asyncio.sleep(seconds / 2)
        if meanwhile is not None:
            meanwhile(transaction)
        await asyncio.sleep(seconds / 2)
        transaction.closed = True
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(work())
    assert producer.told.count("commit") == len(alarm.rang)
    return alarm


def put(row: str) -> Callable[[Transaction], None]:
    """Write another row, as the answer to a request does."""
    return lambda transaction: transaction.table.stage(KEY, row.encode())


def test_what_was_due_while_nobody_looked_is_handled_once() -> None:
    """A row from before the start, however long overdue, and not again before its new time."""
    assert len(run(2.0, stored=5.0).rang) == 1


def test_a_row_that_is_put_off_does_not_ring_at_its_earlier_time() -> None:
    """What counts is the row as it stands when its time has come."""
    for row in (str(time.time() + 3600), "never"):
        assert run(3.0, stored=time.time() + 2.5, meanwhile=put(row)).rang == []


def test_a_row_that_is_brought_forward_rings_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not wait for the timer's next look, which may be a second away."""
    monkeypatch.setattr(timer, "LOOK_EVERY", 3600.0)  # a second is too short to tell the two apart on a slow machine
    assert len(run(2.0, stored=time.time() + 3600, meanwhile=put("5.0")).rang) == 1


def test_a_row_that_nobody_had_before_rings() -> None:
    """The first row of a key is as good as one that was there."""
    assert len(run(2.0, meanwhile=put("5.0")).rang) == 1


def test_a_row_that_nothing_can_be_done_with_ends_nobody() -> None:
    """It is due at each start, and would end one worker after the other; the others' time comes as before."""

    def poison(transaction: Transaction) -> None:
        transaction.table.stage(b"poison", b"5.0")
        transaction.table.stage(KEY, b"6.0")

    assert len(run(2.0, meanwhile=poison).rang) == 1


class Planned(Alarm):
    """Alarms for an hour later, unless the clock is from before they were set."""

    def due(self, row: bytes, now: float) -> float | None:
        """See `TimedStep`."""
        return now if float(row) - 3600 > now else float(row)


def set_back(at: float) -> Clock:
    """A clock that is a day ahead, until it is set back."""

    class Unsteady(Clock):
        def time(self) -> float:
            now = time.time()
            return now + 86400 if now < at else now

    return Unsteady()


def test_rows_that_were_planned_by_a_clock_that_was_ahead_ring_at_once() -> None:
    """All rows are looked at anew when a clock goes back; nobody waits for a day."""
    now = time.time()
    alarm = run(4.0, stored=now + 86400 + 3600, alarm=Planned(), clock=set_back(now + 1.5))
    assert [rang < now + 3600 for rang in alarm.rang] == [True]
