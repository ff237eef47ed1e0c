"""`python -m tests.chaos`: a service under faults, and the proof that it lost nothing and repeated nothing.

A real Kafka, a fleet of workers, and a load that goes on while brokers and workers are killed, paused and restarted.
When all is handled the workers are stopped, and the oracle compares every topic and table with what the fetch topic,
folded by itself, says must be there. The last line says how it went; the exit code is 0 only when nothing is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from streams.commands.topics import ensure_topics
from streams.embedded import EmbeddedKafka
from streams.settings import Settings
from streams.supervisor import WORKER

from .brokers import Brokers, markers_dropped
from .evidence import Evidence, StuckError
from .faults import LONG_RUN, MUCH_LONGER, Faults, order
from .fleet import Fleet
from .load import Load
from .report import Report
from .writer import Writer

SESSION_TIMEOUT = 6.0
FIRST_BURST, MAX_BURST = 1000, 8000
BACKLOG = 100
"""Records that at least wait when a fault strikes, so that it strikes work."""

RESUMED = 200
"""Records that are handled after a fault before the next one comes."""

SHOWN = 20


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the load, the faults and their order")
    parser.add_argument("--faults", type=int, default=6)
    parser.add_argument("--store", default="rocksdb://", choices=("rocksdb://", "memory://"))
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--partitions", type=int, default=8)
    parser.add_argument("--articles", type=int, default=2000, help="at least so many")
    parser.add_argument("--brokers", type=int, default=1, choices=(1, 3))
    parser.add_argument("--keep", type=Path, help="the directory for data and logs, which stays")
    return parser.parse_args(given)


def main(options: argparse.Namespace, command: Sequence[str] = WORKER) -> int:
    """Run, with workers that are this command; 0 where nothing is wrong."""
    tell("chaos", " ".join(f"--{name} {value}" for name, value in vars(options).items() if value is not None))
    directory = options.keep or Path(tempfile.mkdtemp(prefix="newsdiff-chaos-"))
    directory.mkdir(parents=True, exist_ok=True)
    code = 1
    try:
        with brokers(directory, options.brokers) as (bootstrap, nodes):
            settings = Settings(
                kafka=bootstrap,
                data=directory.absolute(),
                partitions=options.partitions,
                replication=options.brokers,
                store=options.store,
                session_timeout=SESSION_TIMEOUT,
            )
            code = asyncio.run(run(options, settings, nodes, command))
    finally:
        if code == 0 and options.keep is None:
            shutil.rmtree(directory)
        else:
            tell("data and logs are in", directory)
    return code


@contextlib.contextmanager
def brokers(directory: Path, count: int) -> Iterator[tuple[str, Brokers]]:
    """A Kafka of so many nodes, and its bootstrap servers."""
    if count == 1:
        with EmbeddedKafka(directory / "kafka") as kafka:
            yield kafka.bootstrap, Brokers([kafka])
        return
    from tests.cluster import Cluster

    with Cluster(directory / "kafka", brokers=count) as cluster:
        yield cluster.bootstrap, Brokers(cluster.nodes, cluster.wait_until_in_sync)


async def run(options: argparse.Namespace, settings: Settings, nodes: Brokers, command: Sequence[str]) -> int:
    """Everything but the brokers."""
    began = time.monotonic()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # brokers go away on purpose
    await ensure_topics(settings)
    evidence = Evidence(settings)
    writer = Writer(settings, Load(options.seed, settings.partitions))
    fleet = Fleet(settings, options.workers, command)
    try:
        async with fleet, writer:
            chance = random.Random(options.seed)
            await under_faults(options, Faults(fleet, nodes, writer, evidence, chance, SESSION_TIMEOUT))
            while writer.load.articles < options.articles:
                await writer.write(writer.load.take(FIRST_BURST))
            await writer.stop()
            await evidence.settled()
            await fleet.stop()
    except StuckError as error:
        tell("stuck:", error, *fleet.last_words(), separator="\n  ")
        return 1
    finally:
        await evidence.close()
    report = Report(settings, fleet.directories)
    await report.make()
    report.complain(fleet.complaints())
    if dropped := markers_dropped(settings.data / "kafka"):
        report.complain([f"Kafka dropped the markers of {dropped} transactions"])
    report.rows["writes that Kafka refused"] = str(writer.refused)
    report.rows["workers"] = (
        f"ended {fleet.ended} times ({fleet.ended_by_itself} by themselves), {fleet.hung} did not stop in order"
    )
    report.rows["seconds"] = f"{time.monotonic() - began:.0f}"
    return verdict(options.faults, report)


async def under_faults(options: argparse.Namespace, faults: Faults) -> None:
    """Let all faults strike, each in the middle of work, and the next one when work goes on."""
    kinds = order(faults.chance, options.faults)
    tell("order:", ", ".join(kind.__name__ for kind in kinds))
    if options.faults >= LONG_RUN:
        faults.away = MUCH_LONGER
    burst = FIRST_BURST
    for number, kind in enumerate(kinds, 1):
        backlog, burst = await at_work(faults, burst)
        ended, began = faults.fleet.ended, time.monotonic()
        struck = await kind(faults)
        lasted = time.monotonic() - began
        since, _ = await faults.evidence.look()
        first, all_ = await faults.evidence.resumed(since, RESUMED)
        tell(
            f"fault {number:>3}/{options.faults} {kind.__name__:<21} {struck:<30} backlog {backlog:>5};",
            f"lasted {lasted:4.1f} s;",
            f"commits after {first:4.1f} s, on all partitions after {all_:4.1f} s;",
            f"workers ended {faults.fleet.ended - ended}",
        )


async def at_work(faults: Faults, burst: int) -> tuple[int, int]:
    """Write bursts until one is not handled at once, so that a fault strikes work; the backlog, and that burst."""
    while True:
        since, _ = await faults.evidence.look()
        await faults.writer.write(faults.writer.load.take(burst))
        await faults.evidence.moved(since)
        backlog = await faults.evidence.backlog()
        if backlog >= BACKLOG:
            return backlog, burst
        burst = min(2 * burst, MAX_BURST)


def verdict(faults: int, report: Report) -> int:
    """Print what was compared and what was found; 0 where nothing was found."""
    for name, row in report.rows.items():
        tell(f"{name:<26}{row}")
    for finding in report.findings[:SHOWN]:
        tell(f"{finding.verdict}: {finding.what}")
    if len(report.findings) > SHOWN:
        tell(f"... and {len(report.findings) - SHOWN} more")
    counts = Counter(finding.verdict for finding in report.findings)
    tell(f"faults {faults}, " + ", ".join(f"{name} {counts[name]}" for name in ("lost", "repeated", "unaccounted")))
    return 1 if report.findings else 0


def tell(*words: object, separator: str = " ") -> None:
    """Print at once: a long run is watched."""
    print(*words, sep=separator, flush=True)  # noqa: T201 - a command


if __name__ == "__main__":
    sys.exit(main(arguments()))
