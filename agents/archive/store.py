"""The archive's database: SQLite or PostgreSQL, one code path."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Table, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.event import listen
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from agents.archive import tables, words
from agents.archive.batch import Batch
from agents.archive.database_url import TLS, read_url, tls_of
from agents.archive.rows import Values, number_of, unpacked, words_of_change, words_of_version
from schemas.change import Change
from schemas.codec import decode
from schemas.errors import UnavailableError
from schemas.version import Version

E = TypeVar("E", Version, Change)
K = TypeVar("K")

LAST = datetime.max.replace(tzinfo=UTC)

AT_ONCE = 500
"""Keys in one question: databases bound the number of parameters."""

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}

_INSERT: dict[str, type[sqlite.Insert | postgresql.Insert]]
_INSERT = {"sqlite": sqlite.Insert, "postgresql": postgresql.Insert}
"""Their own statements, which can tell what to do with rows that are stored already."""

_LOCK = text("SELECT pg_try_advisory_lock(hashtext('newsdiff archive'))")
_UNLOCK = text("SELECT pg_advisory_unlock(hashtext('newsdiff archive'))")

_HELD = text("SELECT 1")

_OVERWRITE = text("PRAGMA secure_delete=ON")
"""What is deleted is overwritten, so that it cannot be read in the file."""

_EMPTY_LOG = text("PRAGMA wal_checkpoint(TRUNCATE)")

_PRAGMAS = (
    "journal_mode=WAL",
    "wal_autocheckpoint=16384",  # 64 MiB: a page that many batches change is written to its place once
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "cache_size=-65536",
)


def open_engine(url: str) -> AsyncEngine:
    """The engine for a database: `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST/NAME`.

    Raises:
        SettingsError: the authorities that it names cannot be read.
    """
    read = read_url(url)
    driver = read.set(drivername=DRIVERS[read.drivername]).difference_update_query(TLS)
    engine = create_async_engine(driver, pool_pre_ping=True, connect_args=tls_of(read))
    if engine.dialect.name == "sqlite":
        listen(engine.sync_engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's own type
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class Store:
    """Writes batches. What was written once is not written again, whatever is read anew."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._lock: AsyncConnection | None = None
        self._may_have_remains = True  # of what was forgotten when this process was killed the last time

    async def progress(self) -> dict[tuple[str, int], int]:
        """The offset after the last record that is stored, by topic and partition."""
        async with self._engine.connect() as connection:
            found = await connection.execute(select(tables.progress))
            return {(row.topic, row.partition): row.next_offset for row in found}

    @contextlib.asynccontextmanager
    async def alone(self) -> AsyncIterator[bool]:
        """A context in which no other process stores; False where another one does. SQLite has but one by its file."""
        if self._engine.dialect.name == "sqlite":
            yield True
            return
        async with self._engine.connect() as connection:
            is_alone = (await connection.execute(_LOCK)).scalar_one()
            await connection.commit()
            self._lock = connection if is_alone else None
            try:
                yield is_alone
            finally:
                self._lock = None
                with contextlib.suppress(SQLAlchemyError, OSError):
                    await connection.execute(_UNLOCK)

    async def claim(self, cluster: str) -> str:
        """The id of the Kafka cluster that the archive belongs to: this one, where it was nobody's."""
        is_its = tables.about.c.name == "cluster"
        async with self._engine.begin() as connection:
            known = (await connection.execute(select(tables.about.c.value).where(is_its))).scalar()
            if known is None:
                await connection.execute(tables.about.insert().values(name="cluster", value=cluster))
            return known or cluster

    async def complete(self) -> None:
        """Add to rows what they lack where an older version of this program stored them after the migration."""
        label, change = tables.change_label, tables.change
        its = change.c.id == label.c.change_id
        told = {name: select(change.c[name]).where(its).scalar_subquery() for name in ("source", "kind")}
        async with self._engine.begin() as connection:
            await connection.execute(label.update().where(label.c.source == "", label.c.kind == "").values(told))

    async def write(self, batch: Batch) -> None:
        """Store what a batch changes, and how far it goes, in one transaction.

        Raises:
            UnavailableError: the database was restarted, so that another process may store by now.
        """
        await self._see_that_it_is_alone()
        async with self._engine.begin() as connection:
            await _take_down(connection, batch)
            await _leave_out_forgotten(connection, batch)
            await _add_versions(connection, batch)
            await _add_changes(connection, batch)
            await _add_words(connection, batch)
            await _replace(connection, tables.watching, tables.watching.c.url, batch.watching)
            for (topic, partition), offset in batch.progress.items():
                place = (tables.progress.c.topic == topic) & (tables.progress.c.partition == partition)
                await connection.execute(tables.progress.delete().where(place))
                row = {"topic": topic, "partition": partition, "next_offset": offset}
                await connection.execute(tables.progress.insert().values(row))
        self._may_have_remains |= bool(_forgotten(batch))
        if self._may_have_remains and self._engine.dialect.name == "sqlite":
            self._may_have_remains = not await self._empty_log()

    async def _see_that_it_is_alone(self) -> None:
        """A lock ends with the connection that holds it."""
        if self._lock is None:
            return
        try:
            await self._lock.execute(_HELD)
            await self._lock.commit()
        except (SQLAlchemyError, OSError) as error:
            raise UnavailableError("the archive's lock has gone with its connection: it is asked for anew") from error

    async def _empty_log(self) -> bool:
        """Empty the write-ahead log, in which what was deleted still stands; False where a reader needs it now."""
        async with self._engine.connect() as connection:
            is_busy, *_ = (await connection.execute(_EMPTY_LOG)).one()
            return not is_busy


