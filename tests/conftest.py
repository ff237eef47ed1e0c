"""What every test may ask for."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from postgres import postgres, programs

# Timing says nothing on a machine that does other things too; in CI a red run must be red again.
hypothesis.settings.register_profile("newsdiff", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "newsdiff")

# A shell's background job has SIGINT ignored, and so would the processes that the tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bootstrap server of a real Kafka, started for the first test that asks and stopped after the last."""
    from streams.embedded import EmbeddedKafka
    from streams.settings import Settings

    cache = Settings.from_environment(os.environ).cache
    with EmbeddedKafka(tmp_path_factory.mktemp("kafka"), cache=cache) as broker:
        yield broker.bootstrap


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL that the session starts."""
    if programs() is None:
        pytest.skip("there is no PostgreSQL server here: Debian has it in the package postgresql")
    with postgres(tmp_path_factory.mktemp("postgres")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database, of either kind, in which there is nothing."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'archive.db'}"
    return str(request.getfixturevalue("server"))
