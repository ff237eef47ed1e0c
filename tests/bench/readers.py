"""Processes that read the fetch topic as one consumer group, measured by what they commit and what they cost.

They stand still (SIGSTOP) but while they are measured: what is to be read is there before they begin, nothing else runs
beside them, and several can be measured alternately although each keeps what it knows in memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aiokafka.admin import NewTopic

from streams.kafka import admin_client
from streams.settings import Settings
from streams.supervisor import WorkerProcesses
from tests.bench.deployment import LOOK_EVERY, commits, fetches_committed, settle, wait_for_members, write
from tests.bench.pages import Written
from tests.bench.peers import output_topic
from tests.bench.processes import cpu_seconds, worker_pids


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run took: `rate` in fetches a second, `cpu` in microseconds of a processor for each fetch."""

    fetches: int
    rate: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Readers:
    """Running processes of one consumer group. `settles`: they publish versions and changes, which are waited for."""

    settings: Settings
    group: str
    pids: Sequence[int]
    settles: bool = False

    def stop(self) -> None:
        """Let them stand still."""
        for pid in self.pids:
            os.kill(pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let them run."""
        for pid in self.pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def read(self, upto: int, *, changes: bool = False) -> Figures:
        """Let them run until they have committed the first `upto` fetches, and all `changes` that follow from them."""
        return asyncio.run(self._read(upto, changes=changes))

    async def _read(self, upto: int, *, changes: bool) -> Figures:
        async with admin_client(self.settings) as admin:
            before, cpu = await fetches_committed(admin, self.group), self._cpu()
            began = time.monotonic()
            self.go_on()
            seen = [(began, before)] + [commit async for commit in commits(admin, self.group, upto)]
            rate = _rate(seen)
            if changes and self.settles:
                await asyncio.to_thread(settle, self.settings)
                rate = (upto - before) / (time.monotonic() - began)
            cpu = self._cpu() - cpu
            self.stop()
        return Figures(upto - before, rate, cpu / max(1, upto - before) * 1e6)

    def _cpu(self) -> float:
        return sum(cpu_seconds(pid) for pid in self.pids)


class FetchTopic:
    """The fetch topic of a deployment, and how much is in it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._written = 0

    def write(self, records: Iterable[Written]) -> None:
        """Write records and wait until Kafka has them."""
        self._written += write(self._settings, records)

    def read_by(self, readers: Readers, *, changes: bool = False) -> Figures:
        """Let readers, which stand still, read to the end."""
        return readers.read(self._written, changes=changes)


def _rate(seen: Sequence[tuple[float, int]]) -> float:
    """Fetches a second up to the last commit but one, where that has most of them.

    Before the last one a process waits for what does not come any more, up to a commit interval.
    """
    (began, first), (_, last) = seen[0], seen[-1]
    at, done = next(((at, done) for at, done in reversed(seen) if done < last), seen[-1])
    if done - first < (last - first) / 2:
        at, done = seen[-1]
    return (done - first) / max(LOOK_EVERY, at - began)


@contextlib.contextmanager
def workers(settings: Settings, count: int = 1) -> Iterator[Readers]:
    """Workers of this project, each with its partitions."""
    with WorkerProcesses(settings, count):
        readers = Readers(settings, settings.app_id, worker_pids(), settles=True)
        try:
            asyncio.run(wait_for_members(settings, settings.app_id, count))
            yield readers
        finally:
            readers.go_on()  # they could not stop in order otherwise


@contextlib.contextmanager
def peer(settings: Settings, name: str) -> Iterator[Readers]:
    """One of the programs of `tests.bench.peers`."""
    asyncio.run(_create(settings, output_topic(name)))
    python = [sys.executable, "-W", "ignore"]  # of what the peers' own dependencies do
    command = [*python, "-m", "tests.bench.peers", name, settings.bootstrap, str(settings.data / "peers")]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        try:
            asyncio.run(wait_for_members(settings, name, 1))
            yield Readers(settings, name, [process.pid])
        finally:
            process.kill()


async def _create(settings: Settings, topic: str) -> None:
    async with admin_client(settings) as admin:
        await admin.create_topics([NewTopic(topic, settings.partitions, 1)])


def is_installed(module: str) -> bool:
    """Whether a module can be imported."""
    return importlib.util.find_spec(module) is not None