async def _add_versions(connection: AsyncConnection, batch: Batch) -> None:
    insert_into = _INSERT[connection.dialect.name]
    if batch.versions:
        new = insert_into(tables.version).on_conflict_do_nothing()
        await connection.execute(new, list(batch.versions.values()))
    if batch.articles:
        insert = insert_into(tables.article)
        columns = {column.name: column for column in insert.excluded if not column.primary_key}
        is_newer = tables.article.c.version < insert.excluded.version
        newer = insert.on_conflict_do_update(index_elements=["id"], set_=columns, where=is_newer)
        await connection.execute(newer, list(batch.articles.values()))


async def _add_changes(connection: AsyncConnection, batch: Batch) -> None:
    found = await _stored(connection, tables.change.c.id, (tables.change.c.id,), batch.changes)
    stored = {id_ for (id_,) in found}
    new = [row for id_, row in batch.changes.items() if id_ not in stored]
    await _insert(connection, tables.change, new)
    await _insert(connection, tables.change_label, [label for row in new for label in batch.labels[row["id"]]])


async def _add_words(connection: AsyncConnection, batch: Batch) -> None:
    documents = {row["number"]: row for row in batch.words.values()}
    number = tables.document.c.number
    stored = {known for (known,) in await _stored(connection, number, (number,), documents)}
    new = [row for known, row in documents.items() if known not in stored]
    if new:
        await words.add(connection, new)


async def _take_down(connection: AsyncConnection, batch: Batch) -> None:
    """Note what shall not be shown, and remove for good what shall be forgotten."""
    await _replace(connection, tables.takedown, tables.takedown.c.url, batch.takedowns)
    for row in _forgotten(batch):
        await _forget(connection, row["article_id"], row["at"] if row["released"] else LAST)
        if not row["released"]:
            await connection.execute(tables.watching.delete().where(tables.watching.c.url == row["url"]))


def _forgotten(batch: Batch) -> list[Values]:
    return [row for row in batch.takedowns.values() if row is not None and row["state"] == "forgotten"]


