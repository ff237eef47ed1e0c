"""Rows of detect as the table holds them."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import orjson
import pytest

from agents.detect.ladder import NoVersion, judge_gone, next_row
from agents.detect.reading import Reading
from agents.detect.row import decode_row, encode_row

TIME = datetime(2026, 3, 1, 12, 0, 0, 1, tzinfo=UTC)
LATER = TIME.replace(day=9)
READING = Reading(title="Sturm über Eastmere", byline="Ada Quill", visible="c" * 32)
ROW = next_row(
    next_row(None, TIME, "first", "a" * 32, source="Écho", reading=READING, offset=0),
    LATER,
    "edited",
    "b" * 32,
    source="Écho",
    reading=READING,
    offset=0,
)


def test_a_row_is_read_as_it_was_written() -> None:
    """Times to the microsecond, hashes in their order, and the count of answers 404."""
    assert decode_row(encode_row(ROW)) == ROW
    pending = judge_gone(ROW, LATER.replace(day=10))
    assert isinstance(pending, NoVersion)
    assert pending.row is not None
    assert decode_row(encode_row(pending.row)) == pending.row


def test_rows_of_other_programs_are_read() -> None:
    """Fields that a newer program added are passed over, those that an older one did not have take their defaults."""
    fields = orjson.loads(encode_row(ROW)) | {"fingerprint": [1, 2]}
    for name in ("removed", "gone_count", "gone_since", "gone_last", "byline"):
        del fields[name]
    row = decode_row(orjson.dumps(fields))
    assert row is not None
    assert (row.texts, row.removed, row.gone_count, row.byline) == (ROW.texts, False, 0, None)


def test_no_row_is_no_row() -> None:
    """An article without a row has none; what is no row is not taken for one."""
    assert decode_row(None) is None
    for corrupt in (b"", b"{}", b"\xff"):
        with pytest.raises((orjson.JSONDecodeError, msgspec.ValidationError)):
            decode_row(corrupt)


def test_a_full_row_is_small() -> None:
    """An article with any number of versions has a row of a few kilobytes."""
    row = ROW
    for number in range(200):
        row = next_row(
            row, LATER.replace(year=2027), "edited", f"{number:032x}", source="Écho", reading=READING, offset=0
        )
    assert len(encode_row(row)) < 4096
