"""The dead letter (`article.dead-letter.v1`): a record that a step could not use, as it was, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass

from schemas import topics
from schemas.errors import BadRecordError, Reason
from schemas.record import Headers, Output, Record

PREFIX = "dead_letter_"
"""Begins the name of each header that a dead letter has beyond those of the record."""

ATTEMPTS_HEADER = f"{PREFIX}attempts"

MAX_TEXT = 1000
"""Characters of a text in a header: a message may quote megabytes of a hostile value."""

MAX_ATTEMPTS = 1_000_000
"""Counting ends here; a header that says more is not one of ours."""

_INT32, _INT64 = 2**31 - 1, 2**63 - 1
_NUMBER = re.compile(r"[0-9]{1,19}")
_TOPIC_NAME = re.compile(r"[A-Za-z0-9._-]{1,249}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A record that could not be used.

    `step`: the one that failed on it. `error`: one line for a person. `topic`, `partition`, `offset`: where the record
    stands. `attempts`: how often it has been tried, replays included. `key`, `value`, `headers`: the record's own.
    """

    step: str
    reason: Reason
    error: str
    topic: str
    partition: int
    offset: int
    attempts: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


def dead_letter(record: Record, *, step: str, reason: Reason, error: str, attempts: int = 1) -> Output:
    """The dead letter of a record on which a step failed.

    `attempts`: how often it was tried this time; those before a replay are added. Headers of the record that look like
    a dead letter's own are dropped, so that neither a replay nor a hostile producer can make them pile up.
    """
    earlier = _number(record.header(ATTEMPTS_HEADER), MAX_ATTEMPTS) or 0
    why = {
        "step": _line(step),
        "reason": reason.value,
        "error": _line(error),
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
        "attempts": str(min(earlier + attempts, MAX_ATTEMPTS)),
    }
    nothing = record.key is None and record.value is None
    if nothing:  # aiokafka writes no such record
        why["null"] = "value"
    headers = tuple((PREFIX + name, text.encode("utf-8", "replace")) for name, text in why.items())
    return Output(topics.DEAD_LETTER, record.key, b"" if nothing else record.value, _own_headers(record) + headers)


def read_dead_letter(record: Record) -> DeadLetter:
    """What a record of the dead letter topic says.

    Raises:
        BadRecordError: `bad_field`; a header is missing or impossible, so it was not this service that wrote it.
    """
    reason, topic = _text(record, "reason"), _text(record, "topic")
    if reason not in {known.value for known in Reason}:
        raise _bad(record, "reason", "one of schemas.errors.Reason")
    if not _TOPIC_NAME.fullmatch(topic):
        raise _bad(record, "topic", "the name of a topic")
    attempts = _count(record, "attempts", MAX_ATTEMPTS)
    if attempts == 0:
        raise _bad(record, "attempts", "at least 1")
    return DeadLetter(
        step=_text(record, "step"),
        reason=Reason(reason),
        error=_text(record, "error"),
        topic=topic,
        partition=_count(record, "partition", _INT32),
        offset=_count(record, "offset", _INT64),
        attempts=attempts,
        key=record.key,
        value=None if record.header(f"{PREFIX}null") else record.value,
        headers=_own_headers(record),
    )


def replayed(letter: DeadLetter) -> Output:
    """The record once more, for the topic that it came from. One header is added: the count of attempts so far."""
    attempts = (ATTEMPTS_HEADER, str(letter.attempts).encode())
    return Output(letter.topic, letter.key, letter.value, (*letter.headers, attempts))


def _own_headers(record: Record) -> Headers:
    return tuple(header for header in record.headers if not header[0].startswith(PREFIX))


def _line(text: str) -> str:
    """Text as one line that cannot steer a terminal."""
    printable = "".join(char if char.isprintable() else " " for char in text[:MAX_TEXT])
    return " ".join(printable.split())


def _text(record: Record, name: str) -> str:
    text = record.header(PREFIX + name)
    if text is None:
        raise BadRecordError(Reason.BAD_FIELD, f"{record.place}: there is no header {PREFIX}{name}")
    return _line(text)


def _number(text: str | None, most: int) -> int | None:
    if text is None or not _NUMBER.fullmatch(text):
        return None
    number = int(text)
    return number if number <= most else None


def _count(record: Record, name: str, most: int) -> int:
    number = _number(_text(record, name), most)
    if number is None:
        raise _bad(record, name, f"a number up to {most}")
    return number


def _bad(record: Record, name: str, expected: str) -> BadRecordError:
    found = _text(record, name)[:100]
    return BadRecordError(Reason.BAD_FIELD, f"{record.place}: header {PREFIX}{name} is {found!r}, expected {expected}")
