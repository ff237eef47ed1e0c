"""Another extractor reads pages differently, and nobody is told of a change that was none."""

from __future__ import annotations

import contextlib
import dataclasses
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


def test_a_rolling_upgrade_loses_and_repeats_nothing(own_client: Client, tmp_path: Path) -> None:
    """Old and new workers side by side, partitions going over to the new ones: each edit is told once."""
    settings = own_client.settings
    urls = [own_client.url(f"rolling-{n}") for n in range(12)]
    newer = (sys.executable, str(Path(__file__).with_name("other_extractor_worker.py")), "worker")

    def edit(number: int) -> None:
        own_client.write(fetched(url, page("Storm", *paragraphs(str(12 + number))), number) for url in urls)

    edit(0)
    with contextlib.ExitStack() as old, contextlib.ExitStack() as new:
        old.enter_context(WorkerProcesses(settings, 2))
        edit(1)
        own_client.settle()
        edit(2)
        upgraded = new.enter_context(WorkerProcesses(dataclasses.replace(settings, data=tmp_path / "new"), 2, newer))
        edit(3)
        own_client.settle(meanwhile=upgraded.restart_ended)
        edit(4)
        old.close()
        edit(5)
        own_client.settle(meanwhile=upgraded.restart_ended)
    for url in urls:
        numbers = [version.version for version in own_client.versions(url)]
        assert numbers == list(range(1, len(numbers) + 1))
        told = [change.diff.rows[0].spans for change in own_client.changes(url)]
        edits = [(f"{12 + n}", f"{13 + n}") for n in range(5)]
        assert [tuple(text for op, text in spans if op in "-+") for spans in told] == edits
