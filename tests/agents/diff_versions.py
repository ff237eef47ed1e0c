"""Version events as the diff step reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from agents.diff.step import diff_step
from agents.step import Result
from schemas import topics
from schemas.article import Article, Meta, Paragraph
from schemas.codec import encode
from schemas.record import Record
from schemas.version import Version, VersionKind, VersionRef

URL = "https://lisk-courier.example/ferry"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXTS = {
    "a": ("Council delays vote", ("The council met on Tuesday.", "It adjourned after three hours.")),
    "b": ("Council rejects ferry", ("The council met on Tuesday.", "It voted after five hours.")),
}


def hash_of(text: str) -> str:
    """A hash for a text, as good as any other."""
    return text.encode().hex().zfill(32)


def version(number: int, kind: VersionKind, text: str, previous: str | None = None, **fields: Any) -> Version:
    """Version `number` with one of the texts; `previous` is the text of the version before."""
    title, paragraphs = TEXTS[text]
    fetched = START + timedelta(hours=5 * (number - 1))
    return Version(
        meta=Meta(
            id=f"v{number}", stream=topics.VERSION, domain="lisk-courier.example", dt=fetched,
            topic=topics.FETCH, partition=3, offset=100 + number,
        ),
        kind=kind,
        article=Article(
            id=hash_of("id"), url=URL, source="Lisk Courier", first_seen=START,
            last_changed=fetched if number > 1 else None, change_count=number - 1,
        ),
        version=number,
        hash=hash_of(text),
        fetched_at=fetched,
        title=title,
        byline="By Ana Novak",
        paragraphs=tuple(Paragraph("text", text) for text in paragraphs),
        previous=VersionRef(number - 1, hash_of(previous)) if previous else None,
        **fields,
    )  # fmt: skip


def handle(event: Version, row: bytes | None, headers: tuple[tuple[str, bytes], ...] = ()) -> Result:
    """What the step makes of a version event."""
    record = Record(topics.VERSION, 3, 7, START, URL.encode(), encode(event), headers)
    return diff_step(record, row)
