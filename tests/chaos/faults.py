"""The faults: what goes wrong, in an order that follows from the seed."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .brokers import Brokers
from .evidence import Evidence
from .fleet import Fleet, Worker
from .writer import Writer

LONG_RUN = 30
"""From so many faults on, a broker is away for much longer once."""

AWAY, MUCH_LONGER = 20.0, 90.0
"""Seconds without a broker: within the time-outs of clients, and beyond them."""

LONGEST_PAUSE = 10.0
"""Seconds that a broker stands still."""


@dataclass
class Faults:
    """What can go wrong, and with what. Each fault returns what it struck."""

    fleet: Fleet
    brokers: Brokers
    writer: Writer
    evidence: Evidence
    chance: random.Random
    session_timeout: float
    away: float = AWAY

    async def kill_worker(self) -> str:
        """SIGKILL."""
        worker = await self._worker()
        self.fleet.kill(worker)
        return str(worker)

    async def kill_workers(self) -> str:
        """SIGKILL of all but one."""
        await self._worker()
        workers = self.chance.sample(self.fleet.running, max(1, len(self.fleet.running) - 1))
        for worker in workers:
            self.fleet.kill(worker)
        return ", ".join(map(str, workers))

    async def pause_worker(self) -> str:
        """SIGSTOP until the group has gone on without it, then SIGCONT: it does not know that it is out."""
        return await self._pause(self.session_timeout * self.chance.uniform(1.2, 2))

    async def pause_worker_briefly(self) -> str:
        """SIGSTOP for less than the session timeout."""
        return await self._pause(self.session_timeout * self.chance.uniform(0.3, 0.7))

    async def add_worker(self) -> str:
        """One more, with an empty directory."""
        return str(self.fleet.add())

    async def remove_worker(self) -> str:
        """One less."""
        worker = await self._worker()
        await self.fleet.remove(worker)
        if not self.fleet.workers:
            self.fleet.add()
        return str(worker)

    async def rolling_restart(self) -> str:
        """One worker after the other, each when work goes on after the one before."""
        workers = list(self.fleet.workers)
        for worker in workers:
            since, _ = await self.evidence.look()
            await self.fleet.restart(worker)
            await self.evidence.resumed(since, 1)
        return f"{len(workers)} workers"

    async def restart_broker(self) -> str:
        """It stops in order and starts."""
        return await self._without_broker("stop", 0)

    async def kill_broker(self) -> str:
        """SIGKILL, and a start."""
        return await self._without_broker("kill", 0)

    async def pause_broker(self) -> str:
        """It stands still, and clients' buffers fill."""
        number, node = self.brokers.choose(self.chance)
        assert node.pid is not None
        seconds = self.chance.uniform(3, LONGEST_PAUSE)
        os.kill(node.pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        os.kill(node.pid, signal.SIGCONT)
        await asyncio.to_thread(self.brokers.wait_until_in_sync)
        return f"broker {number} for {seconds:.1f} s"

    async def broker_away(self) -> str:
        """It stops in order and comes back after some time."""
        seconds, self.away = self.away, AWAY
        return await self._without_broker("stop", seconds)

    async def bad_records(self) -> str:
        """A burst of them, some of which are large."""
        bad = [*self.writer.load.bad(400), *(self.writer.load.oversize() for _ in range(3))]
        await self.writer.write(bad)
        return f"{len(bad)} records"

    async def _worker(self) -> Worker:
        while not self.fleet.running:  # noqa: ASYNC110 - processes are looked at
            await asyncio.sleep(0.1)
        return self.chance.choice(self.fleet.running)

    async def _pause(self, seconds: float) -> str:
        worker = await self._worker()
        self.fleet.pause(worker)
        await asyncio.sleep(seconds)
        self.fleet.resume(worker)
        return f"{worker} for {seconds:.1f} s"

    async def _without_broker(self, end: str, seconds: float) -> str:
        number, node = self.brokers.choose(self.chance)
        await asyncio.to_thread(getattr(node, end))
        await asyncio.sleep(seconds)
        await asyncio.to_thread(node.start)
        await asyncio.to_thread(self.brokers.wait_until_in_sync)
        return f"broker {number}" + (f" for {seconds:.0f} s" if seconds else "")


KINDS: tuple[Callable[[Faults], Awaitable[str]], ...] = (
    Faults.kill_worker, Faults.kill_workers, Faults.pause_worker, Faults.pause_worker_briefly, Faults.add_worker,
    Faults.remove_worker, Faults.rolling_restart, Faults.restart_broker, Faults.kill_broker, Faults.pause_broker,
    Faults.broker_away, Faults.bad_records,
)  # fmt: skip


def order(chance: random.Random, count: int) -> list[Callable[[Faults], Awaitable[str]]]:
    """So many faults: every kind once, in any order, then every kind once again."""
    rounds = -(-count // len(KINDS))
    return [kind for _ in range(rounds) for kind in chance.sample(KINDS, len(KINDS))][:count]