async def _forget(connection: AsyncConnection, article_id: str, until: datetime) -> None:
    """Remove what was fetched of an article until a time."""
    if connection.dialect.name == "sqlite":
        await connection.execute(_OVERWRITE)
    gone = {
        tables.change: (tables.change.c.article_id == article_id) & (tables.change.c.dt <= until),
        tables.version: (tables.version.c.article_id == article_id) & (tables.version.c.fetched_at <= until),
    }
    versions = await _events(connection, tables.version, gone[tables.version], Version)
    changes = await _events(connection, tables.change, gone[tables.change], Change)
    found = [(number_of(each.meta.id, each.fetched_at), words_of_version(each)) for each in versions]
    documents = [{"number": known, **held} for known, held in found if held is not None]
    documents += [{"number": number_of(each.meta.id, each.meta.dt), **words_of_change(each)} for each in changes]
    number = tables.document.c.number
    stored = {known for (known,) in await _stored(connection, number, (number,), [row["number"] for row in documents])}
    rows = [row for row in documents if row["number"] in stored]
    if rows:
        await words.take_out(connection, rows)
    ids = select(tables.change.c.id).where(gone[tables.change])
    await connection.execute(tables.change_label.delete().where(tables.change_label.c.change_id.in_(ids)))
    for table, condition in gone.items():
        await connection.execute(table.delete().where(condition))
    left = select(tables.version.c.article_id).where(tables.version.c.article_id == article_id)
    await connection.execute(tables.article.delete().where(tables.article.c.id == article_id, ~left.exists()))


async def _events(connection: AsyncConnection, table: Table, condition: ColumnElement[bool], kind: type[E]) -> list[E]:
    found = await connection.execute(select(table.c.event).where(condition))
    return [decode(unpacked(stored), kind, "a stored event") for stored in found.scalars()]


async def _leave_out_forgotten(connection: AsyncConnection, batch: Batch) -> None:
    """Take out of a batch what is of an article that shall be forgotten."""
    ids = {row["article_id"] for row in (*batch.versions.values(), *batch.changes.values())}
    table = tables.takedown
    columns = (table.c.article_id, table.c.url, table.c.state, table.c.at, table.c.released)
    found = [row for row in await _stored(connection, table.c.article_id, columns, ids) if row[2] == "forgotten"]
    if not found:
        return
    until = {id_: at if released else LAST for id_, _, _, at, released in found}
    gone = {url for _, url, _, _, released in found if not released}

    def kept(rows: dict[K, Values], time: str) -> dict[K, Values]:
        ends = {key: until.get(row["article_id"]) for key, row in rows.items()}
        return {key: row for key, row in rows.items() if (end := ends[key]) is None or row[time] > end}

    batch.versions, batch.changes = kept(batch.versions, "fetched_at"), kept(batch.changes, "dt")
    batch.words = kept(batch.words, "dt")
    batch.articles = {id_: row for id_, row in batch.articles.items() if (id_, row["version"]) in batch.versions}
    batch.watching = {url: row for url, row in batch.watching.items() if url not in gone}


async def _replace(connection: AsyncConnection, table: Table, key: Column[str], rows: dict[str, Values | None]) -> None:
    for keys in _chunks(list(rows)):
        await connection.execute(table.delete().where(key.in_(keys)))
    await _insert(connection, table, [row for row in rows.values() if row is not None])


async def _insert(connection: AsyncConnection, table: Table, rows: Sequence[Values]) -> None:
    if rows:
        await connection.execute(table.insert(), rows)


async def _stored(
    connection: AsyncConnection,
    key: Column[Any],
    columns: Sequence[Column[Any]],
    wanted: Collection[Any],
) -> set[tuple[Any, ...]]:
    """Those of some columns' values that stand in the rows with the wanted keys."""
    found: set[tuple[Any, ...]] = set()
    for keys in _chunks(list(wanted)):
        found.update(tuple(row) for row in await connection.execute(select(*columns).where(key.in_(keys))))
    return found


def _chunks(keys: Sequence[Any]) -> list[Sequence[Any]]:
    return [keys[at : at + AT_ONCE] for at in range(0, len(keys), AT_ONCE)]
