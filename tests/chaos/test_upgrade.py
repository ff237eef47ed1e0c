"""Another extractor reads pages differently, and nobody is told of a change that was none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from service import Client, fetched, page, paragraphs

from streams.supervisor import WorkerProcesses

pytestmark = pytest.mark.chaos


def test_an_upgrade_of_the_extractor_makes_no_change_event(own_client: Client) -> None:
    """The old body is read anew from the fetch topic and becomes the base; then an edit is told, and nothing else."""
    edited_url, noisy_url = own_client.url("edited"), own_client.url("noisy")
    old, new = page("Storm", *paragraphs("12")), page("Storm", *paragraphs("13"))
    noisy = old.replace(b"<body>", b"<body><nav><a href='/n'>Other news</a></nav>")
    own_client.write([fetched(edited_url, old), fetched(noisy_url, old)])
    with WorkerProcesses(own_client.settings, 1):
        own_client.settle()
    own_client.write([fetched(edited_url, new, 5), fetched(noisy_url, noisy, 5)])
    worker = (sys.executable, str(Path(__file__).with_name("other_extractor_worker.py")), "worker")
    with WorkerProcesses(own_client.settings, 1, worker) as processes:
        own_client.settle(meanwhile=processes.restart_ended)
    assert [version.kind for version in own_client.versions(edited_url)] == ["first", "reread", "edited"]
    assert [version.kind for version in own_client.versions(noisy_url)] == ["first", "reread"]
    (change,) = own_client.changes(edited_url)
    assert [row.kind for row in change.diff.rows] == ["edited", "equal", "equal", "equal"]
    assert own_client.changes(noisy_url) == []
