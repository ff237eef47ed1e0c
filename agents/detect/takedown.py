"""What a takedown does in detect: of an article that shall be forgotten, nothing is left but a mark.

By it, fetches that come later are passed over; after its release, those of before. The steps after this one are told
by a tombstone on the version topic, which comes after all versions of the article.
"""

from __future__ import annotations

from datetime import UTC, datetime

from agents.detect.row import decode_row
from agents.detect.url import canonical_url
from agents.step import Result
from schemas import topics
from schemas.codec import decode
from schemas.errors import BadRecordError, Reason, shown
from schemas.record import Output, Record
from schemas.takedown import Takedown

FORGOTTEN = b'{"forgotten":true}'
"""The row of an article that shall be forgotten."""

_RELEASED = b'{"forgotten_until":"'
"""How the row of an article begins that was forgotten and may be read again; a time follows."""

_FOR_EVER = datetime.max.replace(tzinfo=UTC)


def take_down(record: Record, row: bytes | None) -> Result:
    """Handle one takedown record; `row` is that of its key.

    Raises:
        BadRecordError: it is no takedown record, or its key is not its article's URL.
    """
    if record.value is None:
        return Result("shown", row=None) if row == FORGOTTEN else Result("shown")
    takedown = decode(record.value, Takedown, record.place)
    if record.key != canonical_url(takedown.url).encode():
        message = f"{record.place}: the key is {shown(record.key)}: takedowns are keyed by the URL of their article"
        raise BadRecordError(Reason.BAD_FIELD, message)
    if takedown.state == "hidden":
        return Result("shown", row=None) if row == FORGOTTEN else Result("shown")
    stone = Output(topics.VERSION, record.key, None)
    if takedown.released:
        return _release(takedown.at, row, stone)
    return Result("forgotten") if row == FORGOTTEN else Result("forgotten", (stone,), FORGOTTEN, purge=True)


def forgotten_until(row: bytes | None) -> datetime | None:
    """The time until which fetches of an article are passed over, None where they are not."""
    if row is None or not row.startswith((FORGOTTEN, _RELEASED)):
        return None
    return _FOR_EVER if row == FORGOTTEN else datetime.fromisoformat(row[len(_RELEASED) : -2].decode())


def _release(at: datetime, row: bytes | None, stone: Output) -> Result:
    mark = _RELEASED + at.isoformat().encode() + b'"}'
    if row == FORGOTTEN:
        return Result("shown", row=mark)
    known = decode_row(row) if forgotten_until(row) is None else None
    if known is None or known.fetched_at > at:  # nobody knew it, or it is read again already
        return Result("shown")
    return Result("forgotten", (stone,), mark, purge=True)  # the wish itself was compacted away
