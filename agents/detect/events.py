"""The records that detect writes, made from the fetch that caused them."""

from __future__ import annotations

from dataclasses import dataclass

from agents.detect.ladder import NewVersion
from agents.detect.reading import Reading
from agents.detect.row import Row
from agents.detect.url import article_id, host_of
from schemas import topics
from schemas.article import Article, Meta, event_id
from schemas.cloudevent import event_headers
from schemas.codec import encode
from schemas.errors import BadRecordError, Reason
from schemas.fetch import REKEYED, Fetch
from schemas.outcome import Outcome, OutcomeKind
from schemas.record import Output, Record
from schemas.version import Version, VersionRef

MAX_VERSION = 8 * 1024 * 1024
"""Bytes of a version event: a change event, which holds two texts, has to fit into a record of 12 MiB as well."""


@dataclass(frozen=True, slots=True)
class Source:
    """The fetch that an event comes from: its record, what it says, the canonical URL, the name of the paper."""

    record: Record
    fetch: Fetch
    url: str
    paper: str

    def meta(self, stream: str, *identity: object) -> Meta:
        """The `meta` of an event; `identity` makes it another event than any other of the article."""
        return Meta(
            id=event_id(article_id(self.url), *identity),
            stream=stream,
            domain=host_of(self.url),
            dt=self.fetch.fetched_at,
            topic=self.record.topic,
            partition=self.record.partition,
            offset=self.record.offset,
        )

    def output(self, meta: Meta, value: bytes) -> Output:
        """The record of an event."""
        return Output(meta.stream, self.url.encode(), value, event_headers(meta, self.url, self.fetch.traceparent))


def version_output(source: Source, new: NewVersion, reading: Reading, before: Row | None, now: Row) -> Output:
    """The record of a new version. `before`, `now`: the article's row before and after it.

    Raises:
        BadRecordError: `too_large`.
    """
    version = Version(
        meta=source.meta(topics.VERSION, now.version, new.kind, now.hash),
        kind=new.kind,
        article=Article(
            id=article_id(source.url),
            url=source.url,
            source=source.paper,
            first_seen=now.first_seen,
            last_changed=now.last_changed,
            change_count=now.change_count,
        ),
        version=now.version,
        hash=now.hash,
        fetched_at=now.fetched_at,
        title=reading.title,
        headline=reading.headline,
        byline=reading.byline,
        standfirst=reading.standfirst,
        published=reading.published,
        modified=reading.modified,
        language=reading.language,
        section=reading.section,
        image=reading.image,
        paragraphs=reading.paragraphs,
        furniture=reading.furniture,
        extractor=reading.extractor,
        flags=reading.flags,
        previous=VersionRef(before.version, before.hash) if before else None,
        restores_version=new.restores,
    )
    value = encode(version)
    if len(value) > MAX_VERSION:
        what = f"the version event has {len(value)} bytes, it may have {MAX_VERSION}"
        raise BadRecordError(Reason.TOO_LARGE, what)
    return source.output(version.meta, value)


def outcome_output(source: Source, kind: OutcomeKind, reason: str | None = None) -> Output:
    """The record that says what became of a fetch without a version; `reason` in words."""
    record = source.record
    outcome = Outcome(
        meta=source.meta(topics.OUTCOME, kind, record.topic, record.partition, record.offset),
        kind=kind,
        article_id=article_id(source.url),
        url=source.url,
        source=source.paper,
        fetched_at=source.fetch.fetched_at,
        reason=reason,
    )
    return source.output(outcome.meta, encode(outcome))


def rekeyed_output(source: Source) -> Output:
    """The fetch record once more, under its right key."""
    record = source.record
    return Output(topics.FETCH, source.url.encode(), record.value, (*record.headers, (REKEYED, b"1")))
