"""Kafka's jars: downloaded once, exactly as locked in `jgo.lock.toml`, and checked against it at every start."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from schemas.errors import UnavailableError

if TYPE_CHECKING:
    from jgo.maven import MavenContext

CONNECTIONS = 6
"""Jars that are downloaded at a time."""

TIMEOUT = 30
"""Seconds without a byte after which a download has failed."""

RETRY_DELAYS = (1.0, 4.0)
"""Seconds before a failed download is tried again."""


@dataclass(frozen=True, slots=True)
class Jar:
    """A jar as it is locked: Maven's coordinates and the SHA-256 of its bytes, in hex."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """Its name, as Maven forms it."""
        return f"{self.artifact}-{self.version}.jar"


def _locked() -> tuple[Jar, ...]:
    lock = tomllib.loads((resources.files(__package__) / "jgo.lock.toml").read_text(encoding="utf-8"))
    return tuple(Jar(jar["groupId"], jar["artifactId"], jar["version"], jar["sha256"]) for jar in lock["dependencies"])


KAFKA_JARS = _locked()
KAFKA_VERSION = next(jar.version for jar in KAFKA_JARS if jar.artifact == "kafka_2.13")


def cache_directory(cache: Path | None) -> Path:
    """Where Kafka's jars are kept: below `cache`, or below the user's cache."""
    if cache is None:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "newsdiff"
    return cache.absolute() / f"kafka-{KAFKA_VERSION}"


def install(jars: Sequence[Jar], directory: Path) -> list[Path]:
    """The paths of the jars in `directory`, after those that are not there, or not intact, were downloaded.

    Several processes may do this at once: one downloads, the others wait for it.

    Raises:
        UnavailableError: a jar cannot be downloaded, or is not the one that is locked, or the directory cannot be used.
    """
    try:
        if _missing(jars, directory):
            directory.mkdir(parents=True, exist_ok=True)
            with (directory / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if missing := _missing(jars, directory):
                    _download(missing, directory)
    except OSError as error:
        raise UnavailableError(
            f"Kafka's jars cannot be kept in {directory}: {error.strerror or error}; set NEWSDIFF_CACHE to a directory "
            "that can be written"
        ) from error
    return [directory / jar.file_name for jar in jars]


def _missing(jars: Sequence[Jar], directory: Path) -> list[Jar]:
    return [jar for jar in jars if _sha256(directory / jar.file_name) != jar.sha256]


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def _download(jars: Sequence[Jar], directory: Path) -> None:
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415 - needed once, and slow to import

    partial = directory / "partial"
    shutil.rmtree(partial, ignore_errors=True)  # of a process that was killed: only the holder of the lock writes here
    try:
        with _progress(len(jars)) as (add_bytes, add_jar), ThreadPoolExecutor(CONNECTIONS) as pool:
            resolver = PythonResolver(progress_callback=lambda _name, _size: contextlib.nullcontext(add_bytes))
            context = MavenContext(resolver, repo_cache=partial, local_repos=[], timeout=TIMEOUT)
            futures = [pool.submit(_download_jar, context, jar, directory) for jar in jars]
            try:
                for future in as_completed(futures):
                    future.result()
                    add_jar()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _download_jar(context: MavenContext, jar: Jar, directory: Path) -> None:
    path = _resolve(context, jar)
    if (found := _sha256(path)) != jar.sha256:
        raise UnavailableError(
            f"{jar.file_name} was downloaded with SHA-256 {found}, but {jar.sha256} is locked: something between here "
            "and the registry changes it; try another network, or set NEWSDIFF_KAFKA to a Kafka that is running"
        )
    path.replace(directory / jar.file_name)


def _resolve(context: MavenContext, jar: Jar) -> Path:
    """Download a jar, and try again when that fails: registries and networks have bad moments."""
    from requests import RequestException  # noqa: PLC0415 - jgo downloads with it

    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
    assert artifact.cached_path is not None
    delays = iter(RETRY_DELAYS)
    while True:
        try:
            path: Path = artifact.resolve()
        except (RequestException, RuntimeError, ValueError) as error:  # RuntimeError: no 200; ValueError: bad headers
            delay = next(delays, None)
            if delay is None:
                raise UnavailableError(
                    f"{jar.file_name} of Kafka {KAFKA_VERSION} cannot be downloaded ({type(error).__name__}): check "
                    "the network and the proxy settings, or set NEWSDIFF_KAFKA to a Kafka that is running"
                ) from error
            artifact.cached_path.unlink(missing_ok=True)
            time.sleep(delay)
        else:
            return path


@contextlib.contextmanager
def _progress(total: int) -> Iterator[tuple[Callable[[int], None], Callable[[], None]]]:
    """Show a download on standard error: one moving line, or a few plain ones where that is no terminal.

    Gives two functions to call: with each number of bytes, and after each jar.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[size]}"))
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"downloading Kafka {KAFKA_VERSION}", total=total, size="")
        done = size = 0

        def add_bytes(count: int) -> None:
            nonlocal size
            size += count
            progress.update(task, size=f"{size / 1e6:.1f} MB")

        def add_jar() -> None:
            nonlocal done
            done += 1
            progress.advance(task)
            if not console.is_terminal and (done == total or done % 10 == 0):
                console.print(f"downloading Kafka {KAFKA_VERSION}: {done} of {total} jars, {size / 1e6:.1f} MB")

        yield add_bytes, add_jar
