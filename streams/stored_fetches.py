"""Stored fetches in files: JSON Lines (plain, gzip, xz, zstd) and WARC."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Annotated

from fastwarc.warc import ArchiveIterator, WarcRecordType
from msgspec import Meta as Constraint

from schemas.codec import convert, parse_json
from schemas.errors import BadRecordError, Reason, UnavailableError
from streams.files import DECOMPRESSION_ERRORS, decompressed

MAX_LINE = 64 * 1024 * 1024
"""Bytes of one line: a body of 10 MiB escaped as JSON is smaller, and nothing longer can be a fetch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFetch:
    """One fetch as a line of JSON has it: the text of the body in `body`, or its bytes in `body_base64`.

    `headers`: those of the HTTP response, of which `etag` and `last-modified` go into the record. `source`, `feed`,
    `recheck`: see `schemas.fetch.Fetch`.
    """

    url: str
    fetched_at: Annotated[datetime, Constraint(tz=True)]
    status: int = 200
    content_type: str = "text/html"
    body: str | None = None
    body_base64: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    source: str | None = None
    feed: str | None = None
    recheck: bool = False

    def body_bytes(self) -> bytes:
        """The body.

        Raises:
            ValueError: `body_base64` is not base64, or `body` holds half of a surrogate pair.
        """
        if self.body_base64 is not None:
            return base64.b64decode(self.body_base64, validate=True)
        return (self.body or "").encode()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a file holds: a fetch, ready to be written."""

    url: str
    fetched_at: datetime
    status: int
    content_type: str
    body: bytes
    headers: dict[str, str]
    place: str
    """Where in which file."""
    source: str | None = None
    feed: str | None = None
    recheck: bool = False


Item = tuple[Fetched | BadRecordError, int]
"""A fetch, or what is wrong with its place in the file, and how many bytes of the file were read up to here."""


def read_file(path: Path) -> Iterator[Item]:
    """The fetches in a file, in its order.

    Raises:
        UnavailableError: the file cannot be read to its end.
    """
    try:
        with path.open("rb") as file:
            yield from (_read_warc if ".warc" in path.suffixes[-2:] else _read_lines)(path, file)
    except (OSError, *DECOMPRESSION_ERRORS) as error:
        raise UnavailableError(f"{path} cannot be read: {error}") from error


def _read_lines(path: Path, file: IO[bytes]) -> Iterator[Item]:
    with decompressed(path, file) as lines:
        number = 0
        while line := lines.readline(MAX_LINE):
            number += 1
            if not line.strip():
                continue
            place = f"{path}:{number}"
            try:
                yield _from_line(line, place), file.tell()
            except BadRecordError as error:
                yield error, file.tell()


def _from_line(line: bytes, place: str) -> Fetched:
    stored = convert(parse_json(line, place), StoredFetch, place)
    try:
        body = stored.body_bytes()
    except (binascii.Error, ValueError) as error:
        raise BadRecordError(Reason.BAD_ENCODING, f"{place}: the body cannot be read: {error}") from None
    return Fetched(
        stored.url, stored.fetched_at, stored.status, stored.content_type, body, stored.headers, place,
        stored.source, stored.feed, stored.recheck,
    )  # fmt: skip


def _read_warc(path: Path, file: IO[bytes]) -> Iterator[Item]:
    for record in ArchiveIterator(file, record_types=WarcRecordType.response, parse_http=True):
        url, place = record.headers.get("WARC-Target-URI"), f"{path}: {record.record_id}"
        if record.http_headers is None or record.record_date is None or url is None:
            yield BadRecordError(Reason.NOT_AN_EVENT, f"{place}: no HTTP response with a URL and a date"), file.tell()
            continue
        headers = {name.lower(): value for name, value in record.http_headers.astuples()}
        status, content_type = record.http_headers.status_code or 0, headers.get("content-type", "")
        when = record.record_date.astimezone(UTC)
        yield Fetched(url, when, status, content_type, record.reader.read(), headers, place), file.tell()
