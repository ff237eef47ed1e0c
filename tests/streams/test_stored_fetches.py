"""Stored fetches are read from every kind of file, and a bad line is told with its place."""

from __future__ import annotations

import base64
import gzip
import lzma
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import orjson
import pytest
import zstandard
from fastwarc.warc import WarcRecord, WarcRecordType

from schemas.errors import BadRecordError, Reason, UnavailableError
from streams.stored_fetches import Fetched, read_file

WHEN = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINE = orjson.dumps(
    {
        "url": "https://eastmere-echo.test/a",
        "fetched_at": "2026-03-01T12:00:00Z",
        "status": 200,
        "content_type": "text/html; charset=utf-8",
        "body": "<p>Fähre</p>",
        "headers": {"etag": '"1"'},
    }
)
URL, BODY = "https://eastmere-echo.test/a", "<p>Fähre</p>".encode()


def a_fetch(place: str) -> Fetched:
    """The fetch that LINE holds, in this place."""
    return Fetched(URL, WHEN, 200, "text/html; charset=utf-8", BODY, {"etag": '"1"'}, place)


@pytest.mark.parametrize(
    ("name", "compress"),
    [
        ("a.jsonl", bytes),
        ("a.jsonl.gz", gzip.compress),
        ("a.jsonl.xz", lzma.compress),
        ("a.jsonl.zst", zstandard.ZstdCompressor().compress),
    ],
)
def test_json_lines(tmp_path: Path, name: str, compress: Callable[[bytes], bytes]) -> None:
    """Lines are read in their order from a plain and from a compressed file; empty lines are passed over."""
    path = tmp_path / name
    path.write_bytes(compress(LINE + b"\n\n" + LINE + b"\n"))
    assert [item for item, _ in read_file(path)] == [a_fetch(f"{path}:1"), a_fetch(f"{path}:3")]


def test_bytes_come_in_base64(tmp_path: Path) -> None:
    """A body that is no text is carried byte by byte."""
    path = tmp_path / "a.jsonl"
    line = {
        "url": "u",
        "fetched_at": "2026-03-01T12:00:00+00:00",
        "body_base64": base64.b64encode(b"\xff\x00").decode(),
    }
    path.write_bytes(orjson.dumps(line))
    ((item, _),) = read_file(path)
    assert isinstance(item, Fetched)
    assert item.body == b"\xff\x00"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", Reason.BAD_JSON),
        (b"[]", Reason.BAD_FIELD),
        (b'{"url": "u"}', Reason.BAD_FIELD),
        (b'{"url": 1, "fetched_at": "2026-03-01T12:00:00Z"}', Reason.BAD_FIELD),
        (b'{"url": "u", "fetched_at": "yesterday"}', Reason.BAD_FIELD),
        (b'{"url": "u", "fetched_at": "2026-03-01T12:00:00"}', Reason.BAD_FIELD),
        (b'{"url": "u", "fetched_at": "2026-03-01T12:00:00Z", "body_base64": "?"}', Reason.BAD_ENCODING),
        (b"\xff", Reason.BAD_JSON),
        (b"[" * 100_000, Reason.BAD_JSON),
    ],
)
def test_a_bad_line_is_told_and_the_rest_is_read(tmp_path: Path, line: bytes, reason: Reason) -> None:
    """A line that cannot be used comes out as an error with its file and number; the lines around it are read."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINE + b"\n" + line + b"\n" + LINE)
    first, error, last = (item for item, _ in read_file(path))
    assert (first, last) == (a_fetch(f"{path}:1"), a_fetch(f"{path}:3"))
    assert isinstance(error, BadRecordError)
    assert error.reason is reason
    assert f"{path}:2" in str(error)


def test_warc(tmp_path: Path) -> None:
    """Responses in a WARC file are read with their status, headers and date; other records are passed over."""
    path = tmp_path / "a.warc"
    with path.open("wb") as file:
        for kind in (WarcRecordType.request, WarcRecordType.response):
            record = WarcRecord()
            record.init_headers(record_type=kind)
            record.headers["WARC-Target-URI"] = "https://eastmere-echo.test/a"
            record.headers["WARC-Date"] = "2026-03-01T12:00:00Z"
            record.headers["Content-Type"] = "application/http"
            payload = b"HTTP/1.1 404 Gone\r\nContent-Type: text/html\r\nETag: x\r\n\r\nno such page"
            record.set_bytes_content(payload)
            out = BytesIO()
            record.write(out)
            file.write(out.getvalue())
    ((item, _),) = read_file(path)
    assert isinstance(item, Fetched)
    assert (item.url, item.status, item.content_type) == ("https://eastmere-echo.test/a", 404, "text/html")
    assert (item.fetched_at, item.body, item.headers["etag"]) == (WHEN, b"no such page", "x")


@pytest.mark.parametrize("name", ["a.jsonl.xz", "a.jsonl.gz", "a.jsonl.zst"])
def test_a_damaged_file_is_told(tmp_path: Path, name: str) -> None:
    """A file that is not what its name says ends in one clear error with its path."""
    path = tmp_path / name
    path.write_bytes(b"this is not compressed")
    with pytest.raises(UnavailableError, match=name):
        list(read_file(path))


def test_a_truncated_file_gives_what_it_has_and_then_the_error(tmp_path: Path) -> None:
    """What stands before the damage is read; the damage itself is not taken for the end."""
    path = tmp_path / "a.jsonl.gz"
    lines = b"".join(LINE.replace(b"/a", b"/%d" % n) + b"\n" for n in range(2000))
    path.write_bytes(gzip.compress(lines)[:-2000])
    read: list[object] = []
    with pytest.raises(UnavailableError, match=r"a\.jsonl\.gz"):
        read.extend(item for item in read_file(path))
    assert read
