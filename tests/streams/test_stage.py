"""Whatever a step does with a record, something sensible is written."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest

from agents.step import KEEP, Result, Step
from schemas import topics
from schemas.dead_letter import read_dead_letter
from schemas.errors import BadRecordError, Reason
from schemas.record import Output, Record
from streams.stage import Stage, size
from streams.topics import MAX_DEAD_LETTER, MAX_RECORD, MIB

RECORD = Record(topics.FETCH, 3, 7, datetime(2026, 3, 1, tzinfo=UTC), b"key", b"value", (("a", b"1"), ("b", None)))


def stage(step: Step) -> Stage:
    """A stage around a step."""
    return Stage("detect", (topics.FETCH,), step)


def letter_of(result: Result) -> Output:
    """The dead letter that is all there is."""
    (output,) = result.outputs
    assert output.topic == topics.DEAD_LETTER
    return output


def test_what_the_step_wants_is_written() -> None:
    """A result passes through as it is."""
    wanted = Result("new", (Output(topics.VERSION, b"key", b"version"),), b"row")
    assert stage(lambda _record, _row: wanted).handle(RECORD, None) is wanted


def test_a_bad_record_becomes_a_dead_letter() -> None:
    """The record stands in it as it was, with the step, the reason and the place; the row stays."""

    def step(record: Record, row: bytes | None) -> Result:
        raise BadRecordError(Reason.BAD_URL, "it is bad")

    result = stage(step).handle(RECORD, b"row")
    letter = letter_of(result)
    read = read_dead_letter(Record(letter.topic, 0, 0, RECORD.timestamp, letter.key, letter.value, letter.headers))
    assert (read.step, read.reason, read.error) == ("detect", Reason.BAD_URL, "it is bad")
    assert (read.topic, read.partition, read.offset) == (RECORD.topic, 3, 7)
    assert (read.key, read.value, read.headers) == (RECORD.key, RECORD.value, RECORD.headers)
    assert result.row is KEEP


@pytest.mark.parametrize("error", [ValueError("x"), RecursionError(), KeyError("x"), AssertionError()])
def test_a_step_that_fails_does_not_fail_the_worker(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """A fault of the program is a dead letter too, and is logged with where the record stands."""

    def step(record: Record, row: bytes | None) -> Result:
        raise error

    with caplog.at_level(logging.ERROR):
        letter = letter_of(stage(step).handle(RECORD, None))
    assert dict(letter.headers)["dead_letter_reason"] == b"failed"
    assert RECORD.place in caplog.text


def test_an_output_that_kafka_would_refuse_is_not_tried() -> None:
    """An event beyond the limit becomes a dead letter; the row moves on, so that what follows can be used."""
    large = Result("new", (Output(topics.CHANGE, b"key", b"x" * MAX_RECORD),), b"row")
    result = stage(lambda _record, _row: large).handle(RECORD, None)
    assert dict(letter_of(result).headers)["dead_letter_reason"] == b"too_large"
    assert result.row == b"row"


def test_a_record_too_large_for_the_dead_letters_is_named_there() -> None:
    """A value that only fits compressed is left where it stands, and the dead letter says where that is."""

    def step(record: Record, row: bytes | None) -> Result:
        raise BadRecordError(Reason.TOO_LARGE, "it is large")

    record = Record(topics.FETCH, 3, 7, RECORD.timestamp, b"key", b"x" * MAX_DEAD_LETTER)
    letter = letter_of(stage(step).handle(record, None))
    assert letter.value is None
    assert dict(letter.headers)["dead_letter_offset"] == b"7"
    assert size(letter) < MAX_DEAD_LETTER


def test_no_topic_is_given_more_than_it_takes() -> None:
    """Kafka would refuse it, and the worker would read the record that it comes from again, and again."""
    large = Output(topics.WATCH, b"key", bytes(2 * MIB))
    result = stage(lambda _record, _row: Result("new", (large,), b"row")).handle(RECORD, None)
    assert (letter_of(result).topic, result.row) == (topics.DEAD_LETTER, b"row")
    small = Stage("schedule", (topics.WATCH,), lambda _record, _row: Result("new", row=bytes(MIB)), max_row=MIB)
    assert letter_of(small.handle(RECORD, None)).topic == topics.DEAD_LETTER
