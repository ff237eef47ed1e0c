"""Workers as child processes: started, started again when they end, stopped together."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from streams.launch import ending_with_this_process
from streams.settings import Settings

log = logging.getLogger(__name__)

FIRST_DELAY, LAST_DELAY = 0.5, 30.0
"""Seconds until a worker that ended is started again: doubled each time it ends young."""

OLD_AGE = 60.0
"""Seconds after which a worker has proved itself, and its next restart is quick again."""

WORKER = (sys.executable, "-m", "streams", "worker")
WATCHER = (*WORKER, "--watch")
SITE = (sys.executable, "-m", "streams", "site")
WEBHOOKS = (sys.executable, "-m", "streams", "webhooks")

LOOK_EVERY = 0.2
"""Seconds between two looks at whether a worker has ended."""

STOP_TIMEOUT = 20.0
"""Seconds that workers have to commit and leave their group before they are killed."""


@dataclass
class _Child:
    number: int
    process: subprocess.Popen[bytes]
    started: float
    next_delay: float = FIRST_DELAY
    restart_at: float | None = None


class WorkerProcesses:
    """A context in which `count` workers run, each with a data directory of its own, started by `command`."""

    def __init__(self, settings: Settings, count: int, command: Sequence[str] = WORKER) -> None:
        self._settings = settings
        self._command = command
        self._name = "watcher" if command == WATCHER else command[-1]
        self._children = [_Child(number, self._start(number), time.monotonic()) for number in range(1, count + 1)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for child in self._children:
            child.process.terminate()
        deadline = time.monotonic() + STOP_TIMEOUT
        for child in self._children:
            try:
                child.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("%s %d did not stop within %.0f s and is killed", self._name, child.number, STOP_TIMEOUT)
                child.process.kill()
                child.process.wait()

    @property
    def pids(self) -> list[int]:
        """The processes as they are now."""
        return [child.process.pid for child in self._children]

    def kill(self, index: int) -> None:
        """Kill a worker as the kernel would when memory runs out; `restart_ended` starts it again."""
        self._children[index].process.kill()
        self._children[index].process.wait()

    def restart_ended(self) -> None:
        """Start the workers again that have ended, each after its delay."""
        now = time.monotonic()
        for child in self._children:
            code = child.process.poll()
            if code is None:
                continue
            if child.restart_at is None:
                delay = FIRST_DELAY if now - child.started > OLD_AGE else child.next_delay
                child.next_delay = min(delay * 2, LAST_DELAY)
                child.restart_at = now + delay
                log.warning("%s %d ended (%d), starts again in %.1f s", self._name, child.number, code, delay)
            elif now >= child.restart_at:
                child.process, child.started, child.restart_at = self._start(child.number), now, None

    def supervise(self) -> None:
        """Keep the workers running until a signal ends this process."""
        while True:
            self.restart_ended()
            time.sleep(LOOK_EVERY)

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own program, no shell
            ending_with_this_process(self._command, signal.SIGTERM),
            env={**os.environ, **self._settings.of_worker(number).environment()},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the parent, which stops them in order
        )
