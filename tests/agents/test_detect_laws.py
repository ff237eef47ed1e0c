"""What holds for every sequence of fetches of an article."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from random import Random

from detect_fetches import Table, fetched, gone, page, partition_of, prose, told
from hypothesis import given
from hypothesis import strategies as st

from agents.detect.page import read_page
from agents.detect.row import Row, decode_row, encode_row
from agents.detect.step import Detect
from schemas.record import Record

LONG = tuple(f"{paragraph} So it was on day {n}." for n in range(3) for paragraph in prose(n))
PAGES = {
    "whole": page(*LONG),
    "edited": page(*LONG[:-1], "Nobody knows what the board will say of all this tomorrow."),
    "gutted": page(*LONG[:1]),
    "replaced": page(*(" ".join(reversed(text.split())) for text in LONG)),
    "minor": page(*LONG, "It still rains."),
    "cut short": page(*LONG).partition(LONG[9].encode())[0],
    "error": page("Please try again.", title="Something went wrong"),
}


@dataclass(frozen=True)
class Shown:
    """A page, with an advertisement, of which its producer would look for a second time."""

    page: str
    noise: int
    recheck: bool

    def record(self, hours: float) -> Record:
        """Its fetch."""
        body = PAGES[self.page].replace(b"</article>", b"</article><div>Buy %d hats</div>" % self.noise)
        record = fetched(body, hours)
        return replace(record, headers=(*record.headers, ("recheck", b"true"))) if self.recheck else record


Step = tuple[int, str | int | Shown]
HOURS = st.sampled_from([0, 1, 5, 12, 30])
STATUSES = st.sampled_from([404, 410, 503])
SHOWN = st.builds(Shown, st.sampled_from(sorted(PAGES)), st.integers(0, 2), st.booleans())
# Hours since the fetch before; texts by their names or in pages, and what is no text by its status.
SEQUENCES = st.one_of(
    st.lists(st.tuples(HOURS, st.sampled_from(["A", "B", "C"]) | STATUSES), max_size=25),
    st.lists(st.tuples(HOURS, SHOWN | STATUSES), max_size=12),
)
"""Fetches in the order of their times, several at one time included."""

reread = cache(read_page)


def table(remembered: int = 100) -> Table:
    """An empty one, with a program that has just started."""
    return Table(Detect(partition_of, reread, remembered))


def records(steps: list[Step]) -> list[Record]:
    """The fetch records of such a sequence."""
    made, hours = [], 0
    for after, what in steps:
        hours += after
        if isinstance(what, str):
            made.append(told(what, hours))
        elif isinstance(what, Shown):
            made.append(what.record(hours))
        else:
            made.append(gone(hours, what) if what in (404, 410) else fetched(b"", hours, status=what))
    return made


@given(SEQUENCES, st.data())
def test_replaying_any_prefix_changes_nothing(steps: list[Step], data: st.DataObject) -> None:
    """Importing fetches again, all or the first of them, makes no version and leaves every row as it is."""
    sequence = records(steps)
    own = table()
    own.feed(*sequence)
    versions, rows = list(own.versions), dict(own.rows)
    own.feed(*sequence[: data.draw(st.integers(0, len(sequence)))])
    assert own.versions == versions
    assert own.rows == rows


@given(st.permutations(list(range(8))), st.lists(st.sampled_from(["A", "B", 404]), min_size=8, max_size=8))
def test_in_any_order_times_only_grow(order: list[int], what: list[str | int]) -> None:
    """However fetches are mixed up, versions come in the order of their times, each later than the one before."""
    own = table()
    own.feed(*(told(text, hour * 9) if isinstance(text := what[hour], str) else gone(hour * 9) for hour in order))
    times = [version.fetched_at for version in own.versions]
    assert times == sorted(set(times))


@given(SEQUENCES)
def test_a_restart_between_any_two_records_changes_nothing(steps: list[Step]) -> None:
    """A new instance for each record, with nothing but the rows, writes what one instance writes."""
    steady, restarted = table(), table()
    for record in records(steps):
        restarted.detect = table().detect
        assert restarted.handle(record) == steady.handle(record)


@given(SEQUENCES)
def test_rows_survive_being_written(steps: list[Step]) -> None:
    """At every point the row that is read is the row that was written."""
    own = table()
    for record in records(steps):
        own.handle(record)
        row = decode_row(own.rows.get(record.key))
        if row is not None:
            assert isinstance(row, Row)
            assert decode_row(encode_row(row)) == row


@given(SEQUENCES)
def test_the_chain_is_unbroken(steps: list[Step]) -> None:
    """Versions are numbered from 1, each names its predecessor, and only what was removed returns."""
    own = table()
    own.feed(*records(steps))
    kinds = [version.kind for version in own.versions]
    assert [version.version for version in own.versions] == list(range(1, len(kinds) + 1))
    assert [version.article.change_count for version in own.versions] == list(range(len(kinds)))
    assert kinds[:1] in ([], ["first"])
    by_number = {version.version: version for version in own.versions}
    for before, after in zip(own.versions, own.versions[1:], strict=False):
        assert after.previous is not None
        assert (after.previous.version, after.previous.hash) == (before.version, before.hash)
        assert (before.kind == "removed") == (after.kind == "returned")
        assert (after.hash == before.hash) <= (after.kind in ("removed", "returned"))
        assert (after.kind == "restored") == (after.restores_version is not None)
        if after.restores_version is not None:
            assert by_number[after.restores_version].hash == after.hash


@given(SEQUENCES, st.randoms(use_true_random=False))
def test_the_memory_changes_no_result(steps: list[Step], chance: Random) -> None:
    """Whatever is late, gone, back or repeated, a memory only saves work."""
    sequence = records(steps) * 2
    chance.shuffle(sequence)
    plain, remembering = table(0), table()
    assert [plain.handle(record) for record in sequence] == [remembering.handle(record) for record in sequence]
