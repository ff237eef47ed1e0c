"""What the alerts and the dashboard ask for is measured by a running service."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import time
import urllib.request
from pathlib import Path

import pytest
from receiver import file_of
from service import PATIENCE, Client, fetched, page, paragraphs

from streams.commands.topics import ensure_topics
from streams.commands.watch import watch
from streams.embedded import EmbeddedKafka
from streams.embedded.ports import choose_port
from streams.settings import Settings
from streams.source_files import NamedSource
from streams.supervisor import SITE, WATCHER, WEBHOOKS, WORKER, WorkerProcesses
from tests.docker.files import DOCKER
from tests.town import Town

pytestmark = pytest.mark.broker

NAME = re.compile(r"\bnewsdiff_\w+|process_resident_memory_bytes")
HOST = "127.0.0.1"


def asked_for() -> set[str]:
    """The names of all metrics in the alert rules and in the dashboard."""
    files = (DOCKER / "alerts.yaml", DOCKER / "grafana" / "newsdiff.json")
    return {name for file in files for name in NAME.findall(file.read_text())}


def measured(settings: Settings) -> set[str]:
    """The names of the samples that a process tells of now."""
    try:
        with urllib.request.urlopen(f"http://{settings.metrics}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
    except OSError:
        return set()
    return {re.split(r"[{ ]", line)[0] for line in lines if not line.startswith("#")}


def test_all_that_is_asked_for_is_measured(tmp_path: Path) -> None:
    """By worker, watcher, site and the sender of webhooks, while they do what they are for."""
    # A Kafka of its own: a watcher's rows are in a topic that it would share with others.
    with Town(1, 2) as town, EmbeddedKafka(tmp_path / "kafka") as kafka:
        ports = {command: f"{HOST}:{choose_port(HOST)}" for command in (WORKER, WATCHER, SITE, WEBHOOKS)}
        settings = Settings(
            kafka=kafka.bootstrap,
            data=tmp_path / "data",
            partitions=2,
            session_timeout=6,
            inside=town.endpoints,
            site=f"{HOST}:{choose_port(HOST)}",
        )
        asyncio.run(ensure_topics(settings))
        watch(settings, [NamedSource(town.hosts[0].feed)])
        hooks = file_of(tmp_path / "hooks.toml", desk={"url": "http://127.0.0.1:1/"})
        client = Client(settings)
        url = client.url("measured")
        client.write(fetched(url, page("Storm", *paragraphs(str(12 + n))), minutes=n) for n in range(2))
        client.write([(b"k", b"no event", ())])
        told = {command: dataclasses.replace(settings, metrics=address) for command, address in ports.items()}
        with (
            WorkerProcesses(told[WORKER], 1, WORKER),
            WorkerProcesses(told[WATCHER], 1, WATCHER),
            WorkerProcesses(told[SITE], 1, SITE),
            WorkerProcesses(dataclasses.replace(told[WEBHOOKS], webhooks=hooks), 1, WEBHOOKS),
        ):
            deadline, missing = time.monotonic() + PATIENCE, asked_for()
            assert len(missing) > 20
            while missing := missing - set.union(*map(measured, told.values())):
                assert time.monotonic() < deadline, missing
                time.sleep(0.5)
            for path in ("live", "ready"):
                with urllib.request.urlopen(f"http://{told[SITE].metrics}/{path}", timeout=10) as answer:
                    assert answer.read() == b"ok\n"
