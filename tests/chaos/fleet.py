"""Workers as processes that can be killed, paused, added and removed; one that ended is started again."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from streams.launch import ending_with_this_process
from streams.settings import Settings
from streams.supervisor import FIRST_DELAY, OLD_AGE, STOP_TIMEOUT, WORKER

LAST_DELAY = 4.0
"""Seconds that the supervisor's delay grows to: it waits longer, but here workers are killed all the time."""

LOOK_EVERY = 0.1

COMPLAINTS = ("SkippedRecordError", "although records wait", "Timeout (", "Fatal Python error")
"""What a worker says that found its own work wrong, whatever was done to it from outside."""


@dataclass
class Worker:
    """One worker, with a data directory and a log of its own."""

    number: int
    directory: Path
    process: subprocess.Popen[bytes]
    started: float
    next_delay: float = FIRST_DELAY
    restart_at: float | None = None

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        return self.process.poll() is None

    @property
    def log(self) -> Path:
        """All that it has written to its stdout and stderr."""
        return self.directory.with_suffix(".log")

    def __str__(self) -> str:
        return f"worker {self.number}"


class Fleet:
    """The workers of a service, in directories below `settings.data`.

    `command`: what a worker is, its program by its absolute path; it gets its settings as `NEWSDIFF_*` variables.
    `ended`: how often a worker was found ended that had not been told to stop, and how many of these were not killed
    here but ended by themselves. `hung`: how many had to be killed since they did not stop in order.
    """

    def __init__(self, settings: Settings, count: int, command: Sequence[str] = WORKER) -> None:
        self._settings = settings
        self._command = tuple(command)
        self._next = 1
        self.workers: list[Worker] = []
        self.ended = self.ended_by_itself = self.hung = 0
        self._begin = count
        self._disorderly: list[str] = []

    async def __aenter__(self) -> Self:
        for _ in range(self._begin):
            self.add()
        self._watching = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._watching.cancel()
        for worker in self.workers:
            worker.process.kill()
            worker.process.wait()

    @property
    def running(self) -> list[Worker]:
        """The workers whose process is there."""
        return [worker for worker in self.workers if worker.runs]

    @property
    def directories(self) -> list[Path]:
        """The data directories of all workers that there were."""
        return [self._settings.data / f"worker-{number}" for number in range(1, self._next)]

    def add(self) -> Worker:
        """One worker more, with an empty directory."""
        directory = self._settings.data / f"worker-{self._next}"
        directory.mkdir(parents=True)
        worker = Worker(self._next, directory, self._start(directory), time.monotonic())
        self._next += 1
        self.workers.append(worker)
        return worker

    async def remove(self, worker: Worker) -> None:
        """Stop a worker in order, for good."""
        self.workers.remove(worker)
        await self._stop(worker)

    async def restart(self, worker: Worker) -> None:
        """Stop a worker in order and start it again."""
        await self._stop(worker)
        worker.process, worker.started, worker.restart_at = self._start(worker.directory), time.monotonic(), None

    async def stop(self) -> None:
        """Stop all in order."""
        self._watching.cancel()
        running = self.running
        await asyncio.gather(*(self._stop(worker) for worker in self.workers))
        self._disorderly = [
            f"{worker} did not stop in order: {worker.process.returncode}"
            for worker in running
            if worker.process.returncode not in (0, -signal.SIGTERM)  # the signal: it had only just begun
        ]

    def kill(self, worker: Worker) -> None:
        """Kill a worker as the kernel does when memory runs out; it is started again."""
        worker.process.kill()

    def pause(self, worker: Worker) -> None:
        """Let a worker stand still; `resume` lets it go on."""
        worker.process.send_signal(signal.SIGSTOP)

    def resume(self, worker: Worker) -> None:
        """Let a worker go on, if it is still there."""
        worker.process.send_signal(signal.SIGCONT)

    def last_words(self, lines: int = 4) -> Iterator[str]:
        """The ends of the workers' logs."""
        for worker in self.workers:
            words = worker.log.read_text(errors="replace").splitlines()[-lines:]
            state = "runs" if worker.runs else f"ended ({worker.process.poll()})"
            yield f"{worker} {state}: " + ("\n    ".join(["", *words]) if words else "has said nothing")

    def complaints(self) -> Iterator[str]:
        """What went wrong inside the workers, and which of them hung when nothing was left to do."""
        for directory in self.directories:
            for line in directory.with_suffix(".log").read_text(errors="replace").splitlines():
                if any(complaint in line for complaint in COMPLAINTS):
                    yield f"{directory.name} says: {line}"
        yield from self._disorderly

    async def _stop(self, worker: Worker) -> None:
        worker.restart_at = float("inf")  # not to be started again meanwhile
        worker.process.send_signal(signal.SIGCONT)
        worker.process.terminate()
        try:
            await asyncio.wait_for(_ended(worker), STOP_TIMEOUT)
        except TimeoutError:
            self.hung += 1
            worker.process.kill()
            await _ended(worker)

    async def _watch(self) -> None:
        while True:
            for worker in self.workers:
                self._look(worker)
            await asyncio.sleep(LOOK_EVERY)

    def _look(self, worker: Worker) -> None:
        now = time.monotonic()
        if worker.runs:
            return
        if worker.restart_at is None:
            delay = FIRST_DELAY if now - worker.started > OLD_AGE else worker.next_delay
            worker.next_delay = min(delay * 2, LAST_DELAY)
            worker.restart_at = now + delay
            self.ended += 1
            self.ended_by_itself += worker.process.returncode != -signal.SIGKILL
        elif now >= worker.restart_at:
            worker.process, worker.started, worker.restart_at = self._start(worker.directory), now, None

    def _start(self, directory: Path) -> subprocess.Popen[bytes]:
        environment = {**os.environ, **self._settings.environment(), "NEWSDIFF_DATA": str(directory)}
        # Killed with this process, whatever ends it.
        command = ending_with_this_process(self._command, signal.SIGKILL)
        with directory.with_suffix(".log").open("ab") as log:
            return subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )


async def _ended(worker: Worker) -> None:
    while worker.runs:  # noqa: ASYNC110 - processes are looked at
        await asyncio.sleep(0.05)
