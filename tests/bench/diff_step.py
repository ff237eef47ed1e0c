"""Microseconds for the whole diff step: a version event in, its labelled change event out."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles

from agents.diff.step import diff_step
from agents.diff.text import Text
from schemas import topics
from schemas.article import Article, Meta, Paragraph
from schemas.codec import encode
from schemas.record import Record
from schemas.version import Version, VersionRef

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://eastmere-echo.test/storm"
REPEATS = 5


def step_times(pairs: list[tuple[Text, Text]]) -> list[dict[str, object]]:
    """The best of a few runs for each pair."""
    times = [_microseconds(old, new) for old, new in pairs]
    return [{"pairs": len(times), "p50 µs": median(times), "p99 µs": quantiles(times, n=100, method="inclusive")[98]}]


def _microseconds(old: Text, new: Text) -> float:
    row = diff_step(_record(1, old), None).row
    assert isinstance(row, bytes)
    record = _record(2, new)
    best = float("inf")
    for _ in range(REPEATS):
        began = time.perf_counter()
        diff_step(record, row)
        best = min(best, time.perf_counter() - began)
    return best * 1e6


def _record(number: int, text: Text) -> Record:
    fetched = START + timedelta(hours=number)
    version = Version(
        meta=Meta(
            id=f"v{number}", stream=topics.VERSION, domain="eastmere-echo.test", dt=fetched, topic=topics.FETCH,
            partition=0, offset=number,
        ),
        kind="first" if number == 1 else "edited",
        article=Article(
            id="0" * 32, url=URL, source="Eastmere Echo", first_seen=START,
            last_changed=fetched if number > 1 else None, change_count=number - 1,
        ),
        version=number,
        hash=f"{number:032}",
        fetched_at=fetched,
        title=text.title,
        paragraphs=tuple(Paragraph("text", paragraph) for paragraph in text.paragraphs),
        previous=VersionRef(number - 1, f"{number - 1:032}") if number > 1 else None,
    )  # fmt: skip
    return Record(topics.VERSION, 0, number, fetched, URL.encode(), encode(version), ())
