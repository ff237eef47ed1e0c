"""Fetches of an invented paper, and a table as the shell keeps it, for the tests of detect."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import orjson

from agents.detect.page import read_page
from agents.detect.step import Detect
from agents.step import Keep, Result
from schemas import topics
from schemas.codec import decode
from schemas.fetch import write_fetch
from schemas.outcome import Outcome
from schemas.record import Record
from schemas.version import Version

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://eastmere-echo.test/storm"

PROSE = (
    "The harbour board of Eastmere met on Tuesday and counted {} boats that had broken loose in the storm.",
    "Nobody was hurt, the board's chair told reporters, although two fishermen spent the night on a sandbank.",
    "Repairs to the northern pier will begin in spring, and the ferry will use the old landing stage until then.",
    "A notice at the town hall asks owners to come for their boats, and to bring the papers, before Friday noon.",
)


def prose(number: object = 12) -> tuple[str, ...]:
    """Paragraphs that are long enough to be taken for an article; `number` makes them another text."""
    return tuple(paragraph.format(number) for paragraph in PROSE)


def page(*paragraphs: str, title: str = "Storm over Eastmere", head: str = "", above: str = "") -> bytes:
    """A page as a small paper has it."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html lang='en'><head><title>{title} - Eastmere Echo</title>{head}</head>"
        f"<body><nav><a href='/'>Home</a></nav><article><h1>{title}</h1>{above}{text}</article></body></html>"
    ).encode()


def partition_of(key: bytes) -> int:
    """Stands for murmur2: any function of the key will do."""
    return sum(key) % 4


def fetched(
    body: bytes | None,
    hours: float = 0,
    *,
    url: str = URL,
    status: int = 200,
    content_type: str = "text/html; charset=utf-8",
    source: str | None = None,
    offset: int = 0,
) -> Record:
    """The record of a fetch so many hours after START, in its right place."""
    headers, value = write_fetch(
        url=url,
        fetched_at=START + timedelta(hours=hours),
        body=body,
        status=status,
        content_type=content_type,
        source=source,
    )
    key = URL.encode()
    return Record(topics.FETCH, partition_of(key), offset, START + timedelta(days=9999), key, value, headers)


def told(text: str, hours: float = 0) -> Record:
    """A fetch of an article that its producer extracted; quick to read."""
    article = {"title": "Storm", "paragraphs": [text]}
    return fetched(orjson.dumps(article), hours, content_type="application/json")


def gone(hours: float, status: int = 404) -> Record:
    """A fetch that was answered 404."""
    return fetched(b"<p>Not here</p>", hours, status=status)


@dataclass
class Table:
    """What the shell does: it keeps the row of each key, and hands on what comes out."""

    detect: Detect = field(default_factory=lambda: Detect(partition_of, read_page))
    rows: dict[bytes | None, bytes | None] = field(default_factory=dict)
    versions: list[Version] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def feed(self, *records: Record) -> list[str]:
        """Handle records and return one word for each."""
        return [self.handle(record).outcome for record in records]

    def handle(self, record: Record) -> Result:
        """Handle one record."""
        row = self.rows.get(record.key)
        known = record.key and record.value and row
        written = int(record.timestamp.timestamp() * 1000)
        if known and self.detect.is_known(record.key or b"", record.value or b"", record.headers, written, row or b""):
            result = Result("unchanged")
        else:
            result = self.detect(record, row)
        if not isinstance(result.row, Keep):
            self.rows[record.key] = result.row
        for output in result.outputs:
            if output.topic == topics.VERSION:
                self.versions.append(decode(output.value, Version, record.place))
            elif output.topic == topics.OUTCOME:
                self.outcomes.append(decode(output.value, Outcome, record.place))
        return result
