"""`python -m tests.soak`: watchers at work on many hosts, one of them killed, and what the hosts saw of it.

Prints what must not be: two requests to a host at once, one that came before its gap was over, an article that was
looked at late; and the memory that the watchers took.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import itertools
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from agents.fetch.pace import GAP
from schemas import topics
from schemas.codec import decode
from schemas.schedule import Schedule
from streams.commands.topics import ensure_topics
from streams.commands.watch import watch
from streams.embedded import EmbeddedKafka
from streams.kafka import committed_consumer, records_until_end
from streams.settings import Settings
from streams.source_files import NamedSource
from streams.supervisor import WATCHER, WorkerProcesses
from tests.town import Town

DAYS = 30
"""How far in the past the clock begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Soak:
    """What is run: so many hosts with so many articles each, a clock that runs so fast, for so many seconds.

    `patience`: seconds more, if there are articles then that nobody has read.
    """

    hosts: int = 200
    articles: int = 100
    factor: float = 60.0
    seconds: float = 600.0
    watchers: int = 2
    patience: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the hosts saw. `late`: by how many seconds of the clock each look came later than it was planned."""

    requests: int
    read: int
    at_once: int
    too_soon: int
    late: list[float]
    memory: list[int]


def soak(run: Soak, directory: Path) -> Report:
    """Watch papers on loopback, and kill a watcher half-way."""
    now = time.time()
    with Town(run.hosts, run.articles) as town, EmbeddedKafka(directory / "kafka", port=0, cache=None) as kafka:
        settings = Settings(
            data=directory,
            kafka=kafka.bootstrap,
            inside=town.endpoints,
            clock=f"{now},{now - DAYS * 86400},{run.factor}",
            session_timeout=10.0,
        )
        asyncio.run(ensure_topics(settings))
        memory = _watch(settings, town, run)
        pairs = [pair for host in town.hosts for pair in itertools.pairwise(sorted(host.visits))]
        return Report(
            requests=sum(len(host.visits) for host in town.hosts),
            read=_read(town),
            at_once=sum(after.began < before.ended for before, after in pairs),
            too_soon=sum(after.began - before.ended < GAP / run.factor for before, after in pairs),
            late=asyncio.run(_lateness(settings)),
            memory=memory,
        )


def _read(town: Town) -> int:
    """How many articles were asked for."""
    return sum(len({visit.path for visit in host.visits if visit.path.startswith("/2026/")}) for host in town.hosts)


def _watch(settings: Settings, town: Town, run: Soak) -> list[int]:
    """Watch all papers; the memory of the watchers, second by second, in MiB."""
    memory: list[int] = []
    with WorkerProcesses(settings, run.watchers, WATCHER) as watchers:
        watch(settings, [NamedSource(host.feed) for host in town.hosts])
        ends, is_killed = time.monotonic() + run.seconds, False
        while (left := ends - time.monotonic()) > 0 or (
            left > -run.patience and _read(town) < run.hosts * run.articles
        ):
            time.sleep(1)
            watchers.restart_ended()
            memory.append(sum(map(_memory, watchers.pids)))
            if left < run.seconds / 2 and not is_killed:
                watchers.kill(0)
                is_killed = True
    return memory


def _memory(pid: int) -> int:
    """What a process takes, in MiB; nothing if it has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * resource.getpagesize() // 2**20


async def _lateness(settings: Settings) -> list[float]:
    planned: dict[bytes, float] = {}
    late = []
    async with committed_consumer(settings, topics.SCHEDULE) as consumer:
        async for record in records_until_end(consumer):
            if record.key is None or record.value is None:
                continue
            row = decode(record.value, Schedule, record.place)
            if row.requested_at is not None or row.next_check is None:
                continue
            if row.last_check is not None and record.key in planned:
                late.append(row.last_check.timestamp() - planned[record.key])
            planned[record.key] = row.next_check.timestamp()
    return sorted(late)


def main() -> int:
    """Run the command; 1 where a host was asked as it must not be."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Watchers at work on many hosts.")
    for field in dataclasses.fields(Soak):
        parser.add_argument(f"--{field.name}", type=type(field.default), default=field.default)
    run = Soak(**vars(parser.parse_args()))
    with tempfile.TemporaryDirectory() as directory:
        report = soak(run, Path(directory))
    settled = report.memory[len(report.memory) // 4]
    for name, value in {
        "hosts, articles": f"{run.hosts}, {run.hosts * run.articles}",
        "requests, a second": f"{report.requests}, {report.requests / run.seconds:.0f}",
        "articles that were read": report.read,
        "two requests at once": report.at_once,
        "requests before the gap was over": report.too_soon,
        "looks that were planned": len(report.late),
        "late, seconds of the clock (p50, p99)": f"{_late(report, 0.5)}, {_late(report, 0.99)}",
        "memory, MiB (after a quarter, at the end)": f"{settled}, {report.memory[-1]}",
    }.items():
        sys.stdout.write(f"{name:46}{value}\n")
    return 1 if report.at_once or report.too_soon else 0


def _late(report: Report, share: float) -> str:
    return f"{report.late[int(share * (len(report.late) - 1))]:.0f}" if report.late else "-"


if __name__ == "__main__":
    sys.exit(main())
