"""The embedded Kafka: formatted once, started, waited for, stopped, killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console

from schemas.errors import UnavailableError
from streams.data_directory import locked
from streams.embedded.configuration import (
    HEAP_MIB,
    HOST,
    JVM_OPTIONS,
    KAFKA_LOG,
    LOG4J,
    LOG4J_FILE,
    TEMPORARY_DIRECTORY,
    as_file,
    server_properties,
)
from streams.embedded.jars import KAFKA_JARS, KAFKA_VERSION, cache_directory, install
from streams.embedded.java import JavaProcess, find_java
from streams.embedded.ports import PORTS, answers, check_free, choose_port, is_free
from streams.embedded.storage import new_cluster_id, prepare_log

START_TIMEOUT = 120.0
"""Seconds until a Kafka that does not answer is given up. After a kill it first reads its newest segments again."""

STOP_TIMEOUT = 15.0
"""Seconds that Kafka has to stop before it is killed. It takes half a second."""

START_ATTEMPTS = 3
"""How often a start is tried when another process takes a port between its choice and its use."""

PORT_FILE = "port"
ADDRESS_IN_USE = "Address already in use"


class _PortTakenError(UnavailableError):
    """Another process took a port after it was found free."""


class EmbeddedKafka:
    """One node of Apache Kafka that keeps everything in `directory`; also a context in which it runs.

    `port` 0 stands for the port that it had the last time, as long as that is free, or any free one. `cache` is the
    directory for its jars, by default in the user's cache. `properties` are added to its configuration.
    `cluster_id` is that of the cluster that it belongs to, by default one of its own; it counts at the first start.
    `heap_mib` is Java's memory.

    What it has acknowledged outlives its death and that of this process, but not a power cut: it does not wait for the
    disk, and there is no other replica.
    """

    def __init__(
        self,
        directory: Path,
        *,
        port: int = 0,
        cache: Path | None = None,
        properties: Mapping[str, str] | None = None,
        cluster_id: str | None = None,
        heap_mib: int = HEAP_MIB,
    ) -> None:
        self._directory = directory.absolute()
        self._wanted_port = self._port = port
        self._cache = cache_directory(cache)
        self._properties = dict(properties or {})
        self._cluster_id = cluster_id or new_cluster_id()
        self._heap = f"-Xmx{heap_mib}m"
        self._java: JavaProcess | None = None
        self._held = contextlib.ExitStack()

    @property
    def bootstrap(self) -> str:
        """The bootstrap server, HOST:PORT; known once it was started."""
        return f"{HOST}:{self._port}"

    @property
    def pid(self) -> int | None:
        """The id of its process, None when it was not started."""
        return self._java.pid if self._java else None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, and wait until it answers. The first start downloads it.

        Raises:
            UnavailableError: it is not installed, cannot be downloaded, its directory or port cannot be used, or it
                ends or does not answer in time; with the end of its log.
        """
        find_java()
        with contextlib.ExitStack() as held:
            held.enter_context(locked(self._directory, "kafka"))
            try:
                self._port = self._find_port()
                classpath = self._classpath()
                with Console(stderr=True).status(f"starting Kafka {KAFKA_VERSION} …"):
                    self._java = self._start(classpath)
            except OSError as error:
                raise UnavailableError(
                    f"the data directory {self._directory} cannot be used: {error}; set NEWSDIFF_DATA"
                ) from error
            self._held = held.pop_all()

    def check(self, seconds: float | None = 0) -> None:
        """See that it runs, and goes on to for so many seconds; None: for ever.

        Raises:
            UnavailableError: it has ended by itself, which it should not; with the end of its log.
        """
        assert self._java is not None
        if self._java.wait(seconds):
            raise UnavailableError(_ended(self._java, "Kafka ended"))

    def stop(self) -> None:
        """Stop it, if it runs. It can be started again."""
        with self._held:
            if self._java is not None:
                self._java.stop(STOP_TIMEOUT)

    def kill(self) -> None:
        """End it at once, as a crash does. It can be started again."""
        with self._held:
            if self._java is not None:
                self._java.kill()

    def _classpath(self) -> list[str]:
        if os.pathsep in os.fspath(self._cache):
            raise UnavailableError(
                f"Java cannot load jars from {self._cache}: set NEWSDIFF_CACHE to a path without ':'"
            )
        return ["-cp", os.pathsep.join(map(os.fspath, install(KAFKA_JARS, self._cache)))]

    def _start(self, classpath: list[str]) -> JavaProcess:
        temporary = self._directory / TEMPORARY_DIRECTORY
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        (self._directory / LOG4J_FILE).write_text(LOG4J)
        properties = server_properties(self._port, choose_port(HOST), self._properties)
        prepare_log(
            self._directory, properties, self._cluster_id, lambda arguments: self._run([*classpath, *arguments])
        )
        for _ in range(START_ATTEMPTS - 1):
            try:
                return self._start_once(classpath)
            except _PortTakenError:
                self._port = self._find_port()
        return self._start_once(classpath)

    def _start_once(self, classpath: list[str]) -> JavaProcess:
        properties = server_properties(self._port, choose_port(HOST), self._properties)
        (self._directory / "server.properties").write_text(as_file(properties))
        java = self._run([*classpath, "kafka.Kafka", "server.properties"])
        try:
            self._wait_until_ready(java)
            (self._directory / PORT_FILE).write_text(str(self._port))
        except BaseException:
            java.kill()
            raise
        return java

    def _run(self, arguments: list[str]) -> JavaProcess:
        return JavaProcess([self._heap, *JVM_OPTIONS, *arguments], self._directory, self._directory / KAFKA_LOG)

    def _find_port(self) -> int:
        if self._wanted_port:
            try:
                check_free(HOST, self._wanted_port)
            except OSError as error:
                raise UnavailableError(
                    f"Kafka cannot listen on port {self._wanted_port} of {HOST}: {error.strerror}; stop what uses it, "
                    "or choose another port with NEWSDIFF_BROKER_PORT"
                ) from error
            return self._wanted_port
        try:
            last = int((self._directory / PORT_FILE).read_text())
        except (FileNotFoundError, ValueError):
            last = 0
        return last if last in PORTS and is_free(HOST, last) else choose_port(HOST)

    def _wait_until_ready(self, java: JavaProcess) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while not answers(HOST, self._port):
            if java.wait(0.05):
                message = _ended(java, "Kafka ended at its start")
                raise _PortTakenError(message) if ADDRESS_IN_USE in message else UnavailableError(message)
            if time.monotonic() > deadline:
                raise UnavailableError(
                    f"Kafka does not answer at {self.bootstrap} after {START_TIMEOUT:.0f} s: {java.last_words}"
                )


def _ended(java: JavaProcess, what: str) -> str:
    words = java.last_words
    hint = "the disk is full, make room: " if "No space left on device" in words else ""
    return f"{what} with exit code {java.exit_code}: {hint}{words}"
