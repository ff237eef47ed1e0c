"""A table's store holds what its changelog holds, whatever happens in between."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import UnavailableError
from streams.tables import MemoryStore, RocksStore, Rows, Store, TablePartition

CHANGELOG = TopicPartition("changelog", 0)
rows = st.dictionaries(st.binary(min_size=1, max_size=3), st.none() | st.binary(max_size=5), max_size=4)


def fold(batches: list[Rows]) -> dict[bytes, bytes]:
    """What a store must hold after these batches."""
    held: dict[bytes, bytes | None] = {}
    for batch in batches:
        held.update(batch)
    return {key: row for key, row in held.items() if row is not None}


@given(st.lists(rows, max_size=6))
def test_both_stores_hold_the_fold_of_their_batches(batches: list[Rows]) -> None:
    """Rows, tombstones and the offset are the same in memory, in RocksDB, and in RocksDB opened again."""
    with tempfile.TemporaryDirectory() as directory:
        memory, rocks = MemoryStore(), RocksStore(Path(directory) / "db")
        for number, batch in enumerate(batches, 1):
            memory.write(batch, number * 10)
            rocks.write(batch, number * 10)
        rocks.close()
        rocks = RocksStore(Path(directory) / "db")
        assert dict(memory.items()) == dict(rocks.items()) == fold(batches)
        assert memory.next_offset == rocks.next_offset == len(batches) * 10
        rocks.close()


@pytest.fixture(params=["memory", "rocksdb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Each kind of store."""
    return MemoryStore() if request.param == "memory" else RocksStore(tmp_path / "db")


def test_staged_rows_are_seen_but_not_stored(store: Store) -> None:
    """A row that is put is there for the next record, and in the store only once it is committed."""
    table = TablePartition(CHANGELOG, store)
    table.stage(b"k", b"1")
    assert table.get(b"k") == b"1"
    assert store.get(b"k") is None
    table.committed(7)
    assert store.get(b"k") == b"1"
    assert store.next_offset == 8


def test_a_staged_tombstone_hides_the_row(store: Store) -> None:
    """A deleted row is gone for the next record, and from the store after the commit."""
    store.write({b"k": b"1"}, 1)
    table = TablePartition(CHANGELOG, store)
    table.stage(b"k", None)
    assert table.get(b"k") is None
    assert store.get(b"k") == b"1"
    table.committed(2)
    assert store.get(b"k") is None


def test_closing_drops_what_is_staged(tmp_path: Path) -> None:
    """Rows of a transaction that never committed leave no trace in the store."""
    table = TablePartition(CHANGELOG, RocksStore(tmp_path / "db"))
    table.stage(b"k", b"1")
    table.close()
    again = RocksStore(tmp_path / "db")
    assert dict(again.items()) == {}
    again.close()


def test_clear_forgets_rows_and_offset(store: Store) -> None:
    """A store that is built anew starts at the beginning of the changelog."""
    store.write({b"k": b"1"}, 5)
    store.clear()
    assert store.next_offset == 0
    assert dict(store.items()) == {}


def test_a_second_writer_is_told_so(tmp_path: Path) -> None:
    """A database that another process holds gives one clear error with its path."""
    first = RocksStore(tmp_path / "db")
    with pytest.raises(UnavailableError, match=str(tmp_path / "db")):
        RocksStore(tmp_path / "db")
    first.close()


def test_a_broken_database_is_told_so(tmp_path: Path) -> None:
    """A file where the database should be gives one clear error with its path."""
    (tmp_path / "db").write_text("no database")
    with pytest.raises(UnavailableError, match=str(tmp_path / "db")):
        RocksStore(tmp_path / "db")


def test_a_store_of_another_cluster_is_built_anew(tmp_path: Path) -> None:
    """Its rows and its offset are forgotten; those of the same cluster stay."""
    store = RocksStore(tmp_path / "db")
    store.belong_to("one")
    store.write({b"k": b"1"}, 5)
    store.belong_to("one")
    assert (dict(store.items()), store.next_offset) == ({b"k": b"1"}, 5)
    store.close()
    store = RocksStore(tmp_path / "db")
    store.belong_to("another")
    assert (dict(store.items()), store.next_offset) == ({}, 0)
    store.close()
