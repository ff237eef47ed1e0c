"""The step detect: whether a fetch makes a new version of its article."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from agents.detect.events import Source, outcome_output, rekeyed_output, version_output
from agents.detect.folding import clean
from agents.detect.ladder import NewVersion, NoVersion, judge_gone, judge_text, next_row
from agents.detect.memory import Memory
from agents.detect.no_article import why_no_article
from agents.detect.reading import PRODUCER, Reading, read_extracted
from agents.detect.row import Row, decode_row, encode_row
from agents.detect.shape import suspicions
from agents.detect.takedown import forgotten_until, take_down
from agents.detect.url import canonical_url, host_of, source_of
from agents.step import KEEP, Keep, Result
from schemas import topics
from schemas.errors import BadRecordError, Reason
from schemas.fetch import Fetch, read_fetch
from schemas.record import Headers, Record

GONE = (404, 410)

_REASONS = {
    "late": "it is not newer than what is known",
    "candidate": "the edit looks like a fault of the page: it counts when it is seen once more",
    "noise": "the page has changed, but not the article",
    "flapping": "two texts take turns within 24 hours",
}

REMEMBERED = 100_000
"""Articles whose newest fetch is remembered, at some 500 bytes each."""


class Detect:
    """Reads fetches, writes versions and outcomes.

    `partition_of`: the partition that a key belongs to. `read_page`: see `agents.detect.page`. `remembered`: of how
    many articles the newest fetch is known by its hash, which saves reading the same bytes again, and on which no
    result depends. `fetch_at`: the fetch record at a partition and offset, None where it is not there any more.
    """

    def __init__(
        self,
        partition_of: Callable[[bytes], int],
        read_page: Callable[[bytes, str | None, str | None, str], Reading],
        remembered: int = REMEMBERED,
        fetch_at: Callable[[int, int], Record | None] = lambda _partition, _offset: None,
    ) -> None:
        self._partition_of = partition_of
        self._fetch_at = fetch_at
        self._read_page = read_page
        self._memory = Memory(remembered)

    def is_known(self, key: bytes, value: bytes, headers: Headers, written: int, row: bytes) -> bool:
        """Whether a record is known to change nothing: the same bytes as before. See `Memory.knows`."""
        return self._memory.knows(key, value, headers, written, row)

    def __call__(self, record: Record, row: bytes | None) -> Result:
        """Handle one fetch or takedown record; `row` is that of its key."""
        if record.topic == topics.TAKEDOWN:
            return take_down(record, row)
        fetch = read_fetch(record)
        try:
            return self._detect(record, fetch, row)
        except BadRecordError as error:
            raise BadRecordError(error.reason, f"{record.place}: {error}") from error

    def _detect(self, record: Record, fetch: Fetch, encoded: bytes | None) -> Result:
        url = canonical_url(fetch.url)
        key = url.encode()
        in_place = record.key == key and record.partition == self._partition_of(key)
        if in_place and (until := forgotten_until(encoded)) is not None:
            if fetch.fetched_at <= until:
                return Result("forgotten")
            encoded = None
        row = decode_row(encoded) if in_place else None
        source = Source(record, fetch, url, clean(fetch.source or "") or (row.source if row else source_of(url)))
        if not in_place:
            return _send_on(source)
        if fetch.status in GONE:
            return _gone(source, row)
        if not fetch.ok:
            return _no_article(source, f"the answer was status {fetch.status}")
        return self._read(source, row, encoded)

    def _read(self, source: Source, row: Row | None, encoded: bytes | None) -> Result:
        """Read the text: the same as before, or a version."""
        fetch = source.fetch
        known = row.visible if row and not row.removed else None
        reading = self._reading(source, known)
        if row and known and reading.visible == known:
            return self._judge(source, row, encoded, reading, row.hash)
        if reason := why_no_article(source.url, reading, row):
            return _no_article(source, reason)
        if row and fetch.fetched_at > row.fetched_at and is_read_otherwise(row, reading):
            return self._read_anew(source, row, reading)
        return self._judge(source, row, encoded, reading, reading.hash)

    def _read_anew(self, source: Source, row: Row, reading: Reading) -> Result:
        """Make what the present extractor reads of the newest version the base, then judge the fetch.

        Where the fetch of that version is no longer there, the base is what it reads of the present one.
        """
        old = self._fetch_again(source, row)
        if old is None:
            base_source, base = source, reading
        else:
            base_source, base = old
        new = NewVersion("reread")
        now = next_row(
            row, base_source.fetch.fetched_at, new.kind, base.hash,
            source=base_source.paper, reading=base, offset=base_source.record.offset,
        )  # fmt: skip
        reread = version_output(base_source, new, base, row, now)
        told = base.hash != row.hash
        if not told:  # it reads the same
            now = replace(now, version=row.version, texts=row.texts)
        encoded = encode_row(now)
        result = self._judge(source, now, encoded, reading, reading.hash)
        outputs = (reread, *result.outputs) if told else result.outputs
        return replace(result, outputs=outputs, row=encoded if result.row is KEEP else result.row)

    def _fetch_again(self, source: Source, row: Row) -> tuple[Source, Reading] | None:
        """The fetch of the newest version and what it shows; None where it is not there any more, or no article."""
        record = None if row.offset is None else self._fetch_at(source.record.partition, row.offset)
        if record is None or record.key != source.record.key:
            return None
        try:
            fetch = read_fetch(record)
            reading = self._reading(replace(source, fetch=fetch), None)
        except BadRecordError:
            return None
        return (replace(source, record=record, fetch=fetch), reading) if reading.paragraphs else None

    def _reading(self, source: Source, known: str | None) -> Reading:
        fetch = source.fetch
        if fetch.extracted:
            return read_extracted(fetch.extracted)
        body = fetch.body or b""
        if not body.strip():
            return Reading(notice="an empty body")
        return self._read_page(body, fetch.charset, known, host_of(source.url))

    def _judge(self, source: Source, row: Row | None, encoded: bytes | None, reading: Reading, text: str) -> Result:
        at = source.fetch.fetched_at
        found = suspicions(row.shape, reading.shape) if row and row.shape and reading.shape else ()
        waits = bool(found) and source.fetch.recheck
        verdict = judge_text(row, at, text, reading.visible or None, waits=waits)
        if isinstance(verdict, NoVersion):
            now, result = verdict.row or row, _no_version(source, verdict)
        else:
            now = next_row(
                row, verdict.seen_at or at, verdict.kind, text,
                source=source.paper, reading=reading, offset=source.record.offset,
            )  # fmt: skip
            labelled = replace(reading, flags=(*reading.flags, *found)) if verdict.kind == "edited" else reading
            result = Result(verdict.kind, (version_output(source, verdict, labelled, row, now),), encode_row(now))
        row_now = encoded if isinstance(result.row, Keep) else result.row
        seen_again = now is not None and now.shows(text) and reading.visible in ("", now.visible)
        if row_now is not None and seen_again:
            self._memory.remember(source.record, row_now)
        return result


def is_read_otherwise(row: Row, reading: Reading) -> bool:
    """Whether the newest version was read from its page by another extractor."""
    return not row.removed and row.extractor != reading.extractor and PRODUCER not in (row.extractor, reading.extractor)


def _send_on(source: Source) -> Result:
    """Send a record on to its right key and partition, once."""
    record = source.record
    where = f"key {record.key!r:.100} in partition {record.partition} is not the place of {source.url}"
    if source.fetch.rekeyed:
        raise BadRecordError(Reason.BAD_FIELD, f"{where}, although the record was sent on before: write it without key")
    return Result("rekeyed", (rekeyed_output(source), outcome_output(source, "rekeyed", where)))


def _gone(source: Source, row: Row | None) -> Result:
    verdict = judge_gone(row, source.fetch.fetched_at)
    if isinstance(verdict, NoVersion):
        return _no_version(source, verdict)
    assert row is not None  # what is not known is not removed
    reading = Reading(title=row.title, byline=row.byline, extractor="")
    at, offset = source.fetch.fetched_at, source.record.offset
    now = next_row(row, at, "removed", row.hash, source=source.paper, reading=reading, offset=offset)
    return Result("removed", (version_output(source, verdict, reading, row, now),), encode_row(now))


def _no_article(source: Source, reason: str) -> Result:
    return Result("not_article", (outcome_output(source, "not_article", reason),))


def _no_version(source: Source, verdict: NoVersion) -> Result:
    row = KEEP if verdict.row is None else encode_row(verdict.row)
    if verdict.outcome == "unchanged":
        return Result("unchanged", row=row)
    status = f"the answer was status {source.fetch.status}"
    reason = _REASONS.get(verdict.outcome, status)
    return Result(verdict.outcome, (outcome_output(source, verdict.outcome, reason),), row)
