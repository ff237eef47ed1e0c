"""`python -m tests.service_soak`: the whole service at work, and what it took; with `--kills`, it is killed in parts.

An embedded Kafka, two workers, a watcher on papers of loopback that edit all the time, and the archive on PostgreSQL.
At the end the papers stop, and it is seen that nothing was lost and nothing repeated: each article's newest version is
its last text, its versions are numbered without a gap, each change follows from the one before, and the archive holds
what the topics hold.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import os
import re
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from sqlalchemy import Table, func, select

from agents.archive.store import open_engine
from agents.archive.tables import change as change_table
from agents.archive.tables import version as version_table
from agents.detect.url import canonical_url
from agents.schedule.estimate import LONGEST
from schemas import topics
from schemas.change import Change
from schemas.codec import decode
from schemas.version import Version
from streams.commands.site import address_of_site
from streams.commands.topics import ensure_topics
from streams.commands.watch import watch
from streams.embedded import EmbeddedKafka
from streams.embedded.ports import choose_port
from streams.settings import Settings
from streams.source_files import NamedSource
from streams.supervisor import SITE, WATCHER, WORKER, WorkerProcesses
from tests.bench.processes import resident_mib
from tests.postgres import Postgres
from tests.service import Client, paragraphs
from tests.town import Town

HOST = "127.0.0.1"
DAYS = 30
POINTS = 12
"""Lines of the table."""

WARM = 0.25
"""The share of the time after which memory has to be flat."""

GROWTH = 1.2
"""What a process may take at the end of what it took when it was warm, beside SLACK MiB."""

SLACK = 40

MAX_LAG = 1_000
"""Records that may wait at any point."""

SAMPLE = re.compile(r"^(newsdiff_\w+)(\{[^}]*\})? (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Soak:
    """What is run, for so many seconds: papers with so many articles each, each of which is edited so often.

    `patience`: seconds that all may take after the longest time until an article is looked at again.
    """

    seconds: float = 1800.0
    hosts: int = 20
    articles: int = 20
    edit_every: float = 60.0
    factor: float = 600.0
    kills: bool = False
    patience: float = 240.0


@dataclass(frozen=True, slots=True)
class Point:
    """What was measured at a time. `memory`: MiB of each process, with its children."""

    seconds: float
    memory: dict[str, float]
    requests: int
    changes: int
    archived: int
    lag: int


@dataclass(slots=True)
class Report:
    """What came of it. `wrong`: what was lost, repeated or not archived, a sentence each."""

    points: list[Point] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    killed: list[str] = field(default_factory=list)

    @property
    def grown(self) -> list[str]:
        """The processes that took more and more memory."""
        warm, end = (self.points[at].memory for at in (int(WARM * len(self.points)) - 1, -1))
        return [
            f"{name}: {warm[name]:.0f} MiB, and {end[name]:.0f} MiB at the end"
            for name in warm.keys() & end.keys()  # one that was just started again was not measured
            if end[name] > warm[name] * GROWTH + SLACK
        ]


class Service:
    """What runs, and how it is killed."""

    def __init__(self, kafka: EmbeddedKafka, postgres: Postgres, groups: dict[str, WorkerProcesses]) -> None:
        self.kafka, self.postgres, self.groups = kafka, postgres, groups

    def processes(self) -> dict[str, int]:
        """The ids of the processes by their names."""
        named = {
            f"{name} {number}": pid for name, group in self.groups.items() for number, pid in enumerate(group.pids, 1)
        }
        return {"kafka": self.kafka.pid or 0, **named}

    def restart_ended(self) -> None:
        """Do what a supervisor does."""
        for group in self.groups.values():
            group.restart_ended()

    def kills(self) -> dict[str, Callable[[], None]]:
        """How each process is killed; what nobody supervises here is started again, as an orchestrator would."""
        workers = self.groups["worker"]
        return {
            "worker 1": lambda: workers.kill(0),
            "worker 2": lambda: workers.kill(1),
            "watcher": lambda: self.groups["watcher"].kill(0),
            "site": lambda: self.groups["site"].kill(0),
            "kafka": self._kill_kafka,
            "postgres": self._kill_postgres,
        }

    def _kill_kafka(self) -> None:
        self.kafka.kill()
        self.kafka.start()

    def _kill_postgres(self) -> None:
        self.postgres.kill()
        self.postgres.start()


def soak(run: Soak, directory: Path) -> Report:
    """Run it."""
    report = Report()
    now = time.time()
    log = directory / "stderr"
    with (
        Town(run.hosts, run.articles, edit_every=run.edit_every) as town,
        EmbeddedKafka(directory / "kafka", cache=Settings.from_environment(os.environ).cache) as kafka,
        Postgres(directory / "postgres") as postgres,
    ):
        settings = Settings(
            data=directory,
            kafka=kafka.bootstrap,
            database_url=postgres.url,
            inside=town.endpoints,
            clock=f"{now},{now - DAYS * 86400},{run.factor}",
            session_timeout=10.0,
            log_format="json",
        )
        settings = dataclasses.replace(settings, site=address_of_site(dataclasses.replace(settings, site=f"{HOST}:0")))
        asyncio.run(ensure_topics(settings))
        watch(settings, [NamedSource(host.feed) for host in town.hosts])
        addresses = [f"{HOST}:{port}" for port in _ports(3)]
        with contextlib.ExitStack() as stack:
            stack.enter_context(_stderr_to(log))
            groups = {
                name: stack.enter_context(
                    WorkerProcesses(dataclasses.replace(settings, metrics=address), count, command)
                )
                for address, (name, count, command) in zip(
                    addresses, (("worker", 2, WORKER), ("watcher", 1, WATCHER), ("site", 1, SITE)), strict=True
                )
            }
            service = Service(kafka, postgres, groups)
            metrics = [addresses[0], _next(addresses[0]), *addresses[1:]]
            _run(run, service, metrics, report)
            town.freeze()
            _wait(run, service, lambda: asyncio.run(_wrong(settings, town)), report)
        report.errors = _errors(log)
    return report


def _run(run: Soak, service: Service, metrics: list[str], report: Report) -> None:
    """Let it work, measure now and then, and kill one process after the other if that is wanted."""
    began = time.monotonic()
    kills = list(service.kills().items()) if run.kills else []
    for point in range(1, POINTS + 1):
        ends = began + run.seconds * point / POINTS
        while time.monotonic() < ends:
            service.restart_ended()
            time.sleep(0.2)
        report.points.append(_measured(time.monotonic() - began, service, metrics))
        _say(report.points[-1], is_first=point == 1)
        if kills and point % 2 == 1:  # a point between two kills
            name, kill = kills.pop(0)
            kill()
            report.killed.append(name)
            sys.stdout.write(f"killed: {name}\n")


def _measured(seconds: float, service: Service, metrics: list[str]) -> Point:
    totals: dict[str, float] = defaultdict(float)
    for address in metrics:
        with contextlib.suppress(OSError):
            text = urllib.request.urlopen(f"http://{address}/metrics", timeout=10).read().decode()
            for name, labels, value in SAMPLE.findall(text):
                totals[name] += float(value)
                totals[name + labels] += float(value)
    memory = {}
    for name, pid in service.processes().items():
        with contextlib.suppress(OSError, IndexError):
            memory[name] = resident_mib(pid)
    return Point(
        seconds=seconds,
        memory=memory,
        requests=int(totals["newsdiff_requests_total"]),
        changes=int(totals['newsdiff_handled_seconds_count{outcome="edited",stage="diff"}']),
        archived=int(totals['newsdiff_archived_total{topic="article.change.v1"}']),
        lag=int(totals["newsdiff_lag"]),
    )


def _wait(run: Soak, service: Service, wrong: Callable[[], list[str]], report: Report) -> None:
    """Wait until nothing is wrong any more, for as long as patience lasts."""
    deadline = time.monotonic() + 1.1 * LONGEST / run.factor + run.patience  # looks are spread by a tenth
    while True:
        report.wrong = wrong()
        if not report.wrong or time.monotonic() > deadline:
            return
        for _ in range(10):
            service.restart_ended()
            time.sleep(0.2)


async def _wrong(settings: Settings, town: Town) -> list[str]:
    """What the topics and the archive do not have, or have twice."""
    client = Client(settings)
    versions: dict[str, list[Version]] = defaultdict(list)
    changes: dict[str, list[Change]] = defaultdict(list)
    for record in await client.read_async(topics.VERSION):
        if record.value:
            version = decode(record.value, Version, record.place)
            versions[version.article.url].append(version)
    for record in await client.read_async(topics.CHANGE):
        change = decode(record.value, Change, record.place)
        changes[change.article.url].append(change)
    last = paragraphs(str(12 + town.edits))[0]
    urls = [canonical_url(story) for host in town.hosts for story in host.stories]
    wrong = [sentence for url in urls for sentence in _wrong_of_article(url, versions[url], changes[url], last)]
    counts = {version_table: sum(map(len, versions.values())), change_table: sum(map(len, changes.values()))}
    return wrong + await _wrong_of_archive(settings, counts)


def _wrong_of_article(url: str, versions: list[Version], changes: list[Change], last: str) -> Iterator[str]:
    numbers = [version.version for version in versions]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"{url} has the versions {numbers}"
    if not versions or last not in [paragraph.text for paragraph in versions[-1].paragraphs]:
        yield f"{url}: its last text was not seen"
    made = [(change.prior.version, change.current.version) for change in changes if change.current]
    if made != [(number - 1, number) for number in numbers[1:]]:
        yield f"{url} has {len(numbers)} versions and the changes {made}"


async def _wrong_of_archive(settings: Settings, counts: dict[Table, int]) -> list[str]:
    engine = open_engine(settings.database)
    wrong = []
    try:
        async with engine.connect() as connection:
            for table, wanted in counts.items():
                stored = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
                if stored != wanted:
                    wrong.append(f"the archive has {stored} rows of {table.name}, the topic {wanted} records")
    except OSError as error:
        wrong.append(f"the archive cannot be read: {error}")
    finally:
        await engine.dispose()
    return wrong


def _errors(log: Path) -> list[str]:
    """The lines of errors that the processes wrote, and those that are no log lines."""
    found = []
    for line in log.read_text(errors="replace").splitlines():
        try:
            if orjson.loads(line)["level"] in ("error", "critical"):
                found.append(line)
        except (orjson.JSONDecodeError, TypeError, KeyError):
            if not line.startswith("the site is at "):
                found.append(line)
    return found


@contextlib.contextmanager
def _stderr_to(path: Path) -> Iterator[None]:
    """A context in which what this process and its children write on stderr goes into a file."""
    before = os.dup(2)
    with path.open("ab") as file:
        os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


def _ports(count: int) -> list[int]:
    """Free ports, of which none follows another: a second worker takes the next one."""
    ports: list[int] = []
    while len(ports) < count:
        port = choose_port(HOST)
        if all(abs(port - other) > 1 for other in ports):
            ports.append(port)
    return ports


def _next(address: str) -> str:
    return f"{HOST}:{int(address.rpartition(':')[2]) + 1}"


def _say(point: Point, *, is_first: bool) -> None:
    names = list(point.memory)
    if is_first:
        columns = ["seconds", "requests", "changes", "archived", "lag", *names]
        sys.stdout.write(" ".join(f"{column:>9}" for column in columns) + "   (MiB)\n")
    numbers = [point.seconds, point.requests, point.changes, point.archived, point.lag, *point.memory.values()]
    sys.stdout.write(" ".join(f"{number:9.0f}" for number in numbers) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run the command; 1 where something was lost or repeated, or grows."""
    parser = argparse.ArgumentParser(prog="python -m tests.service_soak", description="The whole service at work.")
    for each in dataclasses.fields(Soak):
        if isinstance(each.default, bool):
            parser.add_argument(f"--{each.name}", action="store_true")
        else:
            parser.add_argument(f"--{each.name.replace('_', '-')}", type=type(each.default), default=each.default)
    run = Soak(**vars(parser.parse_args()))
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        report = soak(run, Path(directory))
    high = [f"{point.lag} records waited after {point.seconds:.0f} s" for point in report.points if point.lag > MAX_LAG]
    bad = report.wrong + (high + report.grown + report.errors if not run.kills else [])
    for sentence in bad[:20]:
        sys.stdout.write(f"wrong: {sentence}\n")
    sys.stdout.write(
        f"killed {len(report.killed)}, lost or repeated {len(report.wrong)}, error lines {len(report.errors)}\n"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
