"""The proof can fail: with a cure switched off, and a fault where it matters, the oracle sees losses or repeats."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from chaos.report import Report
from service import PATIENCE, Client, Written, fetched, page, paragraphs

from schemas import topics
from streams.supervisor import WorkerProcesses

pytestmark = pytest.mark.chaos

ARTICLES = 24
URL = "https://eastmere-echo.test/{}"


def told(article: int, text: int, hour: float) -> Written:
    """A fetch of an article that shows this text."""
    return fetched(URL.format(article), page("Storm", *paragraphs(f"{text}")), hour * 60)


def first_day() -> list[Written]:
    """Every article for the first time, and misplaced records, which are sent on: so markers stand in the topic."""
    misplaced = [(b"wrong %d" % n, *told(n, 1, 1.5)[1:]) for n in range(ARTICLES)]
    return [*(told(n, 1, 1) for n in range(ARTICLES)), *misplaced]


def second_day(article: int) -> list[Written]:
    """The same text, an outage, and an edit."""
    return [told(article, 1, 23), fetched(URL.format(article), b"", 1440, status=500), told(article, 2, 25)]


def day_of_outages(article: int) -> list[Written]:
    """Nothing but outages: whichever of them is read twice, its outcome comes twice."""
    return [fetched(URL.format(article), b"", 1380 + minute, status=500) for minute in range(3)]


class Service:
    """A deployment whose workers come one after the other, each with the same data directory."""

    def __init__(self, client: Client) -> None:
        # What a zombie does to the committed offset is healed by liveness.
        self.client = Client(dataclasses.replace(client.settings, stall_timeout=15))
        self.flag = client.settings.data / "struck"

    def run_until_settled(self) -> None:
        """A worker as it is handles all that is there."""
        with WorkerProcesses(self.client.settings, 1) as processes:
            self.client.settle(meanwhile=processes.restart_ended)

    def start(self, *changes: str, data: str = "worker-1") -> subprocess.Popen[bytes]:
        """A worker with a fault, and perhaps without a cure."""
        mutant = [sys.executable, str(Path(__file__).with_name("mutant.py")), str(self.flag), *changes, "worker"]
        environment = {
            **os.environ,
            **self.client.settings.environment(),
            "NEWSDIFF_DATA": str(self.client.settings.data / data),
        }
        return subprocess.Popen(mutant, env=environment)

    def run_until_killed(self, *changes: str) -> None:
        """A worker with a fault handles the second day until it strikes."""
        self.flag.unlink(missing_ok=True)
        with self.start(*changes) as mutant:
            try:
                assert mutant.wait(PATIENCE) == -signal.SIGKILL
            finally:
                mutant.kill()

    def found(self) -> Counter[str]:
        """What the oracle says of all that was written: how often which verdict."""
        report = Report(self.client.settings, [self.client.settings.data / "worker-1"])
        asyncio.run(report.make())
        return Counter(finding.verdict for finding in report.findings)


@pytest.fixture
def service(own_client: Client) -> Service:
    """A service that has seen the first day."""
    service = Service(own_client)
    own_client.write(first_day())
    service.run_until_settled()
    return service


@pytest.mark.parametrize(
    ("cure", "fault", "verdict"),
    [
        ("outputs_leave_the_transaction", "before_commit", "repeated"),
        ("no_gate", "between_pieces", "repeated"),
        ("rows_stored_at_once", "before_commit", "lost"),
        ("cached_ends", "after_commit", "repeated"),
        ("gaps_in_acknowledged_offsets", "after_commit", "repeated"),
    ],
)
def test_without_a_cure_a_kill_does_harm(service: Service, cure: str, fault: str, verdict: str) -> None:
    """A worker killed at the moment that matters loses or repeats, and the oracle says so."""
    day = day_of_outages if cure == "gaps_in_acknowledged_offsets" else second_day
    service.client.write(fetch for n in range(ARTICLES) for fetch in day(n))
    service.run_until_killed(fault, cure)
    service.run_until_settled()
    found = service.found()
    assert found[verdict] > 0, found


def test_with_all_cures_the_same_kills_do_no_harm(service: Service) -> None:
    """One worker after the other is killed at each of these moments: nothing is lost, nothing is repeated."""
    for number, fault in enumerate(("before_commit", "between_pieces", "after_commit")):
        some = range(number, ARTICLES, 3)
        service.client.write(fetch for n in some for fetch in second_day(n))
        service.run_until_killed(fault)
    service.run_until_settled()
    assert service.found() == Counter()


@pytest.mark.parametrize("cure", [None, "ids_of_their_own"])
def test_a_zombie_is_fenced_by_its_transactional_id(service: Service, cure: str | None) -> None:
    """A worker that was paused before its commit cannot make it once another took over; but for the id it could."""
    service.client.write(fetch for n in range(ARTICLES) for fetch in second_day(n))
    zombie = service.start("paused_before_commit", *([cure] if cure else []), data="zombie")
    committed = service.flag.with_suffix(".committed")
    try:
        wait_until(lambda: stopped(zombie.pid))
        with WorkerProcesses(service.client.settings, 1) as processes:
            service.client.wait_until_left(topics.FETCH, 0, meanwhile=processes.restart_ended)
            zombie.send_signal(signal.SIGCONT)
            wait_until(lambda: committed.exists() or zombie.poll() is not None)
            zombie.kill()
            service.client.settle(meanwhile=processes.restart_ended)
    finally:
        zombie.kill()
        zombie.wait()
    assert committed.exists() == (cure is not None)
    assert (service.found()["repeated"] > 0) == (cure is not None)


def stopped(pid: int) -> bool:
    """Whether a process is stopped by a signal."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
