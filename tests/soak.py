"""`python -m tests.soak`: watchers at work on many hosts, one of them killed, and what the hosts saw of it.

Prints what must not be: two requests to a host at once, one that came before its gap was over, an article that was
looked at late; and the memory that the watchers took.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import itertools
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from agents.detect.url import canonical_url
from agents.fetch.pace import GAP
from schemas import topics
from schemas.codec import decode, encode
from schemas.schedule import Schedule
from schemas.watch import Watch
from streams.clock import Clock
from streams.commands.topics import ensure_topics
from streams.commands.watch import write
from streams.embedded import EmbeddedKafka
from streams.kafka import committed_consumer, records_until_end
from streams.settings import Settings
from streams.supervisor import WATCHER, WorkerProcesses
from tests.town import Town

DAYS = 30
"""How far in the past the clock begins."""


def main() -> None:
    """Run the soak."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--articles", type=int, default=100, help="of each host")
    parser.add_argument("--factor", type=float, default=60.0, help="how fast the clock runs")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--watchers", type=int, default=2)
    options = parser.parse_args()
    now = time.time()
    with tempfile.TemporaryDirectory() as directory, Town(options.hosts, options.articles) as town:
        settings = Settings(
            data=Path(directory),
            broker_port=0,
            inside=town.endpoints,
            clock=f"{now},{now - DAYS * 86400},{options.factor}",
            session_timeout=10.0,
        )
        with EmbeddedKafka(settings.data / "kafka", port=0, cache=None) as kafka:
            settings = dataclasses.replace(settings, kafka=kafka.bootstrap)
            asyncio.run(ensure_topics(settings))
            memory = _run(settings, town, options)
            _report(settings, town, options, memory)


def _run(settings: Settings, town: Town, options: argparse.Namespace) -> list[int]:
    """Watch all papers, kill a watcher half-way; the memory of the watchers over time, in MiB."""
    clock = Clock.of(settings.clock)
    moment = datetime.fromtimestamp(clock.time(), UTC)
    wishes = {
        canonical_url(host.feed): encode(Watch(url=host.feed, kind="feed", added_at=moment)) for host in town.hosts
    }
    memory = []
    with WorkerProcesses(settings, options.watchers, WATCHER) as watchers:
        asyncio.run(write(settings, wishes))
        ends, is_killed = time.monotonic() + options.seconds, False
        while (left := ends - time.monotonic()) > 0:
            time.sleep(1)
            watchers.restart_ended()
            memory.append(watchers.memory())
            if left < options.seconds / 2 and not is_killed:
                watchers.kill(0)
                is_killed = True
    return memory


def _report(settings: Settings, town: Town, options: argparse.Namespace, memory: list[int]) -> None:
    visits = sum(len(host.visits) for host in town.hosts)
    at_once, too_soon = 0, 0
    for host in town.hosts:
        ordered = sorted(host.visits)
        for (_, end, _), (start, _, _) in itertools.pairwise(ordered):
            at_once += start < end
            too_soon += start - end < GAP / options.factor
    late = asyncio.run(_lateness(settings))
    seen = {path for host in town.hosts for _, _, path in host.visits if path.startswith("/2026/")}
    read = sum(len({p for _, _, p in host.visits if p.startswith("/2026/")}) for host in town.hosts)
    settled = memory[len(memory) // 4 :]
    rows = {
        "hosts, articles": f"{len(town.hosts)}, {options.hosts * options.articles}",
        "requests": visits,
        "a second": round(visits / options.seconds, 1),
        "articles that were read": read,
        "two at once": at_once,
        "before the gap was over": too_soon,
        "looks": len(late),
        "late, seconds of the clock (p50, p99, max)": ", ".join(f"{_at(late, q):.0f}" for q in (0.5, 0.99, 1.0)),
        "memory, MiB (a quarter in, end)": f"{settled[0]}, {settled[-1]}",
    }
    for name, value in rows.items():
        sys.stdout.write(f"{name:45} {value}\n")
    assert seen
    sys.exit(1 if at_once or too_soon else 0)


async def _lateness(settings: Settings) -> list[float]:
    """By how much each look came later than it was planned."""
    planned: dict[bytes, float] = {}
    late = defaultdict(list)
    async with committed_consumer(settings, topics.SCHEDULE) as consumer:
        async for record in records_until_end(consumer):
            if record.key is None or record.value is None:
                continue
            row = decode(record.value, Schedule, record.place)
            if row.last_check and record.key in planned and row.requested_at is None:
                late[record.key].append(row.last_check.timestamp() - planned.pop(record.key))
            if row.requested_at is None and row.next_check:
                planned[record.key] = row.next_check.timestamp()
    return sorted(each for found in late.values() for each in found)


def _at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0


if __name__ == "__main__":
    main()
