"""A full disk is told in one clear line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.settings import Settings

pytestmark = pytest.mark.broker


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmp_path], check=False, capture_output=True
    )
    if done.returncode:
        pytest.skip("a small disk can only be mounted by root")
    yield tmp_path
    subprocess.run(["umount", "-l", tmp_path], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="it mounts a small disk as Linux does")
@pytest.mark.parametrize("free", [0, 60], ids=["nothing free", "too little free"])
def test_up_on_a_full_disk_says_so(small_disk: Path, free: int) -> None:
    """Whether the first byte does not fit or Kafka's log, `up` ends with one line that says to make room."""
    (small_disk / "other").write_bytes(bytes((64 - free) * 1024))
    settings = Settings(data=small_disk / "data", broker_port=0)
    done = subprocess.run(
        [sys.executable, "-m", "streams", "up"],
        env={**os.environ, **settings.environment()},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 1
    assert "make room" in done.stderr
    assert "Traceback" not in done.stderr
