"""A worker is ready when it handles records, and not before."""

from __future__ import annotations

import asyncio
import dataclasses
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from service import PATIENCE

from streams.commands.topics import ensure_topics
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
