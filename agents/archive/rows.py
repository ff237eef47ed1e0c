"""Events as rows of the archive's tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
import xxhash
import zstandard

from agents.diff.shorten import shortened
from agents.diff.tokens import count_words
from schemas.change import Change, Diff, Row, Spans
from schemas.schedule import Schedule
from schemas.version import Version

Values = dict[str, Any]
"""A row, by the names of its columns."""

COMPRESSION = 3

MAX_EXCERPT = 600
"""Characters of an excerpt."""

FULL = ("first", "reread")
"""The kinds of versions that have no change beside them: all of their text is new."""

MAX_SOURCE = 300
"""Characters of the name of a source: as many as can be asked for, and what an index holds."""

MAX_SEARCHED = 150_000
"""Characters of a document that can be searched for: PostgreSQL's index of it may have 1 MiB."""

_SECONDS_OF_AN_HOUR = 3600


def version_row(event: Version, value: bytes) -> Values:
    """A row of `version`."""
    return {
        "article_id": event.article.id,
        "version": event.version,
        "id": event.meta.id,
        "kind": event.kind,
        "hash": event.hash,
        "fetched_at": event.fetched_at,
        "title": storable(event.title),
        "words": sum(count_words(paragraph.text) for paragraph in event.paragraphs),
        "event": packed(value),
    }


def article_row(event: Version) -> Values:
    """A row of `article`, as this version leaves it."""
    return {
        "id": event.article.id,
        "url": storable(event.article.url),
        "source": storable(event.article.source, MAX_SOURCE),
        "title": storable(event.title),
        "byline": storable(event.byline),
        "section": storable(event.section),
        "language": storable(event.language),
        "published": storable(event.published),
        "first_seen": event.article.first_seen,
        "last_changed": event.article.last_changed,
        "version": event.version,
        "kind": event.kind,
        "change_count": event.article.change_count,
    }


def change_row(event: Change, value: bytes, partition: int, offset: int) -> Values:
    """A row of `change`; where the event stands in its topic."""
    current = event.current or event.prior
    return {
        "id": event.meta.id,
        "article_id": event.article.id,
        "version": current.version,
        "prior_version": event.prior.version,
        "kind": event.kind,
        "dt": event.meta.dt,
        "source": storable(event.article.source, MAX_SOURCE),
        "title": storable(current.title),
        "prior_title": storable(event.prior.title),
        "added": event.stats.added,
        "removed": event.stats.removed,
        "severity": event.severity.score,
        "interval": event.interval.words,
        "hours": int(max(0.0, (event.meta.dt - event.article.first_seen).total_seconds()) // _SECONDS_OF_AN_HOUR),
        "excerpt": orjson.dumps(excerpt(event.diff)),
        "event": packed(value),
        "partition": partition,
        "offset": offset,
    }


def label_rows(event: Change) -> list[Values]:
    """The rows of `change_label`."""
    names = dict.fromkeys(label.name for label in event.labels)
    change = {
        "change_id": event.meta.id,
        "dt": event.meta.dt,
        "source": storable(event.article.source, MAX_SOURCE),
        "kind": event.kind,
    }
    return [{**change, "label": name} for name in names]


def watching_row(event: Schedule, key: str) -> Values:
    """A row of `watching`, for a key that can be stored."""
    return {
        "url": key,
        "kind": event.kind,
        "source": storable(event.source, MAX_SOURCE),
        "state": event.state,
        "found_in": storable(event.found_in),
        "added_at": event.added_at,
        "next_check": event.next_check,
        "last_check": event.last_check,
        "last_changed": event.last_changed,
        "failures": event.failures,
        "error": storable(event.error),
        "moved_to": storable(event.article),
        "hub": storable(event.hub.url) if event.hub else None,
        "hub_topic": storable(event.hub.topic) if event.hub else None,
    }


def number_of(event_id: str, dt: datetime) -> int:
    """The number of an event's document in the index of words: always the same, and larger for what is newer.

    34 bits of seconds, 29 of the id: of a thousand documents of one second, all have numbers of their own but once in
    a thousand times; a second one with the same number cannot be searched for.
    """
    seconds = min(max(0, int(dt.timestamp())), 2**34 - 1)
    return seconds << 29 | xxhash.xxh3_64_intdigest(event_id.encode()) >> 35


def words_of_version(event: Version) -> Values | None:
    """What can be searched for in a version, None where its change has it."""
    if event.kind not in FULL:
        return None
    body = "\n".join(filter(None, (event.standfirst, *(paragraph.text for paragraph in event.paragraphs))))
    return _words(event.title, event.byline or "", body)


def words_of_change(event: Change) -> Values:
    """What can be searched for in a change: what is new in it."""
    diff = event.diff
    rows = [row.spans for row in diff.rows if row.kind != "equal" and row.new]
    new = [_new_text(spans) for spans in (diff.standfirst, *rows) if is_changed(spans)]
    title, byline = (_new_text(spans) if is_changed(spans) else "" for spans in (diff.title, diff.byline))
    return _words(title, byline, "\n".join(new))


def _words(title: str, byline: str, body: str) -> Values:
    texts = {"title": title, "byline": byline, "body": body}
    return {name: storable(text, MAX_SEARCHED) for name, text in texts.items()}


def excerpt(diff: Diff) -> Spans:
    """The spans of the largest edit, shortened; of the title, where no paragraph was edited."""
    edited = [row for row in diff.rows if is_changed(row.spans)]
    spans = max(edited, key=_size).spans if edited else diff.title
    left, kept = MAX_EXCERPT, []
    for op, text in shortened(spans):
        kept.append((op, text if len(text) <= left else f"{text[:left]}…"))
        left -= len(text)
        if left <= 0:
            break
    return tuple(kept)


def is_changed(spans: Spans) -> bool:
    """Whether anything in the spans was added or removed."""
    return any(op != "=" for op, _ in spans)


def packed(value: bytes) -> bytes:
    """An event as it is stored."""
    return zstandard.compress(value, COMPRESSION)


def unpacked(stored: bytes) -> bytes:
    """A stored event as it came."""
    return zstandard.decompress(stored)


def unpacked_size(stored: bytes) -> int:
    """How many bytes a stored event has as it came."""
    return int(zstandard.frame_content_size(stored))


def _size(row: Row) -> int:
    return sum(len(text) for op, text in row.spans if op != "=")


def _new_text(spans: Spans) -> str:
    return "".join(text for op, text in spans if op != "-")


def storable(text: str | None, most: int | None = None) -> str | None:
    """The text without what PostgreSQL cannot keep, and with so many characters at most."""
    return text.replace("\x00", "")[:most] if text is not None else None
