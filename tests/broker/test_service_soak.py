"""The whole service works without an error and without growing, and outlives the death of any of its processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.postgres import programs
from tests.service_soak import MAX_LAG, Soak, soak

pytestmark = [
    pytest.mark.broker,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(programs() is None, reason="there is no PostgreSQL server: Debian has it in postgresql"),
]


def test_two_minutes_of_the_whole_service(tmp_path: Path) -> None:
    """Nothing is lost, nothing comes twice, no line is an error, and lag stays low."""
    report = soak(Soak(seconds=120.0, edit_every=20.0), tmp_path)
    assert report.wrong == []
    assert report.errors == []
    assert max(point.lag for point in report.points) < MAX_LAG
    assert report.points[-1].changes > 100


def test_each_process_is_killed_once(tmp_path: Path) -> None:
    """Workers, watcher, site, Kafka and PostgreSQL are killed in the middle of work: nothing is lost or repeated."""
    report = soak(Soak(seconds=120.0, hosts=10, articles=10, edit_every=20.0, kills=True), tmp_path)
    assert report.killed == ["worker 1", "worker 2", "watcher", "site", "kafka", "postgres"]
    assert report.wrong == []
