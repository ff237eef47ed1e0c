"""A PostgreSQL server for tests, in a directory of its own; Debian's package has it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from streams.embedded.ports import choose_port

PLACES = "/usr/lib/postgresql/*/bin"


def programs() -> Path | None:
    """The directory of the server's programs, of the newest version; None where there is none."""
    found = sorted(Path("/").glob(f"{PLACES[1:]}/initdb"))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).parent if elsewhere else None


@contextlib.contextmanager
def postgres(directory: Path) -> Iterator[str]:
    """A context in which a server runs; the URL of its database.

    A server refuses to run as root, so that it runs as the package's own user then.
    """
    place = programs()
    assert place is not None
    data, port = directory / "data", choose_port("127.0.0.1")
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    directory.mkdir(parents=True, exist_ok=True)
    if as_user:
        shutil.chown(directory, "postgres")
        for above in directory.parents:  # pytest makes them for its own user alone
            if above.owner() == "root" and above != Path("/") and not above.stat().st_mode & 0o001:
                above.chmod(above.stat().st_mode | 0o011)
    initdb = [place / "initdb", "-D", data, "-U", "newsdiff", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run([*as_user, *initdb], check=True, capture_output=True, cwd=directory)
    server = [place / "postgres", "-D", data, "-p", str(port), "-k", "", "-h", "127.0.0.1", "-c", "fsync=off"]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen([*as_user, *server], stdout=log, stderr=log, cwd=directory)
    try:
        ready = [place / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
        while subprocess.run(ready, check=False, capture_output=True).returncode:
            if process.poll() is not None:
                sys.stderr.write((directory / "log").read_text())
                raise RuntimeError("PostgreSQL did not start")
        yield f"postgresql://newsdiff@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.wait(30)


async def empty(engine: AsyncEngine) -> None:
    """Leave nothing in a PostgreSQL database; an SQLite one is another file for each test."""
    if engine.dialect.name == "postgresql":
        async with engine.begin() as connection:
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))
