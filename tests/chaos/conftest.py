"""A Kafka of the test's own, so that nobody else's workers are killed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from service import Client

from streams.commands.topics import ensure_topics
from streams.embedded import EmbeddedKafka
from streams.settings import Settings


@pytest.fixture
def own_client(tmp_path: Path) -> Iterator[Client]:
    """A client of a service that has topics, and no worker yet."""
    with EmbeddedKafka(tmp_path / "kafka", port=0) as kafka:
        settings = Settings(kafka=kafka.bootstrap, data=tmp_path, partitions=4, session_timeout=6)
        asyncio.run(ensure_topics(settings))
        yield Client(settings)
