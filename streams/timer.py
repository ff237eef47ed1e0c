"""Runs a step when the time of its rows has come."""

from __future__ import annotations

import asyncio
import heapq
from typing import Protocol

from agents.step import Result
from streams.clock import Clock
from streams.transaction import Transaction

LOOK_EVERY = 1.0
"""Seconds, of the world's clock, between two looks at most: rows may get due that nobody has announced."""

AT_ONCE = 500
"""Rows that are handled before their results are committed."""


class TimedStep(Protocol):
    """A step that does something with a row when its time has come. It has no clock: it is told the time."""

    def due(self, row: bytes) -> float | None:
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
        for key, row in transaction.table.store.items():
            self._note(key, row)
        while not transaction.closed:
            if await self._handle_due():
                await transaction.commit()
            await self._wait()

    def _note(self, key: bytes, row: bytes | None) -> None:
        if row is not None and (due := self._step.due(row)) is not None:
            if not self._heap or due < self._heap[0][0]:
                self._sooner.set()
            heapq.heappush(self._heap, (due, key))

    async def _handle_due(self) -> int:
        """Handle what is due, as far as one commit should hold it; how much that was."""
        count, transaction = 0, self._transaction
        while self._heap and count < AT_ONCE and self._heap[0][0] <= self._clock.time():
            due, key = heapq.heappop(self._heap)
            async with transaction.turn, transaction.gate:
                if transaction.closed:
                    return 0
                row = transaction.table.get(key)
                if row is not None and self._step.due(row) == due:  # else it was written anew since then
                    await transaction.write(self._step.on_time(key, row, self._clock.time()), key)
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
