"""`newsdiff up` runs everything, and ends as a whole."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from service import PATIENCE, Client, fetched, page, paragraphs

from streams.embedded.configuration import HOST
from streams.embedded.ports import answers, choose_port
from streams.settings import Settings

pytestmark = pytest.mark.broker


@contextlib.contextmanager
def running(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """A context in which `newsdiff up` runs, which has told its address; what it says else is in `err` in its data."""
    with (settings.data / "err").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "streams", "up"],
            env={**os.environ, **settings.environment()},
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(f"Kafka is at {HOST}:")
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def up(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`newsdiff up` in a directory of its own."""
    with running(Settings(data=tmp_path, broker_port=0, partitions=2, site=f"{HOST}:0")) as process:
        yield process


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
    commands: dict[int, str] = {}
    for child in found - {pid}:
        with contextlib.suppress(OSError):  # it has ended meanwhile
            commands[child] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
    return commands


def wait_until_gone(processes: dict[int, str]) -> None:
    """Wait until none of these processes runs any more."""
    deadline = time.monotonic() + PATIENCE
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
    assert up.wait(PATIENCE) == 0
    wait_until_gone(children)


@pytest.mark.skipif(sys.platform != "linux", reason="it looks at processes through /proc, which Linux has")
def test_what_it_started_ends_with_it_even_when_it_is_killed(up: subprocess.Popen[str]) -> None:
    """After SIGKILL neither Kafka nor a worker is left behind."""
    children = descendants(up.pid)
    up.kill()
    wait_until_gone(children)


@pytest.mark.skipif(sys.platform != "linux", reason="it looks at processes through /proc, which Linux has")
def test_what_ended_is_named(up: subprocess.Popen[str], tmp_path: Path) -> None:
    """Worker, watcher and site are told apart."""
    for name in ("site", "watcher", "worker"):
        wait_until(lambda name=name: bool(children_of(up, name)))  # type: ignore[misc]
        os.kill(children_of(up, name)[0], signal.SIGKILL)
        wait_until(lambda name=name: f"{name} 1 ended (-9)" in (tmp_path / "err").read_text())  # type: ignore[misc]


@pytest.mark.skipif(sys.platform != "linux", reason="it looks at processes through /proc, which Linux has")
def test_its_kafka_is_started_again(tmp_path: Path) -> None:
    """A Kafka that is killed is there again, at its address, and what is written then is handled."""
    port = choose_port(HOST)
    settings = Settings(data=tmp_path, broker_port=port, partitions=2, session_timeout=6, site=f"{HOST}:0")
    with running(settings) as up:
        client = Client(dataclasses.replace(settings, kafka=f"{HOST}:{port}"))
        url = client.url("killed")
        client.write([fetched(url, page("Storm", *paragraphs("12")))])
        client.settle()
        os.kill(kafka_of(up), signal.SIGKILL)
        wait_until(lambda: not answers(HOST, port))
        wait_until(lambda: answers(HOST, port))
        client.write([fetched(url, page("Storm", *paragraphs("13")), minutes=1)])
        client.settle()
        assert len(client.changes(url)) == 1
        assert up.poll() is None


@pytest.mark.skipif(sys.platform != "linux", reason="it looks at processes through /proc, which Linux has")
def test_it_ends_when_its_kafka_cannot_be_started_again(tmp_path: Path) -> None:
    """One clear line says so, and the exit code is 1."""
    with running(Settings(data=tmp_path, broker_port=0, partitions=2, site=f"{HOST}:0")) as up:
        (tmp_path / "kafka" / "tmp").rename(tmp_path / "kafka" / "gone")
        (tmp_path / "kafka" / "server.properties").unlink()
        (tmp_path / "kafka" / "server.properties").mkdir()
        os.kill(kafka_of(up), signal.SIGKILL)
        assert up.wait(PATIENCE) == 1
        assert (tmp_path / "err").read_text().splitlines()[-1].startswith("newsdiff: the data directory")


@pytest.mark.parametrize("name", ["NEWSDIFF_RULES", "NEWSDIFF_SOURCES", "NEWSDIFF_WEBHOOKS"])
def test_what_cannot_be_used_is_refused_before_anything_starts(tmp_path: Path, name: str) -> None:
    """A file or folder that is not there is named in one line."""
    environment = {**os.environ, **Settings(data=tmp_path / "data").environment(), name: "/nonexistent"}
    refused = subprocess.run(
        [sys.executable, "-m", "streams", "up"], env=environment, capture_output=True, text=True, check=False
    )
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "/nonexistent" in refused.stderr
    assert not (tmp_path / "data").exists()


def children_of(up: subprocess.Popen[str], name: str) -> list[int]:
    """The processes of a role."""
    ends = {"site": "streams site ", "watcher": "streams worker --watch ", "worker": "streams worker "}
    return [pid for pid, command in descendants(up.pid).items() if command.endswith(ends[name])]


def kafka_of(up: subprocess.Popen[str]) -> int:
    """The process of its Kafka."""
    (kafka,) = (pid for pid, command in descendants(up.pid).items() if "kafka.Kafka" in command)
    return kafka


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)
