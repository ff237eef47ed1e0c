"""What a takedown does in detect: of an article that shall be forgotten, nothing is left but a mark.

By it, fetches that come later are passed over. The steps after this one are told by a tombstone on the version topic,
which comes after all versions of the article.
"""

from __future__ import annotations

from agents.detect.url import canonical_url
from agents.step import Result
from schemas import topics
from schemas.codec import decode
from schemas.errors import BadRecordError, Reason, shown
from schemas.record import Output, Record
from schemas.takedown import Takedown

FORGOTTEN = b'{"forgotten":true}'
"""The row of an article that shall be forgotten."""


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
    if takedown.state == "hidden" or takedown.released:
        return Result("shown", row=None) if row == FORGOTTEN else Result("shown")
    if row == FORGOTTEN:
        return Result("forgotten")
    return Result("forgotten", (Output(topics.VERSION, record.key, None),), FORGOTTEN, purge=True)
