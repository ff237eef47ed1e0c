"""A PostgreSQL server for tests, in a directory of its own; Debian's package has it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import trustme
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from streams.embedded.ports import choose_port

PLACES = "/usr/lib/postgresql/*/bin"

PATIENCE = 30.0
"""Seconds after which a server that does not start, or does not end, has failed."""


def programs() -> Path | None:
    """The directory of the server's programs, of the newest version; None where there is none."""
    found = sorted(Path("/").glob(f"{PLACES[1:]}/initdb"))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).parent if elsewhere else None


@contextlib.contextmanager
def postgres(directory: Path) -> Iterator[str]:
    """A context in which a server runs; the URL of its database."""
    with Postgres(directory) as server:
        yield server.url


class Postgres:
    """A context in which a server runs, which may be killed and started again.

    A server refuses to run as root, so that it runs as the package's own user then, in a temporary directory in place
    of `directory`. With a `certificate` it speaks TLS, and nothing else.
    """

    def __init__(self, directory: Path, certificate: trustme.LeafCert | None = None) -> None:
        place = programs()
        assert place is not None
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as_user:  # pytest keeps its directories for its own user alone
            directory = Path(tempfile.mkdtemp(prefix="newsdiff-postgres-"))
            shutil.chown(directory, "postgres")
        directory.mkdir(parents=True, exist_ok=True)
        self._place, self._directory, self._port = place, directory, choose_port("127.0.0.1")
        initdb = [
            place / "initdb",
            "-D",
            directory / "data",
            "-U",
            "newsdiff",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        subprocess.run([*self._as_user, *initdb], check=True, capture_output=True, cwd=directory)
        if certificate is not None:
            self._speak_tls(certificate)

    def _speak_tls(self, certificate: trustme.LeafCert) -> None:
        data = self._directory / "data"
        certificate.cert_chain_pems[0].write_to_path(data / "server.crt")
        certificate.private_key_pem.write_to_path(data / "server.key")
        for file in (data / "server.crt", data / "server.key"):
            file.chmod(0o600)
            if self._as_user:
                shutil.chown(file, "postgres", "postgres")
        (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 trust\n")
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.write("ssl = on\n")

    @property
    def url(self) -> str:
        """The URL of its database."""
        return f"postgresql://newsdiff@127.0.0.1:{self._port}/postgres"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._end(signal.SIGINT)  # SIGTERM waits for every client
        if self._as_user:
            shutil.rmtree(self._directory)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        deadline = time.monotonic() + PATIENCE
        self._process = self._started()
        ready = [self._place / "pg_isready", "-h", "127.0.0.1", "-p", str(self._port), "-t", "1"]
        while subprocess.run(ready, check=False, capture_output=True).returncode:
            time.sleep(0.2)
            if self._process.poll() is None:
                continue
            if time.monotonic() > deadline:
                sys.stderr.write((self._directory / "log").read_text())
                raise RuntimeError("PostgreSQL did not start")
            self._process = self._started()  # it refuses while processes of one that was killed still end

    def _started(self) -> subprocess.Popen[bytes]:
        port = ["-p", str(self._port), "-k", "", "-h", "127.0.0.1"]
        server = [self._place / "postgres", "-D", self._directory / "data", *port, "-c", "fsync=off"]
        with (self._directory / "log").open("ab") as log:
            return subprocess.Popen([*self._as_user, *server], stdout=log, stderr=log, cwd=self._directory)

    def kill(self) -> None:
        """End it at once, as a crash does; its own processes end with it."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        pid = int((self._directory / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, how)
        self._process.wait(PATIENCE)


async def empty(engine: AsyncEngine) -> None:
    """Leave nothing in a PostgreSQL database; an SQLite one is another file for each test."""
    if engine.dialect.name == "postgresql":
        async with engine.begin() as connection:
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))
