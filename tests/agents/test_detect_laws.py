"""What holds for every sequence of fetches of an article."""

from __future__ import annotations

from random import Random

from detect_fetches import Table, fetched, gone, partition_of, told
from hypothesis import given
from hypothesis import strategies as st

from agents.detect.page import read_page
from agents.detect.row import Row, decode_row, encode_row
from agents.detect.step import Detect
from schemas.record import Record

# Hours since the fetch before; texts by their names, and what is no text by its status.
STEPS = st.tuples(st.sampled_from([0, 1, 5, 12, 30]), st.sampled_from(["A", "B", "C", 404, 410, 503]))
SEQUENCES = st.lists(STEPS, max_size=25)
"""Fetches in the order of their times, several at one time included."""


def records(steps: list[tuple[int, str | int]]) -> list[Record]:
    """The fetch records of such a sequence."""
    made, hours = [], 0
    for after, what in steps:
        hours += after
        if isinstance(what, str):
            made.append(told(what, hours))
        else:
            made.append(gone(hours, what) if what in (404, 410) else fetched(b"", hours, status=what))
    return made


@given(SEQUENCES, st.data())
def test_replaying_any_prefix_changes_nothing(steps: list[tuple[int, str | int]], data: st.DataObject) -> None:
    """Importing fetches again, all or the first of them, makes no version and leaves every row as it is."""
    sequence = records(steps)
    table = Table()
    table.feed(*sequence)
    versions, rows = list(table.versions), dict(table.rows)
    table.feed(*sequence[: data.draw(st.integers(0, len(sequence)))])
    assert table.versions == versions
    assert table.rows == rows


@given(st.permutations(list(range(8))), st.lists(st.sampled_from(["A", "B", 404]), min_size=8, max_size=8))
def test_in_any_order_times_only_grow(order: list[int], what: list[str | int]) -> None:
    """However fetches are mixed up, versions come in the order of their times, each later than the one before."""
    table = Table()
    table.feed(*(told(text, hour * 9) if isinstance(text := what[hour], str) else gone(hour * 9) for hour in order))
    times = [version.fetched_at for version in table.versions]
    assert times == sorted(set(times))


@given(SEQUENCES)
def test_a_restart_between_any_two_records_changes_nothing(steps: list[tuple[int, str | int]]) -> None:
    """A new instance for each record, with nothing but the rows, writes what one instance writes."""
    steady, restarted = Table(), Table()
    for record in records(steps):
        restarted.detect = Detect(partition_of, read_page)
        assert restarted.handle(record) == steady.handle(record)


@given(SEQUENCES)
def test_rows_survive_being_written(steps: list[tuple[int, str | int]]) -> None:
    """At every point the row that is read is the row that was written."""
    table = Table()
    for record in records(steps):
        table.handle(record)
        row = decode_row(table.rows.get(record.key))
        if row is not None:
            assert isinstance(row, Row)
            assert decode_row(encode_row(row)) == row


@given(SEQUENCES)
def test_the_chain_is_unbroken(steps: list[tuple[int, str | int]]) -> None:
    """Versions are numbered from 1, each names its predecessor, and only what was removed returns."""
    table = Table()
    table.feed(*records(steps))
    kinds = [version.kind for version in table.versions]
    assert [version.version for version in table.versions] == list(range(1, len(kinds) + 1))
    assert [version.article.change_count for version in table.versions] == list(range(len(kinds)))
    assert kinds[:1] in ([], ["first"])
    by_number = {version.version: version for version in table.versions}
    for before, after in zip(table.versions, table.versions[1:], strict=False):
        assert after.previous is not None
        assert (after.previous.version, after.previous.hash) == (before.version, before.hash)
        assert (before.kind == "removed") == (after.kind == "returned")
        assert (after.hash == before.hash) <= (after.kind in ("removed", "returned"))
        assert (after.kind == "restored") == (after.restores_version is not None)
        if after.restores_version is not None:
            assert by_number[after.restores_version].hash == after.hash


@given(SEQUENCES, st.randoms(use_true_random=False))
def test_the_memory_changes_no_result(steps: list[tuple[int, str | int]], chance: Random) -> None:
    """Whatever is late, gone, back or repeated, a memory only saves work."""
    sequence = records(steps) * 2
    chance.shuffle(sequence)
    plain, remembering = Table(Detect(partition_of, read_page, 0)), Table()
    assert [plain.handle(record) for record in sequence] == [remembering.handle(record) for record in sequence]
