"""Records of the topics as what they change in the archive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from agents.archive.rows import (
    Values,
    article_row,
    change_row,
    label_rows,
    number_of,
    storable,
    version_row,
    watching_row,
    words_of_change,
    words_of_version,
)
from agents.detect.url import article_id
from schemas import topics
from schemas.change import Change
from schemas.codec import decode
from schemas.errors import BadRecordError
from schemas.record import Record
from schemas.schedule import Schedule
from schemas.takedown import Takedown
from schemas.version import Version

TOPICS = (topics.TAKEDOWN, topics.VERSION, topics.CHANGE, topics.SCHEDULE)
"""What the archive reads; what shall not be shown comes first."""


@dataclass(slots=True)
class Batch:
    """What some records change: rows by their keys, the newest of each.

    `words`: what can be searched for, by the number of its document. `watching`, `takedowns`: None deletes a row.
    `bad`: what could not be read, and why. `progress`: the offset after the last record, by topic and partition.
    """

    articles: dict[str, Values] = field(default_factory=dict)
    versions: dict[tuple[str, int], Values] = field(default_factory=dict)
    changes: dict[str, Values] = field(default_factory=dict)
    labels: dict[str, list[Values]] = field(default_factory=dict)
    words: dict[str, Values] = field(default_factory=dict)
    watching: dict[str, Values | None] = field(default_factory=dict)
    takedowns: dict[str, Values | None] = field(default_factory=dict)
    bad: list[BadRecordError] = field(default_factory=list)
    progress: dict[tuple[str, int], int] = field(default_factory=dict)


def batch_of(records: Iterable[Record]) -> Batch:
    """What some records change. Nothing that stands in a record raises: it is `bad` then."""
    batch = Batch()
    for record in records:
        try:
            _READ[record.topic](record, batch)
        except BadRecordError as error:
            batch.bad.append(error)
        batch.progress[record.topic, record.partition] = record.offset + 1
    return batch


def _version(record: Record, batch: Batch) -> None:
    if record.value is None:
        return  # a forgotten article, which the takedown itself has told
    event = decode(record.value, Version, record.place)
    row = version_row(event, record.value or b"")
    key = event.article.id, event.version
    if key not in batch.versions or batch.versions[key]["fetched_at"] < event.fetched_at:
        batch.versions[key] = row  # the later one of an article that was forgotten and began anew
    known = batch.articles.get(event.article.id)
    if known is None or (known["first_seen"], known["version"]) < (event.article.first_seen, event.version):
        batch.articles[event.article.id] = article_row(event)
    words = words_of_version(event)
    if words is not None:
        batch.words[event.meta.id] = _document(event.meta.id, event.article.id, event.fetched_at, words)


def _change(record: Record, batch: Batch) -> None:
    event = decode(record.value, Change, record.place)
    known = batch.changes.get(event.meta.id)
    if known is not None and known["dt"] >= event.meta.dt:
        return
    batch.changes[event.meta.id] = change_row(event, record.value or b"", record.partition, record.offset)
    batch.labels[event.meta.id] = label_rows(event)
    words = words_of_change(event)
    if any(words.values()):
        batch.words[event.meta.id] = _document(event.meta.id, event.article.id, event.meta.dt, words)


def _document(event_id: str, article: str, dt: datetime, words: Values) -> Values:
    return {"number": number_of(event_id, dt), "article_id": article, "dt": dt, **words}


def _schedule(record: Record, batch: Batch) -> None:
    key = _url_of(record)
    event = decode(record.value, Schedule, record.place) if record.value is not None else None
    batch.watching[key] = watching_row(event, key) if event is not None and not event.unwatched else None


def _takedown(record: Record, batch: Batch) -> None:
    url = _url_of(record)
    if record.value is None:
        batch.takedowns[url] = None
        return
    event = decode(record.value, Takedown, record.place)
    batch.takedowns[url] = {
        "url": url,
        "article_id": article_id(url),
        "state": event.state,
        "why": storable(event.why),
        "at": event.at,
        "released": event.released,
    }


def _url_of(record: Record) -> str:
    """The URL that a record is keyed by."""
    return storable((record.key or b"").decode("utf-8", "replace")) or ""


_READ = {topics.VERSION: _version, topics.CHANGE: _change, topics.SCHEDULE: _schedule, topics.TAKEDOWN: _takedown}
