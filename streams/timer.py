"""Runs a step when the time of its rows has come."""

from __future__ import annotations

import asyncio
import heapq
import logging
from typing import Protocol

from agents.step import Result
from streams.clock import Clock
from streams.transaction import Transaction

LOOK_EVERY = 1.0
"""Seconds, of the world's clock, between two looks at most: rows may get due that nobody has announced."""

AT_ONCE = 500
"""Rows that are handled before their results are committed."""

SET_BACK = 60.0
"""Seconds by which a clock has to go back for all rows to be looked at anew: their times may be far away now."""

log = logging.getLogger(__name__)


class TimedStep(Protocol):
    """A step that does something with a row when its time has come. It has no clock: it is told the time."""

    def due(self, row: bytes, now: float) -> float | None:
        """When a row's time comes, in seconds since 1970; None: never."""
        ...

    def on_time(self, key: bytes, row: bytes, now: float) -> Result:
        """What shall be written then; afterwards the row is due later, or never."""
        ...


class Timer:
    """Looks after the rows of one table partition."""

    def __init__(self, transaction: Transaction, step: TimedStep, clock: Clock) -> None:
        self._transaction = transaction
        self._step = step
        self._clock = clock
        self._heap: list[tuple[float, bytes]] = []
        self._sooner = asyncio.Event()

    async def run(self) -> None:
        """Handle rows as they get due, until the partition is given up."""
        transaction = self._transaction
        await transaction.ready.wait()
        if transaction.closed:
            return
        transaction.table.on_row = self._note
        self._note_all()
        latest = self._clock.time()
        while not transaction.closed:
            before, latest = latest, self._clock.time()
            if latest < before - SET_BACK:
                self._note_all()
            if await self._handle_due():
                await transaction.commit()
            await self._wait()

    def _note_all(self) -> None:
        for key, row in self._transaction.table.store.items():
            self._note(key, row)

    def _note(self, key: bytes, row: bytes | None) -> None:
        if row is not None and (due := self._step.due(row, self._clock.time())) is not None:
            if not self._heap or due < self._heap[0][0]:
                self._sooner.set()
            heapq.heappush(self._heap, (due, key))

    async def _handle_due(self) -> int:
        """Handle what is due, as far as one commit should hold it; how much that was."""
        count, transaction = 0, self._transaction
        while self._heap and count < AT_ONCE and self._heap[0][0] <= self._clock.time():
            planned, key = heapq.heappop(self._heap)
            async with transaction.turn, transaction.gate:
                if transaction.closed:
                    return 0
                row = transaction.table.get(key)
                now = self._clock.time()
                due = self._step.due(row, now) if row is not None else None
                if row is None or due is None or due > max(now, planned):  # a clock may go back a little meanwhile
                    continue  # it was written anew since then
                try:
                    result = self._step.on_time(key, row, now)
                except Exception:  # it would end this worker, and then the next one
                    log.exception("the row of %r is left alone: nothing can be done with it", key)
                    continue
                await transaction.write(result, key)
                count += 1
        return count

    async def _wait(self) -> None:
        wait = LOOK_EVERY
        if self._heap:
            wait = min(wait, max(0.0, self._heap[0][0] - self._clock.time()) / self._clock.pace)
        self._sooner.clear()
        if wait > 0:
            try:
                async with asyncio.timeout(wait):
                    await self._sooner.wait()
            except TimeoutError:
                pass
