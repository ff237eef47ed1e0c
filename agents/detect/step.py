"""The step detect: whether a fetch makes a new version of its article."""

from __future__ import annotations

from collections.abc import Callable

from agents.detect.events import Source, outcome_output, rekeyed_output, version_output
from agents.detect.folding import clean
from agents.detect.ladder import NoVersion, first_row, judge_gone, judge_text, with_text, without_text
from agents.detect.memory import Memory
from agents.detect.reading import BINARY, Reading, read_extracted, read_page
from agents.detect.row import Row, decode_row, encode_row
from agents.detect.url import canonical_url, source_of
from agents.step import KEEP, Keep, Result
from schemas.errors import BadRecordError, Reason
from schemas.fetch import Fetch, read_fetch
from schemas.record import Headers, Record

GONE = (404, 410)

REMEMBERED = 100_000
"""Articles whose newest fetch is remembered, at some 500 bytes each."""


class Detect:
    """Reads fetches, writes versions and outcomes.

    `partition_of`: the partition that a key belongs to. `remembered`: of how many articles the newest fetch is known by
    its hash, which saves reading the same bytes again, and on which no result depends.
    """

    def __init__(self, partition_of: Callable[[bytes], int], remembered: int = REMEMBERED) -> None:
        self._partition_of = partition_of
        self._memory = Memory(remembered)

    def is_known(self, key: bytes, value: bytes, headers: Headers, written: int, row: bytes) -> bool:
        """Whether a record is known to change nothing: the same bytes as before. See `Memory.knows`."""
        return self._memory.knows(key, value, headers, written, row)

    def __call__(self, record: Record, row: bytes | None) -> Result:
        """Handle one fetch record; `row` is that of its key."""
        fetch = read_fetch(record)
        try:
            return self._detect(record, fetch, row)
        except BadRecordError as error:
            raise BadRecordError(error.reason, f"{record.place}: {error}") from error

    def _detect(self, record: Record, fetch: Fetch, encoded: bytes | None) -> Result:
        url = canonical_url(fetch.url)
        key = url.encode()
        in_place = record.key == key and record.partition == self._partition_of(key)
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
        reading = read_extracted(fetch.extracted) if fetch.extracted else read_page(fetch.body or b"", fetch.charset)
        if not reading.paragraphs:
            return _no_article(source, _why_no_text(fetch, reading))
        verdict = judge_text(row, fetch.fetched_at, reading.hash)
        if isinstance(verdict, NoVersion):
            now, result = verdict.row or row, _no_version(source, verdict)
        else:
            now = _next_row(source, reading, row)
            result = Result(verdict.kind, (version_output(source, verdict, reading, row, now),), encode_row(now))
        row_now = encoded if isinstance(result.row, Keep) else result.row
        if row_now is not None and now is not None and now.shows(reading.hash):
            self._memory.remember(source.record, row_now)
        return result


def _why_no_text(fetch: Fetch, reading: Reading) -> str:
    if fetch.body is not None and not fetch.body.strip():
        return "the body is empty"
    return "the body is no text" if BINARY in reading.flags else "there is no article in the page"


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
    now = without_text(row, source.fetch.fetched_at)
    return Result("removed", (version_output(source, verdict, reading, row, now),), encode_row(now))


def _no_article(source: Source, reason: str) -> Result:
    return Result("not_article", (outcome_output(source, "not_article", reason),))


def _no_version(source: Source, verdict: NoVersion) -> Result:
    row = KEEP if verdict.row is None else encode_row(verdict.row)
    if verdict.outcome == "unchanged":
        return Result("unchanged", row=row)
    status = f"the answer was status {source.fetch.status}"
    reason = "it is not newer than what is known" if verdict.outcome == "late" else status
    return Result(verdict.outcome, (outcome_output(source, verdict.outcome, reason),), row)


def _next_row(source: Source, reading: Reading, row: Row | None) -> Row:
    at = source.fetch.fetched_at
    if row is None:
        return first_row(at, reading.hash, source=source.paper, title=reading.title, byline=reading.byline)
    return with_text(row, at, reading.hash, source=source.paper, title=reading.title, byline=reading.byline)
