"""`newsdiff up` runs everything, and ends as a whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.settings import Settings

pytestmark = pytest.mark.broker


@pytest.fixture
def up(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`newsdiff up` in a directory of its own, which has told its address."""
    settings = Settings(data=tmp_path, broker_port=0, partitions=2, site="127.0.0.1:0")
    process = subprocess.Popen(
        [sys.executable, "-m", "streams", "up"],
        env={**os.environ, **settings.environment()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Kafka is at 127.0.0.1:")
    yield process
    process.kill()
    process.communicate()


def descendants(pid: int) -> dict[int, str]:
    """The command lines of all processes that come from this one, by their ids."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended meanwhile
    found, new = set(), {pid}
    while new:
        found |= new
        new = {child for child, parent in parents.items() if parent in found} - found
    return {child: Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ") for child in found - {pid}}


def wait_until_gone(processes: dict[int, str]) -> None:
    """Wait until none of these processes runs any more."""
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in processes):
        assert time.monotonic() < deadline, processes
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform != "linux", reason="it looks at processes through /proc, which Linux has")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything(up: subprocess.Popen[str], stop: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end Kafka and the worker too, quietly and with exit code 0."""
    children = descendants(up.pid)
    assert any("kafka.Kafka" in command for command in children.values())
    assert any("worker" in command for command in children.values())
    up.send_signal(stop)
    assert up.wait(30) == 0
    wait_until_gone(children)


@pytest.mark.skipif(sys.platform != "linux", reason="it looks at processes through /proc, which Linux has")
def test_what_it_started_ends_with_it_even_when_it_is_killed(up: subprocess.Popen[str]) -> None:
    """After SIGKILL neither Kafka nor a worker is left behind."""
    children = descendants(up.pid)
    up.kill()
    wait_until_gone(children)


@pytest.mark.skipif(sys.platform != "linux", reason="it looks at processes through /proc, which Linux has")
def test_it_ends_when_its_kafka_does(up: subprocess.Popen[str]) -> None:
    """A Kafka that dies is not worked around: one clear line says so, and the exit code is 1."""
    (kafka,) = (pid for pid, command in descendants(up.pid).items() if "kafka.Kafka" in command)
    os.kill(kafka, signal.SIGKILL)
    _, said = up.communicate(timeout=60)
    assert up.returncode == 1
    assert "newsdiff: Kafka ended with exit code" in said
