"""CloudEvents 1.0 in Kafka records: the attributes of an event, from headers or from JSON.

Whatever is wrong with one is told with its name, its value and what to send instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from schemas.article import Meta
from schemas.errors import BadRecordError, Reason, shown
from schemas.record import Headers

REQUIRED = ("specversion", "id", "source", "type")

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""There was no web to fetch from before."""

MAX_AHEAD = timedelta(hours=1)
"""How far a producer's clock may be ahead of the broker's."""

MAX_TEXT = 8192
"""The longest attribute, in characters."""

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")  # W3C Trace Context


class Attributes:
    """The attributes of one event.

    `given`: names and values as they stand in the record; `names`: those that are read, and what CloudEvents calls
    them. The last one wins where there are several, and an empty one counts as none. All methods raise `BadRecordError`
    with reason `bad_field` where they don't say otherwise.
    """

    def __init__(self, place: str, given: Iterable[tuple[str, object]], names: Mapping[str, str]) -> None:
        self._place = place
        self._values = {names[name]: value for name, value in given if name in names and value not in (None, "")}

    def bad(self, reason: Reason, name: str, what: str) -> BadRecordError:
        """The error for an attribute; `what` says what to send."""
        value = shown(self._values[name]) if name in self._values else "missing"
        return BadRecordError(reason, f"{self._place}: attribute {name} is {value}: {what}")

    def check(self) -> None:
        """Raise `not_an_event` where this is no CloudEvent."""
        for name in REQUIRED:
            if self.text(name) is None:
                raise self.bad(Reason.NOT_AN_EVENT, name, f"a CloudEvent has {', '.join(REQUIRED)}")
        if self.text("specversion") != "1.0":
            raise self.bad(Reason.NOT_AN_EVENT, "specversion", "send CloudEvents 1.0")

    def text(self, name: str) -> str | None:
        """A string of at most `MAX_TEXT` characters."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.bad(Reason.BAD_FIELD, name, "it has to be a string")
        if len(value) > MAX_TEXT:
            raise self.bad(Reason.BAD_FIELD, name, f"it may have {MAX_TEXT} characters")
        return value

    def flag(self, name: str) -> bool:
        """A boolean; absent is False."""
        match self._values.get(name):
            case None | False | "false" | "False" | "0":
                return False
            case True | "true" | "True" | "1":
                return True
        raise self.bad(Reason.BAD_FIELD, name, "it has to be true or false")

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number from `low` to `high`, also as a string of digits."""
        value = self._values.get(name, default)
        if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.bad(Reason.BAD_FIELD, name, f"it has to be a whole number from {low} to {high}")
        return value

    def time(self, written: datetime) -> datetime:
        """The attribute `time`, in UTC; `bad_time` unless it lies between `EARLIEST` and the writing of the record."""
        try:
            value = msgspec.convert(self.text("time"), datetime)
        except msgspec.ValidationError:
            value = None
        if value is None or value.tzinfo is None:
            raise self.bad(Reason.BAD_TIME, "time", "it has to be RFC 3339 with an offset, like 2024-05-01T12:30:00Z")
        if value < EARLIEST:
            raise self.bad(Reason.BAD_TIME, "time", f"it lies before {EARLIEST.year}: send the time of the fetch")
        if value > written + MAX_AHEAD:
            what = f"it lies after {written.isoformat()}, when the record was written: set the producer's clock"
            raise self.bad(Reason.BAD_TIME, "time", what)
        return value.astimezone(UTC)

    def traceparent(self) -> str | None:
        """The trace that the event belongs to; one that is malformed counts as none, as W3C Trace Context wants it."""
        value = self._values.get("traceparent")
        return value if isinstance(value, str) and _TRACEPARENT.fullmatch(value) else None


def event_headers(meta: Meta, url: str, traceparent: str | None) -> Headers:
    """The headers of an event that this service writes, its value being JSON."""
    headers = {
        "ce_specversion": "1.0",
        "ce_id": meta.id,
        "ce_source": "newsdiff",
        "ce_type": meta.stream,
        "ce_subject": url,
        "ce_time": meta.dt.isoformat().replace("+00:00", "Z"),
        "content-type": "application/json",
        "traceparent": traceparent,
    }
    return tuple((name, text.encode()) for name, text in headers.items() if text is not None)
