"""A position is one that nobody moves any more."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from service import Client, fetched, page, paragraphs

from schemas import topics
from streams.supervisor import WorkerProcesses

pytestmark = pytest.mark.chaos


def test_a_committed_offset_counts_only_once_the_predecessor_is_fenced(own_client: Client) -> None:
    """What was asked before may miss the predecessor's last transaction, and its records would be handled again."""
    url = own_client.url()
    old, new = (page("Storm", *paragraphs(text)) for text in ("12", "13"))
    own_client.write([fetched(url, old), fetched(url, new, 5)])
    worker = (sys.executable, str(Path(__file__).with_name("early_seek_worker.py")), "worker")
    with WorkerProcesses(own_client.settings, 1, worker) as processes:
        own_client.wait_until_left(topics.FETCH, 0, processes.restart_ended)
    assert [version.kind for version in own_client.versions(url)] == ["first"]  # of the second fetch
