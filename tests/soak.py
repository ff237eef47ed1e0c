"""`python -m tests.soak`: watchers at work on many hosts, one of them killed, and what the hosts saw of it.

It begins as after a long standstill: articles of many days are watched, and every one is due. Once all were read, a
watcher is killed. Prints what must not be: two requests to a host at once, one that came before its gap was over, an
article that was looked at late; and the memory that the watchers took.
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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from agents.detect.url import canonical_url
from agents.fetch.pace import GAP
from schemas import topics
from schemas.codec import decode, encode
from schemas.schedule import Schedule
from schemas.watch import Watch
from streams.clock import Clock
from streams.commands.topics import ensure_topics
from streams.commands.watch import watch
from streams.embedded import EmbeddedKafka
from streams.kafka import committed_consumer, records_until_end
from streams.settings import Settings
from streams.source_files import NamedSource
from streams.supervisor import WATCHER, WorkerProcesses
from streams.writer import write_all
from tests.town import Town

DAYS = 30
"""How far in the past the clock begins; and the age of the oldest articles then."""

POINTS = 8
"""At which the memory is told."""

TOLERANCE = 120.0
"""Seconds of the world by which a look may be late: for as long, the hosts of a killed watcher are left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Soak:
    """What is run: so many hosts with so many articles each, a clock that runs so fast.

    `seconds`: after all articles were read, for which there may be `patience`; half-way, a watcher is killed.
    """

    hosts: int = 200
    articles: int = 100
    factor: float = 1000.0
    seconds: float = 600.0
    watchers: int = 2
    patience: float = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the hosts saw.

    `until_read`: seconds until all articles were read. `late`: by how many seconds of the world each look that was
    planned after that came later, in order. `memory`: of each watcher since then, in MiB.
    """

    requests: int
    read: int
    until_read: float
    at_once: int
    too_soon: int
    late: list[float]
    overdue: int
    memory: list[list[int]]


def soak(run: Soak, directory: Path) -> Report:
    """Watch papers on loopback, and kill a watcher half-way."""
    now = time.time()
    clock = Clock(now, now - DAYS * 86400, run.factor)
    with Town(run.hosts, run.articles) as town, EmbeddedKafka(directory / "kafka", port=0, cache=None) as kafka:
        settings = Settings(
            data=directory,
            kafka=kafka.bootstrap,
            inside=town.endpoints,
            clock=clock.setting,
            session_timeout=10.0,
        )
        asyncio.run(ensure_topics(settings))
        with WorkerProcesses(settings, run.watchers, WATCHER) as watchers:
            asyncio.run(write_all(settings, topics.WATCH, dict(_old_articles(town, clock))))
            watch(settings, [NamedSource(host.feed) for host in town.hosts])
            _run(watchers, run.patience, until=lambda: _read(town) == run.hosts * run.articles)
            read, warm = time.time(), clock.time()
            memory = _run(watchers, run.seconds / 2)
            watchers.kill(0)
            memory += _run(watchers, run.seconds / 2)
        late, overdue = asyncio.run(_lateness(settings, clock, warm))
        pairs = [pair for host in town.hosts for pair in itertools.pairwise(sorted(host.visits))]
        return Report(
            requests=sum(len(host.visits) for host in town.hosts),
            read=_read(town),
            until_read=read - now,
            at_once=sum(after.began < before.ended for before, after in pairs),
            too_soon=sum(after.began - before.ended < GAP / run.factor for before, after in pairs),
            late=late,
            overdue=overdue,
            memory=memory,
        )


def _old_articles(town: Town, clock: Clock) -> Iterator[tuple[str, bytes]]:
    """The watch records of all articles, added at any time of the days before."""
    ages = Random(0)
    for host in town.hosts:
        for url in host.stories:
            added_at = datetime.fromtimestamp(clock.time() - ages.uniform(0.1, DAYS) * 86400, UTC)
            yield canonical_url(url), encode(Watch(url=url, kind="article", added_at=added_at))


def _read(town: Town) -> int:
    """How many articles were asked for."""
    return sum(len({visit.path for visit in host.visits if visit.path.startswith("/2026/")}) for host in town.hosts)


def _run(watchers: WorkerProcesses, seconds: float, until: Callable[[], bool] = lambda: False) -> list[list[int]]:
    """Let them work, so long at most; the memory that each took, second by second, in MiB."""
    memory: list[list[int]] = []
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and not until():
        time.sleep(1)
        watchers.restart_ended()
        memory.append([_memory(pid) for pid in watchers.pids])
    return memory


def _memory(pid: int) -> int:
    """What a process takes, in MiB; nothing if it has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * resource.getpagesize() // 2**20


async def _lateness(settings: Settings, clock: Clock, warm: float) -> tuple[list[float], int]:
    """How late the looks were that were planned after a time of the clock; how many are late and still to come."""
    planned: dict[bytes, float] = {}
    checks: dict[bytes, int] = {}
    late = []
    now = clock.time()
    async with committed_consumer(settings, topics.SCHEDULE) as consumer:
        async for record in records_until_end(consumer):
            if record.key is None or record.value is None:
                continue
            row = decode(record.value, Schedule, record.place)
            if row.requested_at is not None:
                continue
            if row.checks == checks.get(record.key, 0):  # put off, which is as late as it was planned before, or sooner
                if row.next_check is not None:
                    at = row.next_check.timestamp()
                    planned[record.key] = min(planned.get(record.key, at), at)
                continue
            checks[record.key] = row.checks
            if row.last_check is not None and (due := planned.pop(record.key, 0.0)) >= warm:
                late.append((row.last_check.timestamp() - due) / clock.factor)
            if row.next_check is not None:  # else it is given up
                planned[record.key] = row.next_check.timestamp()
    overdue = sum(due < now - TOLERANCE * clock.factor for due in planned.values())
    return sorted(late), overdue


def main() -> int:
    """Run the command; 1 where a host was asked as it must not be, or an article was not."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Watchers at work on many hosts.")
    for field in dataclasses.fields(Soak):
        parser.add_argument(f"--{field.name}", type=type(field.default), default=field.default)
    run = Soak(**vars(parser.parse_args()))
    with tempfile.TemporaryDirectory() as directory:
        report = soak(run, Path(directory))
    for name, value in {
        "hosts, articles": f"{run.hosts}, {run.hosts * run.articles}",
        "requests": report.requests,
        "articles that were read; seconds until then": f"{report.read}; {report.until_read:.0f}",
        "two requests at once": report.at_once,
        "requests before the gap was over": report.too_soon,
        "looks that were planned after that": len(report.late),
        "late, seconds (p50, p99, most)": ", ".join(_late(report, share) for share in (0.5, 0.99, 1.0)),
        f"more than {TOLERANCE:.0f} s late and not looked at": report.overdue,
        "memory of each watcher, MiB, from first to last": ", ".join(
            "+".join(map(str, report.memory[at * (len(report.memory) - 1) // POINTS])) for at in range(POINTS + 1)
        ),
    }.items():
        sys.stdout.write(f"{name:48}{value}\n")
    is_good = report.read == run.hosts * run.articles and report.late and report.late[-1] < TOLERANCE
    return 0 if is_good and not (report.at_once or report.too_soon or report.overdue) else 1


def _late(report: Report, share: float) -> str:
    return f"{report.late[int(share * (len(report.late) - 1))]:.1f}" if report.late else "-"


if __name__ == "__main__":
    sys.exit(main())
