"""The embedded Kafka lives exactly as long as it should: not longer than its parent, not shorter than asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from streams.embedded import EmbeddedKafka
from streams.embedded.ports import answers
from streams.settings import Settings

pytestmark = pytest.mark.broker

CACHE = Settings.from_environment(os.environ).cache
PATIENCE = 30.0


def runs(pid: int) -> bool:
    """Whether a process runs; one that ended and waits for its parent does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def wait_until_ended(pid: int) -> None:
    """Wait a little for a process to end."""
    deadline = time.monotonic() + PATIENCE
    while runs(pid):
        assert time.monotonic() < deadline, f"process {pid} runs on"
        time.sleep(0.02)


def until_answers(host: str, port: int) -> None:
    """Wait a little until somebody answers: one look is too short for a busy machine."""
    deadline = time.monotonic() + PATIENCE
    while not answers(host, port):
        assert time.monotonic() < deadline, f"nobody answers at {host}:{port}"
        time.sleep(0.1)


def java_of(data: Path) -> int:
    """The process whose working directory is a Kafka's."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == data / "kafka":
                return int(process.name)
        except OSError:
            continue
    raise AssertionError(f"no process runs in {data}")


@pytest.fixture
def environment() -> Mapping[str, str]:
    """The environment without settings but the cache."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSDIFF_")}
    return {**kept, **({"NEWSDIFF_CACHE": os.fspath(CACHE)} if CACHE else {})}


@pytest.fixture
def command(environment: Mapping[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`newsdiff broker` with a process group of its own, as a shell gives it one."""
    with subprocess.Popen(
        [sys.executable, "-m", "streams", "broker", "--data", os.fspath(tmp_path), "--port", "0"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0,
    ) as process:  # fmt: skip
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_prints_the_address_and_stops_cleanly(
    command: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    """Standard output is the address alone; Ctrl-C (to the whole group) and SIGTERM end Kafka in order, with code 0."""
    assert command.stdout is not None
    host, port = command.stdout.readline().strip().split(":")
    until_answers(host, int(port))
    java = java_of(tmp_path)
    assert os.getsid(java) == java  # or the terminal's Ctrl-C would reach it before us
    os.killpg(command.pid, number)
    rest, errors = command.communicate(timeout=20)
    assert (command.returncode, rest) == (0, ""), errors
    assert not runs(java)
    assert (tmp_path / "kafka" / "log" / ".kafka_cleanshutdown").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_kafka_does_not_outlive_a_killed_parent(command: subprocess.Popen[str], tmp_path: Path) -> None:
    """When the parent is killed Java is gone at once."""
    assert command.stdout is not None
    assert command.stdout.readline()
    java = java_of(tmp_path)
    command.kill()
    command.wait()
    wait_until_ended(java)


def test_kafka_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    """A Kafka that a short-lived thread started runs until it is stopped, and then is gone."""
    broker = EmbeddedKafka(tmp_path / "kafka", cache=CACHE)
    thread = threading.Thread(target=broker.start)
    thread.start()
    thread.join()
    try:
        java = broker.pid
        assert java is not None
        host, port = broker.bootstrap.split(":")
        time.sleep(0.5)  # a signal at the thread's end would have arrived
        until_answers(host, int(port))
    finally:
        broker.stop()
    assert not runs(java)
    broker.stop()


def test_paths_and_options_of_the_user_do_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path with spaces, commas and other letters than ASCII's works, in any locale, with any options for Java."""
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx1m")
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with EmbeddedKafka(tmp_path / "Häfen, Möwen ☃" / "kafka", cache=CACHE) as broker:
        host, port = broker.bootstrap.split(":")
        until_answers(host, int(port))
