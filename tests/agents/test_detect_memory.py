"""Remembering fetches that change nothing."""

from __future__ import annotations

import dataclasses

import pytest
from detect_fetches import URL, fetched
from hypothesis import given
from hypothesis import strategies as st

from agents.detect.memory import Memory
from schemas.errors import BadRecordError
from schemas.fetch import is_sound, read_fetch
from schemas.record import Record

FETCH = fetched(b"<p>Storm</p>")
ROW = b"row"


def knows(memory: Memory, record: Record, row: bytes = ROW) -> bool:
    """Whether a memory knows this record."""
    written = int(record.timestamp.timestamp() * 1000)
    return memory.knows(record.key or b"", record.value or b"", record.headers, written, row)


def knowing(record: Record = FETCH) -> Memory:
    """A memory that has seen this record, before which the row was ROW."""
    memory = Memory(9)
    memory.remember(record, ROW)
    return memory


def test_the_same_page_at_another_time_is_known() -> None:
    """The headers that name the one fetch don't count; the row before it does."""
    later = dataclasses.replace(fetched(b"<p>Storm</p>", 5), offset=9)
    assert later.headers != FETCH.headers
    assert knows(knowing(), later)
    assert not knows(knowing(), later, b"another row")


def header(name: str, value: bytes) -> Record:
    """The fetch with a header replaced."""
    others = tuple(pair for pair in FETCH.headers if pair[0] != name)
    return dataclasses.replace(FETCH, headers=(*others, (name, value)))


@pytest.mark.parametrize(
    "record",
    [
        fetched(b"<p>Calm</p>"),
        fetched(b"<p>Storm</p>", content_type="text/html; charset=koi8-r"),
        fetched(b"<p>Storm</p>", status=404),
        header("ce_subject", URL.encode() + b"/2"),
        header("ce_id", b""),
        header("ce_id", b"x" * 10_000),
        header("ce_time", b"yesterday"),
        header("ce_time", b"\xff"),
        header("ce_time", b"2026-03-01T12:00:00"),
        header("ce_time", b"1969-01-01T00:00:00Z"),
        header("ce_time", b"9999-01-01T00:00:00Z"),
        dataclasses.replace(FETCH, key=b"another"),
    ],
)
def test_what_may_have_another_effect_is_not_known(record: Record) -> None:
    """Another body, charset, status or URL, or an id or time that is not as it has to be, has to be read."""
    assert not knows(knowing(), record)


@given(
    st.sampled_from([b"", b"1", b"x" * 9000, b"\xff"]),
    st.sampled_from([b"", b"now", b"2026-03-01", b"\xff"])
    | st.datetimes().map(lambda time: time.isoformat().encode())
    | st.datetimes().map(lambda time: time.isoformat().encode() + b"Z")
    | st.text(alphabet="0123456789-:TZ+.,", max_size=30).map(str.encode),
)
def test_what_is_sound_can_be_read(identity: bytes, time: bytes) -> None:
    """The quick look never accepts an id or a time which the reader of fetches refuses."""
    others = tuple(pair for pair in FETCH.headers if pair[0] not in ("ce_id", "ce_time"))
    record = dataclasses.replace(FETCH, headers=(*others, ("ce_id", identity), ("ce_time", time)))
    try:
        read_fetch(record)
    except BadRecordError:
        assert not is_sound(identity, time, int(record.timestamp.timestamp() * 1000))


def test_a_structured_event_is_not_remembered() -> None:
    """Its time stands in its value, and has to be looked at each time."""
    structured = dataclasses.replace(header("content-type", b"application/cloudevents+json"), value=b"{}")
    assert not knows(knowing(structured), structured)


def test_the_article_that_was_seen_longest_ago_is_forgotten() -> None:
    """There are never more articles than allowed."""
    memory = Memory(2)
    fetches = {key: dataclasses.replace(FETCH, key=key) for key in (b"a", b"b", b"c")}
    for key in (b"a", b"b", b"a", b"c"):
        memory.remember(fetches[key], ROW)
    assert [knows(memory, fetches[key]) for key in (b"a", b"b", b"c")] == [True, False, True]
