"""Tables: a row of bytes per article and partition, held by a local store and recorded in a changelog topic.

A row that is put while an input is handled is *staged* in memory. It reaches the store, together with the changelog
offset that it stands at, in one batch, and only after the transaction that carries it to the changelog has
committed. So a store is never ahead of the log: what a killed worker leaves behind is a prefix of it, and `restore`
reads the rest.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol, cast

from aiokafka import TopicPartition
from rocksdict import AccessType, BlockBasedOptions, Cache, Options, Rdict, WriteBatch

from schemas.errors import UnavailableError
from streams.kafka import admin_client, committed_consumer
from streams.settings import Settings

log = logging.getLogger(__name__)

Rows = Mapping[bytes, bytes | None]
"""Rows by key; None is a tombstone: it deletes the row."""

MIB = 1024 * 1024
WRITE_BUFFER = MIB
"""Bytes of rows that each table and partition holds in memory until they go into a file, and twice that while they do.
With 4 MiB there is 40 % less to write to disks, but 64 of them take 256 MiB, and more."""

_CACHE = Cache(64 * MIB)
"""Blocks of files, of all tables of the process: with one for each, its memory would grow with its partitions."""

_OFFSET = b"\x00next changelog offset"
"""Where a RocksDB store keeps `next_offset`. No article's key begins with a NUL: keys are URLs."""

_CLUSTER = b"\x00Kafka cluster"
"""Where it keeps the id of the cluster that its rows and its offset are of."""


