"""A worker that does not get on is noticed and started again."""

from __future__ import annotations

import dataclasses
import sys
import time
from pathlib import Path

import pytest
from service import Client, fetched, page, paragraphs

from streams.supervisor import WorkerProcesses

pytestmark = pytest.mark.chaos


@pytest.mark.parametrize(
    ("how", "told"),
    [("sleep", r"article.fetch.v1[%d] has not moved from offset 1 for 10 s"), ("lock", "Timeout (0:00:10)!")],
)
def test_a_partition_that_is_stuck_is_healed_by_a_restart(
    own_client: Client, tmp_path: Path, capfd: pytest.CaptureFixture[str], how: str, told: str
) -> None:
    """A step that hangs ends its worker, which says where it stands; the next one handles what waited, once."""
    settings = dataclasses.replace(own_client.settings, stall_timeout=10, partitions=4)
    worker = (sys.executable, str(Path(__file__).with_name("hanging_worker.py")), str(tmp_path / "flag"), how, "worker")
    url = own_client.url()
    texts = ("12", "13 that hang", "14")
    own_client.write(fetched(url, page("Storm", *paragraphs(text)), minutes=n) for n, text in enumerate(texts))
    with WorkerProcesses(settings, 1, worker) as processes:
        own_client.settle(meanwhile=processes.restart_ended)
    assert [version.kind for version in own_client.versions(url)] == ["first", "edited", "edited"]
    assert len(own_client.changes(url)) == 2
    (partition,) = {record.partition for record in own_client.read("article.fetch.v1")}
    assert (told % partition if "%" in told else told) in capfd.readouterr().err


def test_a_worker_that_was_idle_is_not_taken_for_stuck(own_client: Client, capfd: pytest.CaptureFixture[str]) -> None:
    """A record that comes to a partition where nothing came for longer than the stall timeout is simply handled."""
    settings = dataclasses.replace(own_client.settings, stall_timeout=6)
    url = own_client.url()
    with WorkerProcesses(settings, 1) as processes:
        for text in range(3):
            own_client.write([fetched(url, page("Storm", *paragraphs(f"{text}")), minutes=text)])
            own_client.settle(meanwhile=processes.restart_ended)
            time.sleep(1.5 * settings.stall_timeout)  # this is the idling
    assert len(own_client.changes(url)) == 2
    assert "this worker ends" not in capfd.readouterr().err
