"""What the oracle has to say, and how it pairs what must be there with what is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import orjson

from schemas.record import Record

from .expected import LETTER_LIMIT, Cause, signature

Verdict = Literal["lost", "repeated", "unaccounted"]
W = TypeVar("W")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `unaccounted` is whatever is neither lost nor repeated."""

    verdict: Verdict
    what: str


@dataclass(frozen=True, slots=True)
class Found:
    """A record that came out, and the record that caused it, as it says itself; `event`: its JSON, where it is some."""

    record: Record
    cause: Cause
    event: dict[str, object]

    @classmethod
    def of_event(cls, record: Record) -> Found:
        """An event that this service wrote."""
        event = orjson.loads(record.value or b"{}")
        meta = event["meta"]
        return cls(record, (meta["topic"], meta["partition"], meta["offset"]), event)

    @classmethod
    def of_letter(cls, record: Record) -> Found:
        """A dead letter; `event` is what it says and the signature of the record in it, whose value may be large."""
        said = {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers}
        place = (said["dead_letter_topic"], int(said["dead_letter_partition"]), int(said["dead_letter_offset"]))
        if "dead_letter_null" in said:  # it stands for a record of which no key and no value is left
            record = replace(record, value=None)
        whole = len(record.value or b"") < LETTER_LIMIT
        headers = tuple(header for header in record.headers if not header[0].startswith("dead_letter_"))
        inner = signature(record, whole=whole, headers=headers)
        return cls(replace(record, value=None), place, {**said, "record": inner})


def pair(
    expected: Mapping[Cause, W], found: Iterable[Found], faults: Callable[[W, Found], Iterable[str]]
) -> Iterator[Finding]:
    """Findings about the records of one topic, in their order there. `faults`: what is wrong with one of them.

    Records of one key that have causes in one partition have to stand in the order of these.
    """
    seen: set[Cause] = set()
    newest: dict[tuple[bytes | None, str, int], int] = {}
    for one in found:
        topic, partition, offset = one.cause
        if one.cause in seen:
            yield Finding("repeated", f"{one.record.place} has the same cause as one before: {_place(one.cause)}")
            continue
        seen.add(one.cause)
        if one.cause not in expected:
            yield Finding("unaccounted", f"{one.record.place} should not be there; its cause is {_place(one.cause)}")
            continue
        stands = one.record.key, topic, partition
        if offset < newest.get(stands, -1):
            yield Finding("unaccounted", f"{one.record.place} is out of order: its cause is {_place(one.cause)}")
        newest[stands] = max(offset, newest.get(stands, -1))
        for fault in faults(expected[one.cause], one):
            yield Finding("unaccounted", f"{one.record.place}, caused by {_place(one.cause)}: {fault}")
    for cause in expected:
        if cause not in seen:
            yield Finding("lost", f"nothing came of {_place(cause)}: expected was {str(expected[cause])[:200]}")


def differs(name: str, expected: object, found: object) -> Iterator[str]:
    """A sentence where two values differ."""
    if expected != found:
        yield f"{name} is {str(found)[:150]!r}, expected {str(expected)[:150]!r}"


def _place(cause: Cause) -> str:
    return f"{cause[0]}[{cause[1]}]@{cause[2]}"
