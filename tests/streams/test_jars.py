"""Kafka's jars are those of the lock file, or there are none: downloaded from a registry on this machine."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path

import jgo.maven._core
import pytest
from jgo.env import compute_spec_hash

from schemas.errors import UnavailableError
from streams.embedded import jars
from streams.embedded.jars import KAFKA_JARS, KAFKA_VERSION, Jar, cache_directory, install


class Registry(ThreadingHTTPServer):
    """Serves files as a Maven repository does, and fails where it is told to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.files: dict[str, bytes] = {}
        self.asked: Counter[str] = Counter()
        self.failures: dict[str, list[str]] = {}
        self.hold = threading.Event()
        self.hold.set()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"

    def add(self, artifact: str, size: int = 20_000) -> Jar:
        """A new jar in this registry, as it would be locked."""
        content = (artifact.encode() * size)[:size]
        self.files[f"/press/eastmere/{artifact}/1.0/{artifact}-1.0.jar"] = content
        return Jar("press.eastmere", artifact, "1.0", hashlib.sha256(content).hexdigest())

    def count(self, jar: Jar) -> int:
        """How often a jar was asked for."""
        return self.asked[jar.file_name]


class Answer(BaseHTTPRequestHandler):
    """One request to the registry."""

    server: Registry

    def do_GET(self) -> None:
        """Send the file, or fail as told."""
        name = self.path.rsplit("/", 1)[1]
        self.server.asked[name] += 1
        content = self.server.files.get(self.path)
        failure = (self.server.failures.get(name) or [""]).pop(0)
        if content is None or failure == "status":
            self.send_error(404 if content is None else 503)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        half = len(content) // 2
        self.wfile.write(content[:half])
        self.server.hold.wait(30)
        if failure != "cut":
            self.wfile.write(content[half:])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """A registry that jgo takes for its own."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(jars, "RETRY_DELAYS", (0.0, 0.0))
    with Registry() as server:
        monkeypatch.setitem(jgo.maven._core.DEFAULT_REMOTE_REPOS, "central", server.url)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.hold.set()
        server.shutdown()
        thread.join()


def installing(registry: Registry, wanted: list[Jar], directory: Path) -> subprocess.Popen[str]:
    """Another process that installs the same jars."""
    code = (
        "import sys, jgo.maven._core as core\n"
        "from pathlib import Path\n"
        "from streams.embedded.jars import Jar, install\n"
        f"core.DEFAULT_REMOTE_REPOS['central'] = {registry.url!r}\n"
        f"install({wanted!r}, Path({os.fspath(directory)!r}))\n"
    )
    return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)


def wait_until_asked(registry: Registry, jar: Jar) -> None:
    """Wait until the registry is sending a jar."""
    deadline = time.monotonic() + 30
    while not registry.count(jar):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def assert_installed(registry: Registry, wanted: list[Jar], paths: list[Path]) -> None:
    """The paths hold what the registry has, in order."""
    assert [path.name for path in paths] == [jar.file_name for jar in wanted]
    assert [path.read_bytes() for path in paths] == list(registry.files.values())


def test_lock_belongs_to_its_specification() -> None:
    """The lock file was made from the specification that stands beside it."""
    package = resources.files("streams.embedded")
    with resources.as_file(package / "jgo.toml") as specification:
        lock = tomllib.loads((package / "jgo.lock.toml").read_text(encoding="utf-8"))
        assert lock["metadata"]["spec_hash"] == compute_spec_hash(specification)


def test_every_locked_jar_can_be_checked() -> None:
    """Every locked jar is a plain jar with a SHA-256 and a file name of its own, and Kafka is one of them."""
    lock = tomllib.loads((resources.files("streams.embedded") / "jgo.lock.toml").read_text(encoding="utf-8"))
    assert all(jar["packaging"] == "jar" and "classifier" not in jar for jar in lock["dependencies"])
    assert all(len(bytes.fromhex(jar.sha256)) == 32 for jar in KAFKA_JARS)
    assert len({jar.file_name for jar in KAFKA_JARS}) == len(KAFKA_JARS) == len(lock["dependencies"])
    assert f"kafka_2.13-{KAFKA_VERSION}.jar" in {jar.file_name for jar in KAFKA_JARS}


def test_cache_is_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Jars lie below the directory that is named, else below the XDG cache, else below the home directory's."""
    name = f"kafka-{KAFKA_VERSION}"
    monkeypatch.setenv("HOME", os.fspath(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", os.fspath(tmp_path / "xdg"))
    assert cache_directory(tmp_path / "own") == tmp_path / "own" / name
    assert cache_directory(None) == tmp_path / "xdg" / "newsdiff" / name
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_directory(None) == tmp_path / ".cache" / "newsdiff" / name


def test_jars_are_downloaded_once(registry: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With an empty home and nothing on the path each jar is downloaded once, and nowhere but to the cache."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", os.fspath(home))
    monkeypatch.setenv("PATH", os.fspath(home))
    wanted = [registry.add(f"harbour-{number}") for number in range(9)]
    for _ in range(2):
        assert_installed(registry, wanted, install(wanted, tmp_path / "cache"))
    assert [registry.count(jar) for jar in wanted] == [1] * 9
    assert not list(home.iterdir())


def test_progress_is_plain_lines_without_a_terminal(
    registry: Registry, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A log gets plain lines with what is there of how much; a cache that is complete gets none."""
    wanted = [registry.add(f"harbour-{number}") for number in range(12)]
    install(wanted, tmp_path)
    told = capsys.readouterr()
    assert told.out == ""
    assert [line.split(": ")[1].split(",")[0] for line in told.err.splitlines()] == ["10 of 12 jars", "12 of 12 jars"]
    install(wanted, tmp_path)
    assert capsys.readouterr().err == ""


def test_other_bytes_than_locked_are_refused(registry: Registry, tmp_path: Path) -> None:
    """A jar whose bytes differ from the lock is an error that names it and both checksums, and is not kept."""
    good = registry.add("harbour")
    wanted = Jar(good.group, good.artifact, good.version, "0" * 64)
    with pytest.raises(UnavailableError, match=rf"harbour-1\.0\.jar .*{good.sha256}.*{'0' * 64}"):
        install([wanted], tmp_path)
    assert not list(tmp_path.rglob("*.jar"))


@pytest.mark.parametrize("failure", ["status", "cut"])
def test_passing_failures_are_retried(registry: Registry, tmp_path: Path, failure: str) -> None:
    """Two refusals or two broken connections in a row do not fail a download."""
    wanted = [registry.add("harbour"), registry.add("lifeboat")]
    registry.failures[wanted[0].file_name] = [failure, failure]
    assert_installed(registry, wanted, install(wanted, tmp_path))


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address where nobody listens."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{silent.getsockname()[1]}"


# jgo leaves the connection of a download that broke off to the garbage collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("failure", ["status", "cut", "nobody there"])
def test_lasting_failures_say_what_to_do(
    registry: Registry, nobody: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failure: str
) -> None:
    """A download that keeps failing is one line: which jar, what to do, and no address; no part of it is kept."""
    wanted = registry.add("harbour")
    registry.failures[wanted.file_name] = [failure] * 3
    if failure == "nobody there":
        monkeypatch.setitem(jgo.maven._core.DEFAULT_REMOTE_REPOS, "central", nobody)
    with pytest.raises(UnavailableError) as error:
        install([wanted], tmp_path)
    assert str(error.value).startswith("harbour-1.0.jar of Kafka ")
    assert "NEWSDIFF_KAFKA" in str(error.value)
    assert "127.0.0.1" not in str(error.value)
    assert "\n" not in str(error.value)
    assert not list(tmp_path.rglob("*.jar"))


@pytest.mark.parametrize("damage", [b"", b"half a jar"])
def test_damaged_jars_are_replaced(registry: Registry, tmp_path: Path, damage: bytes) -> None:
    """A jar in the cache that is not what is locked is downloaded again, and only that one."""
    wanted = [registry.add("harbour"), registry.add("lifeboat")]
    paths = install(wanted, tmp_path)
    paths[1].write_bytes(damage)
    assert_installed(registry, wanted, install(wanted, tmp_path))
    assert [registry.count(jar) for jar in wanted] == [1, 2]


def test_kill_in_mid_download_leaves_nothing_half(registry: Registry, tmp_path: Path) -> None:
    """After a kill in the middle of a jar the next process downloads it whole."""
    wanted = [registry.add("harbour", 1_000_000)]
    registry.hold.clear()
    with installing(registry, wanted, tmp_path) as other:
        wait_until_asked(registry, wanted[0])
        other.send_signal(signal.SIGKILL)
    registry.hold.set()
    assert_installed(registry, wanted, install(wanted, tmp_path))


def test_two_processes_at_once_download_once(registry: Registry, tmp_path: Path) -> None:
    """Of two processes that need the same jars one downloads them, and both have them."""
    wanted = [registry.add(f"harbour-{number}") for number in range(5)]
    registry.hold.clear()
    with installing(registry, wanted, tmp_path) as other:
        wait_until_asked(registry, wanted[0])
        threading.Timer(0.2, registry.hold.set).start()
        assert_installed(registry, wanted, install(wanted, tmp_path))
        assert other.wait(30) == 0
    assert [registry.count(jar) for jar in wanted] == [1] * 5


def test_cache_that_cannot_be_written_is_named(registry: Registry, tmp_path: Path) -> None:
    """A cache below a file is an error that names it and the setting."""
    (tmp_path / "file").touch()
    with pytest.raises(UnavailableError, match=r"file/cache: Not a directory; set NEWSDIFF_CACHE"):
        install([registry.add("harbour")], tmp_path / "file" / "cache")
