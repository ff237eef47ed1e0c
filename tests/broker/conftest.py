"""A service that runs on the real Kafka with one worker, for the whole session."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from service import Client

from streams.commands.topics import ensure_topics
from streams.settings import Settings
from streams.supervisor import WorkerProcesses


@pytest.fixture(scope="session")
def settings(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the service under test, its topics made."""
    settings = Settings(kafka=kafka, data=tmp_path_factory.mktemp("service"), partitions=4, session_timeout=6)
    asyncio.run(ensure_topics(settings))
    return settings


@pytest.fixture(scope="session")
def client(settings: Settings) -> Iterator[Client]:
    """A client of a service that runs with one worker for the whole session."""
    with WorkerProcesses(settings, 1):
        yield Client(settings)