class Store(Protocol):
    """The rows of one partition of one table."""

    next_offset: int
    """The first changelog offset that the store does not hold."""

    def get(self, key: bytes) -> bytes | None:
        """The row under a key, None where there is none."""
        ...

    def write(self, rows: Rows, next_offset: int) -> None:
        """Write rows and `next_offset` at once: both or, after a crash, neither."""
        ...

    def purge(self, key: bytes) -> None:
        """See that no earlier row under a key can be read in the files."""
        ...

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """All rows."""
        ...

    def belong_to(self, cluster: str) -> None:
        """Forget everything that is of another Kafka cluster than this, whose offsets mean nothing here."""
        ...

    def size(self) -> int:
        """How many bytes it takes on disk."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


class MemoryStore:
    """Rows in a dictionary: every start replays the whole changelog."""

    def __init__(self) -> None:
        self._rows: dict[bytes, bytes] = {}
        self.next_offset = 0

    def get(self, key: bytes) -> bytes | None:
        """See `Store`."""
        return self._rows.get(key)

    def write(self, rows: Rows, next_offset: int) -> None:
        """See `Store`."""
        for key, row in rows.items():
            if row is None:
                self._rows.pop(key, None)
            else:
                self._rows[key] = row
        self.next_offset = next_offset

    def purge(self, key: bytes) -> None:
        """See `Store`: there are no files."""

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """See `Store`."""
        return iter(self._rows.items())

    def belong_to(self, cluster: str) -> None:
        """See `Store`: there is nothing from before this process."""

    def size(self) -> int:
        """See `Store`: none."""
        return 0

    def clear(self) -> None:
        """See `Store`."""
        self._rows.clear()
        self.next_offset = 0

    def close(self) -> None:
        """See `Store`."""


class RocksStore:
    """Rows in a RocksDB database of their own, in the directory `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open()

    def _open(self) -> None:
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            self._db = Rdict(str(self._path), options=_rocks_options(), access_type=AccessType.read_write())
        except Exception as error:  # rocksdict raises bare Exception
            raise UnavailableError(
                f"the table at {self._path} cannot be opened: {error}. If it is damaged, remove it: it is built anew "
                "from its changelog"
            ) from error
        offset = self._db.get(_OFFSET)
        self.next_offset = int(offset) if offset is not None else 0

    def get(self, key: bytes) -> bytes | None:
        """See `Store`."""
        row: bytes | None = self._db.get(key)
        return row

    def write(self, rows: Rows, next_offset: int) -> None:
        """See `Store`."""
        batch = WriteBatch(raw_mode=True)
        for key, row in rows.items():
            if row is None:
                batch.delete(key)
            else:
                batch.put(key, row)
        batch.put(_OFFSET, str(next_offset).encode())
        self._db.write(batch)
        self.next_offset = next_offset

    def purge(self, key: bytes) -> None:
        """See `Store`: the write-ahead log ends with the flush, and the compaction writes the other rows anew."""
        self._db.flush()
        self._db.compact_range(key, key + b"\x00")

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """See `Store`."""
        items = cast("Iterator[tuple[bytes, bytes]]", self._db.items())  # in raw mode, both are bytes
        return ((key, row) for key, row in items if key not in (_OFFSET, _CLUSTER))

    def belong_to(self, cluster: str) -> None:
        """See `Store`."""
        known: bytes | None = self._db.get(_CLUSTER)
        if known == cluster.encode():
            return
        if self.next_offset:
            log.warning("the table at %s is of another Kafka cluster, and is built anew", self._path)
            self.clear()
        self._db.put(_CLUSTER, cluster.encode())

    def size(self) -> int:
        """See `Store`; what stands in memory and in the write-ahead log still is left out."""
        return self._db.property_int_value("rocksdb.total-sst-files-size") or 0

    def clear(self) -> None:
        """See `Store`."""
        self.close()
        shutil.rmtree(self._path)
        self._open()

    def close(self) -> None:
        """See `Store`."""
        self._db.close()


def _rocks_options() -> Options:
    options = Options(raw_mode=True)
    options.create_if_missing(True)  # noqa: FBT003 - rocksdict's signature
    options.set_write_buffer_size(WRITE_BUFFER)
    options.set_max_open_files(64)
    table = BlockBasedOptions()
    table.set_bloom_filter(10, block_based=False)
    table.set_block_cache(_CACHE)
    options.set_block_based_table_factory(table)
    return options


class TablePartition:
    """One partition of a table: its store, the rows that are staged, and its partition of the changelog.

    `on_row` is told of each row that is staged.
    """

    def __init__(self, changelog: TopicPartition, store: Store) -> None:
        self.changelog = changelog
        self.store = store
        self.on_row: Callable[[bytes, bytes | None], object] = lambda _key, _row: None
        self._staged: dict[bytes, bytes | None] = {}
        self._purged: set[bytes] = set()

    def get(self, key: bytes) -> bytes | None:
        """The row under a key, as the open transaction sees it."""
        return self._staged[key] if key in self._staged else self.store.get(key)

    def stage(self, key: bytes, row: bytes | None, *, purge: bool = False) -> None:
        """Put a row for the open transaction; `purge`: and have no earlier one stay on a disk."""
        self._staged[key] = row
        if purge:
            self._purged.add(key)
        self.on_row(key, row)

    def committed(self, last_offset: int) -> None:
        """Write what is staged: the transaction has committed, `last_offset` is its last record in the changelog."""
        self.store.write(self._staged, last_offset + 1)
        self._staged.clear()
        while self._purged:
            self.store.purge(self._purged.pop())

    def close(self) -> None:
        """Drop what is staged and close the store."""
        self._staged.clear()
        self.store.close()


async def restore(
    settings: Settings, tables: Iterable[TablePartition], restored: Callable[[TablePartition], object]
) -> None:
    """Read into each store what its changelog has and it has not; `restored` is told of each that is complete.

    The end is asked from the broker, and reached when the consumer's *position* has passed it: the last offsets of a
    changelog belong to transaction markers, which no consumer ever sees as records.
    """
    pending = {table.changelog: table for table in tables}
    if not pending:
        return
    began, rows = time.monotonic(), 0
    async with admin_client(settings) as admin:
        cluster = (await admin.describe_cluster())["cluster_id"]
    async with committed_consumer(settings) as consumer:
        consumer.assign(list(pending))
        starts = await consumer.beginning_offsets(list(pending))
        ends = await consumer.end_offsets(list(pending))
        for partition, table in pending.items():
            if table.store.next_offset > ends[partition]:
                log.warning(
                    "the table of %s[%d] is ahead of its changelog (%d > %d), and is built anew",
                    *partition,
                    table.store.next_offset,
                    ends[partition],
                )
                table.store.clear()
            table.store.belong_to(cluster)
            consumer.seek(partition, max(table.store.next_offset, starts[partition]))
        while True:
            for partition in list(pending):
                if await consumer.position(partition) >= ends[partition]:
                    restored(pending.pop(partition))
                    consumer.pause(partition)
            if not pending:
                break
            for partition, records in (await consumer.getmany(timeout_ms=200)).items():
                pending[partition].store.write({r.key: r.value for r in records}, records[-1].offset + 1)
                rows += len(records)
            await asyncio.sleep(0)  # the worker has other partitions to serve
    log.info("%d rows read from the changelogs of %d partitions in %.1f s", rows, len(ends), time.monotonic() - began)
