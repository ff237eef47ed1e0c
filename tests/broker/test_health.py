"""A worker is ready when it handles records, and not before."""

from __future__ import annotations

import asyncio
import dataclasses
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from service import PATIENCE, Client, fetched, page, paragraphs

from streams.commands.topics import ensure_topics
from streams.embedded import EmbeddedKafka
from streams.embedded.ports import choose_port
from streams.settings import Settings
from streams.supervisor import WorkerProcesses

pytestmark = pytest.mark.broker


def asked(settings: Settings, path: str) -> tuple[int, str]:
    """The status and the text of an answer; 0 while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://{settings.metrics}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def test_a_worker_tells_when_it_is_ready(settings: Settings, tmp_path: Path) -> None:
    """It lives at once, waits for its partitions, and is ready when it has them and their tables."""
    address = f"127.0.0.1:{choose_port('127.0.0.1')}"
    settings = dataclasses.replace(settings, data=tmp_path, app_id="ready", metrics=address)
    asyncio.run(ensure_topics(settings))
    with WorkerProcesses(settings, 1):
        deadline, seen = time.monotonic() + PATIENCE, []
        while (found := asked(settings, "/ready"))[0] != 200:
            assert time.monotonic() < deadline, seen
            assert asked(settings, "/live")[0] in (0, 200)
            seen.append(found)
            time.sleep(0.05)
        assert (503, "it waits for its partitions\n") in seen
        assert asked(settings, "/live") == (200, "ok\n")


def test_a_worker_without_kafka_is_not_ready(tmp_path: Path) -> None:
    """It says so while Kafka is away, though it lives; when Kafka is there again, it is ready."""
    with EmbeddedKafka(tmp_path / "kafka") as kafka:
        settings = Settings(
            kafka=kafka.bootstrap,
            data=tmp_path / "data",
            partitions=1,
            session_timeout=6,
            stall_timeout=6,
            metrics=f"127.0.0.1:{choose_port('127.0.0.1')}",
        )
        asyncio.run(ensure_topics(settings))
        with WorkerProcesses(settings, 1) as workers:
            wait_for(workers, settings, 200, "ok")
            kafka.kill()
            wait_for(workers, settings, 503, "Kafka has not answered for ")
            kafka.start()
            wait_for(workers, settings, 200, "ok")


def test_the_successor_of_a_killed_worker_waits_for_no_session(settings: Settings, tmp_path: Path) -> None:
    """Started again in its directory, it has its partitions long before Kafka would miss the one that was killed."""
    address = f"127.0.0.1:{choose_port('127.0.0.1')}"
    settings = dataclasses.replace(
        settings, data=tmp_path, app_id="killed", metrics=address, session_timeout=PATIENCE * 2
    )
    asyncio.run(ensure_topics(settings))
    with WorkerProcesses(settings, 1) as workers:
        wait_for(workers, settings, 200, "ok")
        workers.kill(0)
        wait_for(workers, settings, 200, "ok")


def wait_for(workers: WorkerProcesses, settings: Settings, status: int, text: str) -> None:
    """Wait until a worker says so whether it is ready; where it has ended, another one is started."""
    deadline = time.monotonic() + PATIENCE
    while True:
        workers.restart_ended()
        found = asked(settings, "/ready")
        if found[0] == status and text in found[1]:
            return
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def test_a_worker_measures_what_it_does(settings: Settings, tmp_path: Path) -> None:
    """By stage and outcome: versions, changes and dead letters, how long they took, commits and rebalances."""
    address = f"127.0.0.1:{choose_port('127.0.0.1')}"
    settings = dataclasses.replace(settings, data=tmp_path, app_id="measured", metrics=address)
    asyncio.run(ensure_topics(settings))
    client = Client(settings)
    url = client.url("measured")
    client.write(fetched(url, page("Storm", *paragraphs(str(12 + n))), minutes=n) for n in range(2))
    client.write([(b"k", b"no event", ())])
    wanted = (
        'newsdiff_handled_seconds_count{outcome="first",stage="detect"}',
        'newsdiff_handled_seconds_count{outcome="edited",stage="diff"}',
        'newsdiff_dead_letters_total{reason="not_an_event",stage="detect"}',
        'newsdiff_labels_total{label="numbers"}',
        "newsdiff_published_after_seconds_count",
        "newsdiff_restored_seconds_count",
        "newsdiff_rebalances_total",
        "newsdiff_commits_total",
    )
    with WorkerProcesses(settings, 1):
        deadline, missing = time.monotonic() + PATIENCE, wanted
        while missing:
            assert time.monotonic() < deadline, missing
            time.sleep(0.2)
            told = {name: float(value) for line in asked(settings, "/metrics")[1].splitlines() if line[:1] != "#"
                    for name, _, value in [line.rpartition(" ")]}  # fmt: skip
            missing = tuple(name for name in wanted if not told.get(name))
