"""How long a worker takes to its first commit after a start, and how much memory it has, by how many articles it knows.

The articles are known by rows in the two changelogs, as a worker would have written them: those of real pages, with a
text, a hash and a key of their own for each article. A worker would need hours to read a million pages.

A takeover reads the changelogs into a fresh directory, as after the loss of a machine. A restart, of a worker that was
killed, has its directory. Both begin with the process, and with fetches that wait, when the group has let go of the
killed member. The last table does not wait for that: a worker in its directory takes it out of the group.

Resident memory is that after the fetches, of articles that lie anywhere among the known ones and changed. What a worker
remembers of the newest fetches is not in it: at most 50 MB (`agents.detect.step.REMEMBERED`).
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import replace

from streams.kafka import admin_client
from streams.settings import Settings
from streams.supervisor import WorkerProcesses
from tests.bench.deployment import (
    QUICK,
    Row,
    Tables,
    commits,
    deployment,
    fetches_committed,
    settle,
    wait_for_members,
    write,
)
from tests.bench.known import make_known
from tests.bench.pages import Archive, Written
from tests.bench.processes import resident_mib, worker_pids

SIZE = 10_000
KNOWN = (1_000, 5_000) if QUICK else (10_000, 100_000, 1_000_000)
FETCHES = 50 if QUICK else 1_000
SESSION_TIMEOUTS = (6.0,) if QUICK else (6.0, 30.0)
"""Seconds: the least that can be set, and the default."""


def measure() -> Tables:
    """A takeover and a restart for each number of known articles; then restarts at once."""
    recoveries: list[Row] = []
    with deployment(min(SESSION_TIMEOUTS)) as settings:
        archive = Archive(SIZE, 0)
        make_known(settings, archive, KNOWN[0])
        at_once = [_at_once(settings, archive, timeout) for timeout in SESSION_TIMEOUTS]
        for count in KNOWN:
            make_known(settings, archive, count)
            fresh = replace(settings, data=settings.data / str(count))
            for start in ("takeover, fresh directory", "restart, its directory"):
                recoveries.append({"articles known": count, "start": start} | asyncio.run(_start(fresh, archive)))
                asyncio.run(wait_for_members(settings, settings.app_id, 0))
    return {
        "recovery: from the start of the process to its first commit": recoveries,
        f"a worker that is killed and started again at once, {KNOWN[0]:,} articles known": at_once,
    }


async def _start(settings: Settings, archive: Archive) -> Row:
    """Start a worker with fetches to read, and kill it when it has handled them."""
    async with admin_client(settings) as admin:
        done = await fetches_committed(admin, settings.app_id)
        await asyncio.to_thread(write, settings, _changed(archive, FETCHES))
        began = time.monotonic()
        with WorkerProcesses(settings, 1):
            at, _ = await anext(commits(admin, settings.app_id, done + FETCHES))
            await asyncio.to_thread(settle, settings)
            [pid] = worker_pids()
            resident = resident_mib(pid)
            os.kill(pid, signal.SIGKILL)
    return {"seconds to the first commit": at - began, "resident MiB": resident}


def _at_once(settings: Settings, archive: Archive, session_timeout: float) -> Row:
    settings = replace(settings, data=settings.data / f"at-once-{session_timeout}", session_timeout=session_timeout)
    asyncio.run(_start(settings, archive))
    row = asyncio.run(_start(settings, archive))
    asyncio.run(wait_for_members(settings, settings.app_id, 0))
    return {"session timeout s": session_timeout} | row


def _changed(archive: Archive, count: int) -> Iterator[Written]:
    """Fetches of known articles, anywhere among them, each with a new text."""
    chance = random.Random(archive.articles)
    return (archive.changed(chance.randrange(archive.articles)) for _ in range(count))
