"""A dead letter keeps the record as it was and says why it is one; a foreign one is not trusted."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import topics
from schemas.dead_letter import MAX_ATTEMPTS, MAX_TEXT, PREFIX, DeadLetter, dead_letter, read_dead_letter, replayed
from schemas.errors import BadRecordError, Reason
from schemas.record import Headers, Output, Record

WHEN = datetime(2026, 3, 2, tzinfo=UTC)
OWN: Headers = (("ce_id", b"1"), ("source", b"The Ferrow Ledger"), ("ce_id", b"2"))

HEADER_NAMES = st.text(max_size=20) | st.sampled_from(["attempts", "reason", "step", "x", ""]).map(PREFIX.__add__)
RECORDS = st.builds(
    Record,
    topic=st.from_regex(r"[A-Za-z0-9._-]{1,249}", fullmatch=True),
    partition=st.integers(0, 2**31 - 1),
    offset=st.integers(0, 2**63 - 1),
    timestamp=st.just(WHEN),
    key=st.none() | st.binary(),
    value=st.none() | st.binary(),
    headers=st.lists(st.tuples(HEADER_NAMES, st.binary())).map(tuple),
)


def standing(output: Output) -> Record:
    """What was written, as it then stands in its topic."""
    return Record(output.topic, 0, 7, WHEN, output.key, output.value, output.headers)


def failed(headers: Headers = OWN, error: str = "no", attempts: int = 1) -> Output:
    """The dead letter of a fetch."""
    record = Record(topics.FETCH, 3, 1041, WHEN, b"key", b"value", headers)
    return dead_letter(record, step="detect", reason=Reason.BAD_URL, error=error, attempts=attempts)


@given(record=RECORDS, reason=st.sampled_from(Reason), error=st.text(), step=st.text())
def test_round_trip(record: Record, reason: Reason, error: str, step: str) -> None:
    """Whatever the record, its dead letter holds key, value and headers as they were, and says where it stands."""
    letter = read_dead_letter(standing(dead_letter(record, step=step, reason=reason, error=error)))
    assert (letter.key, letter.value) == (record.key, record.value)
    assert letter.headers == tuple(header for header in record.headers if not header[0].startswith(PREFIX))
    assert (letter.topic, letter.partition, letter.offset) == (record.topic, record.partition, record.offset)
    assert letter.reason is reason
    assert letter.attempts >= 1


def test_fields() -> None:
    """A dead letter is on its own topic, under the record's key, and is read as it was written."""
    output = failed()
    assert (output.topic, output.key) == (topics.DEAD_LETTER, b"key")
    assert read_dead_letter(standing(output)) == DeadLetter(
        step="detect",
        reason=Reason.BAD_URL,
        error="no",
        topic=topics.FETCH,
        partition=3,
        offset=1041,
        attempts=1,
        key=b"key",
        value=b"value",
        headers=OWN,
    )


def test_tombstone_and_null_headers_are_kept() -> None:
    """A record without key and value, whose header has a null value as Kafka allows, is kept like any other."""
    null: Any = None
    record = Record(topics.FETCH, 0, 0, WHEN, None, None, (("etag", null),))
    letter = read_dead_letter(standing(dead_letter(record, step="detect", reason=Reason.NO_VALUE, error="")))
    assert (letter.key, letter.value, letter.headers) == (None, None, record.headers)


@given(lives=st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_replays_count_and_do_not_pile_up(lives: list[int]) -> None:
    """However often a record dies again, its attempts add up, and it has no more headers than the first time."""
    output = failed(attempts=lives[0])
    first = output
    for attempts in lives[1:]:
        replay = standing(replayed(read_dead_letter(standing(output))))
        assert (replay.topic, replay.key, replay.value) == (topics.FETCH, b"key", b"value")
        output = dead_letter(replay, step="detect", reason=Reason.BAD_URL, error="no", attempts=attempts)
    letter = read_dead_letter(standing(output))
    assert letter.attempts == sum(lives)
    assert letter.headers == OWN
    assert [name for name, _ in output.headers] == [name for name, _ in first.headers]


@pytest.mark.parametrize("claim", [b"-1", b"0x10", b"1e9", b"", b"\xff", "٣".encode(), b"9" * 5000, b"1000001", b"1\n"])
def test_insane_attempts_are_not_counted(claim: bytes) -> None:
    """A record that comes with an impossible count of attempts is counted from the start."""
    assert read_dead_letter(standing(failed((("dead_letter_attempts", claim),)))).attempts == 1


def test_attempts_have_an_end() -> None:
    """The count stops where a higher one would not be believed, so that what was written can be read."""
    output = failed((("dead_letter_attempts", str(MAX_ATTEMPTS).encode()),))
    assert read_dead_letter(standing(output)).attempts == MAX_ATTEMPTS


@given(error=st.text() | st.sampled_from(["a\r\nb", "\x1b[2J", "x" * 10_000_000, "\ud800"]))
def test_error_is_one_short_line(error: str) -> None:
    """Whatever a message quotes, it is one printable line of bounded length."""
    kept = read_dead_letter(standing(failed(error=error))).error
    assert len(kept) <= MAX_TEXT
    assert kept == "" or kept.isprintable()


def test_words_of_the_error_are_kept() -> None:
    """A message of several lines keeps its words."""
    assert read_dead_letter(standing(failed(error="bad\n  url\tthere "))).error == "bad url there"


@pytest.mark.parametrize("name", ["step", "reason", "error", "topic", "partition", "offset", "attempts"])
def test_missing_header(name: str) -> None:
    """A dead letter that lacks a header is refused, and the message names it."""
    output = failed()
    record = standing(
        Output(output.topic, output.key, output.value, tuple(h for h in output.headers if h[0] != PREFIX + name))
    )
    with pytest.raises(BadRecordError, match=rf"article\.dead-letter\.v1\[0\]@7: .*{PREFIX}{name}") as caught:
        read_dead_letter(record)
    assert caught.value.reason is Reason.BAD_FIELD


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reason", b"because"),
        ("topic", b"../etc"),
        ("topic", b""),
        ("topic", b"a" * 250),
        ("partition", b"-1"),
        ("partition", b"2147483648"),
        ("offset", b"9223372036854775808"),
        ("offset", b"9" * 5000),
        ("offset", "٣".encode()),
        ("offset", b"\xff\xfe"),
        ("attempts", b"0"),
        ("attempts", b"1000001"),
        ("attempts", b"many"),
    ],
)
def test_garbage_header(name: str, value: bytes) -> None:
    """A header with an impossible value is refused, and the message names it and stays short."""
    output = failed()
    record = standing(Output(output.topic, output.key, output.value, (*output.headers, (PREFIX + name, value))))
    with pytest.raises(BadRecordError, match=f"{PREFIX}{name} is ") as caught:
        read_dead_letter(record)
    assert caught.value.reason is Reason.BAD_FIELD
    assert len(str(caught.value)) < 400


@given(headers=st.lists(st.tuples(HEADER_NAMES, st.binary())).map(tuple))
def test_foreign_dead_letters_never_crash(headers: Headers) -> None:
    """Whatever headers a record of the dead letter topic has, it is read or refused as a bad record."""
    with contextlib.suppress(BadRecordError):
        read_dead_letter(Record(topics.DEAD_LETTER, 0, 0, WHEN, None, None, headers))
