"""How many bytes articles take: in Kafka's topics, in the workers' tables, and in the archive.

Each article is read once and edited twice, as pages of a paper are: what is measured is what lies on the disks then, so
that what compresses is compressed, but for the changelogs, which are counted as they would be compacted.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from sqlalchemy import text

from agents.archive.batch import batch_of
from agents.archive.migrations import migrate
from agents.archive.store import Store, open_engine
from schemas import topics
from schemas.record import Record
from streams.archiving import AT_ONCE
from streams.settings import Settings
from streams.topics import changelog_name
from tests.bench.deployment import QUICK, Row, Tables, deployment, settle, write
from tests.bench.pages import Archive
from tests.bench.readers import workers
from tests.postgres import postgres, programs
from tests.service import Client

SIZE = 100_000
ARTICLES, EDITS = (50, 2) if QUICK else (1_000, 2)


def measure() -> Tables:
    """A row for each place, with the bytes of what it holds."""
    with deployment() as settings:
        archive = Archive(SIZE, ARTICLES)
        with workers(settings):
            write(settings, archive.everything())
            settle(settings)
            for _ in range(EDITS):
                write(settings, (archive.changed(number) for number in range(ARTICLES)))
                settle(settings)
        rows = [*_kafka(settings), *_tables(settings), *_archives(settings)]
    return {f"bytes on disk: {ARTICLES:,} articles, pages of {SIZE // 1000} kB, {EDITS} edits each": rows}


def _kafka(settings: Settings) -> list[Row]:
    held = {
        topics.FETCH: ("a fetch", ARTICLES * (1 + EDITS)),
        topics.VERSION: ("a version", ARTICLES * (1 + EDITS)),
        topics.CHANGE: ("a change", ARTICLES * EDITS),
    }
    return [
        _row(
            f"Kafka, {topic}", what, sum(file.stat().st_size for file in settings.data.rglob(f"{topic}-*/*.log")), count
        )
        for topic, (what, count) in held.items()
    ]


def _tables(settings: Settings) -> list[Row]:
    rows = []
    for stage in ("detect", "diff"):
        changelog = changelog_name(settings.app_id, stage)
        newest = {record.key: record for record in Client(settings).read(changelog)}
        rows.append(_row(f"changelog of {stage}, compacted", "an article", _size_of(newest.values()), len(newest)))
        [*tables] = settings.data.rglob(f"tables/{settings.app_id}/{stage}")
        rows.append(_row(f"table of {stage}, RocksDB", "an article", sum(map(_size, tables)), len(newest)))
    return rows


def _size_of(records: object) -> int:
    """What keys and values take before Kafka compresses them."""
    return sum(len(record.key or b"") + len(record.value or b"") for record in records)


def _size(directory: Path) -> int:
    """Tables and write-ahead logs, without what RocksDB notes about itself."""
    return sum(file.stat().st_size for file in directory.rglob("*") if file.suffix in (".sst", ".log"))


def _archives(settings: Settings) -> list[Row]:
    client = Client(settings)
    records = client.read(topics.VERSION) + client.read(topics.CHANGE)
    rows = []
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "archive.db"
        asyncio.run(_stored(f"sqlite:///{file}", records, None))
        rows.append(_row("archive, SQLite", "a version, with its change", file.stat().st_size, ARTICLES * (1 + EDITS)))
        if programs() is not None:
            with postgres(Path(directory) / "postgres") as url:
                size = asyncio.run(_stored(url, records, "SELECT pg_database_size(current_database())"))
            rows.append(_row("archive, PostgreSQL", "a version, with its change", size, ARTICLES * (1 + EDITS)))
    return rows


async def _stored(url: str, records: list[Record], question: str | None) -> int:
    """Store all, and ask the database by how much it has grown."""
    engine = open_engine(url)

    async def size() -> int:
        async with engine.connect() as connection:
            return int((await connection.execute(text(question))).scalar_one()) if question else 0

    try:
        await migrate(engine)
        store, before = Store(engine), await size()
        for at in range(0, len(records), AT_ONCE):
            await store.write(batch_of(records[at : at + AT_ONCE]))
        return await size() - before
    finally:
        await engine.dispose()


def _row(where: str, what: str, size: int, count: int) -> Row:
    return {"where": where, "of": what, "bytes": float(size), "bytes each": size / count}
