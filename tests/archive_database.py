"""Archives of today's tables, for tests that need no Kafka."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from agents.archive.migrations import migrate
from agents.archive.store import open_engine
from tests.postgres import empty

T = TypeVar("T")


@contextlib.asynccontextmanager
async def empty_archive(database: str) -> AsyncIterator[AsyncEngine]:
    """An archive in which there is nothing."""
    engine = open_engine(database)
    try:
        await empty(engine)
        await migrate(engine)
        yield engine
    finally:
        await engine.dispose()


def archived(database: str, use: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    """What comes of doing something with an empty archive."""

    async def work() -> T:
        async with empty_archive(database) as engine:
            return await use(engine)

    return asyncio.run(work())


def refusal_of_site(database: str, data: Path) -> str:
    """The one line with which the site ends at once over a database."""
    site = subprocess.run(
        [sys.executable, "-m", "streams", "site"],
        env={
            **os.environ,
            "NEWSDIFF_DATABASE_URL": database,
            "NEWSDIFF_DATA": str(data),
            "NEWSDIFF_SITE": "127.0.0.1:0",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (site.returncode, site.stderr.count("\n")) == (1, 1)
    return site.stderr
